import { readFileSync } from 'node:fs';

/** What PS3.8 §9.2 says is seen from outside, from `vectors/dimse` alone: a model that shares nothing with the machine. */

export type Role = 'acceptor' | 'requestor';
/** What is seen: PDUs and `close` on the wire, indications to the user; or that the call is a defect of its caller. */
export type Seen = { readonly wire: readonly string[]; readonly told: readonly string[] } | 'defect';

interface Line {
  readonly wire: readonly string[];
  readonly told: readonly string[];
  readonly next: string;
}

const STATES = Array.from({ length: 13 }, (_, at) => `Sta${at + 1}`);
export const EVENT_NAMES: readonly string[] = Array.from({ length: 19 }, (_, at) => `Evt${at + 1}`);
const NONE = '·';

const rowsOf = (name: string, first: RegExp): string[][] =>
  readFileSync(new URL(`../../../vectors/dimse/${name}.md`, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => first.test(line))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

const listOf = (cell: string | undefined): string[] => (cell === NONE || cell === undefined ? [] : cell.split(', '));

/** `EvtN StaM` to the action printed there. */
export const PRINTED: ReadonlyMap<string, string> = new Map(
  rowsOf('state-table', /^\| \d/).flatMap(([event, , ...cells]) =>
    cells.flatMap((action, at) => (action === NONE ? [] : [[`Evt${event} ${STATES[at]}`, action] as const])),
  ),
);

const ACTIONS: ReadonlyMap<string, Line> = new Map(
  rowsOf('state-actions', /^\| (?:AE|DT|AR|AA)-/).map(([action = '', wire, told, next = '']) => [
    action,
    { wire: listOf(wire), told: listOf(told), next },
  ]),
);

/** Empty cells that are met all the same, `EvtN StaM`. */
const MET: ReadonlyMap<string, Line> = new Map(
  rowsOf('state-actions', /^\| Sta\d/).flatMap(([states = '', events = '', wire, told, next = '']) =>
    states
      .split(' ')
      .flatMap((state) =>
        events
          .split(' ')
          .map(
            (event) =>
              [
                `${event} ${state}`,
                { wire: listOf(wire), told: listOf(told), next: next === 'same' ? state : next },
              ] as const,
          ),
      ),
  ),
);

/** What the model is in: a state, and what the states of the standard do not tell apart. */
export interface ModelState {
  readonly state: string;
  /** Sta1 after an association, not before. */
  readonly isOver: boolean;
  /** Sta10: the user has answered, its answer waits. */
  readonly isAnswered: boolean;
  /** Sta1 of a requestor whose connection is open before it asks. */
  readonly isEarly: boolean;
}

export const FRESH: ModelState = { state: 'Sta1', isOver: false, isAnswered: false, isEarly: false };

function lineOf(action: string, event: string, form: string, state: string, role: Role): Line {
  const names = [
    `${action} in ${state}`,
    `${action} by ${event} of ${form}`,
    `${action} by ${event}`,
    `${action} as ${role}`,
  ];
  const line = [...names, action].map((name) => ACTIONS.get(name)).find((found) => found !== undefined);
  if (line === undefined) throw new Error(`no line for ${action} by ${event} in ${state}`);
  return line;
}

/** One event in one state: what is seen and what comes next. @param form which of several PDUs of this event it is. */
export function modelStep(
  from: ModelState,
  event: string,
  role: Role,
  form = '',
): { readonly seen: Seen; readonly next: ModelState } {
  const line = lineFor(from, event, role, form);
  if (line === undefined) return { seen: 'defect', next: from };
  const { wire, told } = line;
  const next = {
    state: line.next,
    isOver: line.next === 'Sta1' && (from.isOver || from.state !== 'Sta1'),
    isAnswered: from.isAnswered || (from.state === 'Sta10' && event === 'Evt14'),
    isEarly: from.isEarly || (from.state === 'Sta1' && event === 'Evt2'),
  };
  const owed = owedEvent(next);
  if (owed === undefined) return { seen: { wire, told }, next };
  const late = modelStep({ ...next, isAnswered: false, isEarly: false }, owed, role);
  if (late.seen === 'defect') throw new Error('what waited can be done');
  return { seen: { wire: [...wire, ...late.seen.wire], told: [...told, ...late.seen.told] }, next: late.next };
}

function lineFor(from: ModelState, event: string, role: Role, form: string): Line | undefined {
  const { state, isOver, isEarly } = from;
  if (event === 'Evt2' && isEarly) return undefined;
  const isOtherRole = state === 'Sta1' && (event === 'Evt1') !== (role === 'requestor');
  const action = isOver || isOtherRole ? undefined : PRINTED.get(`${event} ${state}`);
  return action === undefined ? MET.get(`${event} ${state}`) : lineOf(action, event, form, state, role);
}

/** What was brought about too early and waited for this state: a release answer, an open connection. */
function owedEvent({ state, isAnswered, isEarly }: ModelState): string | undefined {
  if (state === 'Sta12' && isAnswered) return 'Evt14';
  return state === 'Sta4' && isEarly ? 'Evt2' : undefined;
}
