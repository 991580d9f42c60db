import type { Event } from '@leadglass/model';
import type { Hl7OwedTable } from '../hl7-owed-schema.ts';
import type { Queries } from '../queries.ts';
import { all, run, type Script } from '../script.ts';
import { appendEvents } from './events.ts';

/** `unmerge` is no message: a person does it there. */
export const HL7_LETTERS = ['A04', 'A08', 'A11', 'NW', 'XO', 'CA', 'A40', 'unmerge'] as const;
export type Hl7Letter = (typeof HL7_LETTERS)[number];

export const HL7_OWED_STATES = ['waiting', 'delivered', 'refused', 'skipped', 'withdrawn', 'by-hand'] as const;
export type Hl7OwedState = (typeof HL7_OWED_STATES)[number];

/** One message for one receiver, and what became of it. */
export interface OwedHl7 {
  readonly id: number;
  readonly number: string;
  readonly studyInstanceUid: string;
  readonly destination: string;
  readonly letter: Hl7Letter;
  readonly controlId: string;
  /** Undefined once it has ended. */
  readonly sealed: Uint8Array | undefined;
  readonly answer: Uint8Array | undefined;
  readonly code: string;
  readonly state: Hl7OwedState;
  /** Its receiver may have it already. */
  readonly isSent: boolean;
  readonly attempts: number;
  readonly nextAtMs: number;
  readonly atMs: number;
  readonly doneAtMs: number;
}

/** What is written of a message when it is owed. Without `sealed` it is one a person does by hand. */
export type NewHl7 = Pick<OwedHl7, 'number' | 'studyInstanceUid' | 'destination' | 'letter' | 'controlId' | 'atMs'> & {
  readonly sealed: Uint8Array | undefined;
};

/** What an act makes of what was told before of the same number. */
export interface Hl7Change {
  /** Ids of what waits and was never sent, or was refused: it goes nowhere. */
  readonly withdrawn: readonly number[];
  readonly added: readonly NewHl7[];
  readonly events: readonly Event[];
}

/** An act on a registration that information systems are told of: decided within the transaction of the act, from what they were told so far. */
export interface Hl7Owing {
  readonly number: string;
  readonly atMs: number;
  /** Pure. @param told in the order of receiver and time. */
  decide(told: readonly OwedHl7[]): Hl7Change;
}

export function* owe(queries: Queries, owing: Hl7Owing | undefined): Script<void> {
  if (owing === undefined) return;
  const told = (yield* all(queries.hl7OfNumber, { number: owing.number })).map(owedOf);
  const { withdrawn, added, events } = owing.decide(told);
  for (const id of withdrawn) yield* run(queries.withdrawHl7, { id, done_at_ms: owing.atMs });
  for (const one of added) yield* run(queries.insertHl7, rowOf(one));
  yield* appendEvents(queries, events);
}

function rowOf({ number, studyInstanceUid, destination, letter, controlId, atMs, sealed }: NewHl7) {
  return {
    ...{ number, destination, letter, control_id: controlId, study_instance_uid: studyInstanceUid },
    ...{ sealed: sealed ?? null, answer: null, code: '', state: sealed === undefined ? 'by-hand' : 'waiting' },
    ...{ sent: 0, summed: sealed === undefined ? 1 : 0, attempts: 0, next_at_ms: atMs, at_ms: atMs, done_at_ms: 0 },
  };
}

export function owedOf(row: Hl7OwedTable): OwedHl7 {
  return {
    ...{ id: row.id, number: row.number, studyInstanceUid: row.study_instance_uid, destination: row.destination },
    letter: HL7_LETTERS.find((each) => each === row.letter) ?? 'unmerge',
    ...{ controlId: row.control_id, sealed: row.sealed ?? undefined, answer: row.answer ?? undefined, code: row.code },
    state: HL7_OWED_STATES.find((each) => each === row.state) ?? 'refused',
    ...{ isSent: row.sent === 1, attempts: row.attempts, nextAtMs: row.next_at_ms },
    ...{ atMs: row.at_ms, doneAtMs: row.done_at_ms },
  };
}
