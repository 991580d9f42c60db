import { PeerSchema } from '@leadglass/contract';
import type { Peer, Service } from './facts.ts';

/** Limits of queries as a form has them: texts, empty where nothing is chosen. */
export interface LimitsDraft {
  readonly mostResults: string;
  readonly mostDays: string;
  readonly perMinute: string;
  readonly hours: string;
  readonly nameWildcards: string;
  readonly sweeps: '' | 'yes' | 'no';
  readonly modalities: string;
  readonly ownStation: '' | 'yes' | 'no';
  readonly moveTo: string;
}

/** A rule as a form has it. */
export interface Draft {
  readonly aeTitle: string;
  readonly from: string;
  readonly certSha256: string;
  readonly allow: readonly Service[];
  readonly mode: '' | 'observe' | 'enforce';
  readonly trustAnchors: readonly string[];
  readonly certName: string;
  readonly whenOtherDevice: '' | 'tell' | 'hold';
  readonly limits: LimitsDraft;
}

const FIRST_RIGHTS: readonly Service[] = ['echo', 'store'];
const YES_NO = (value: boolean | undefined): '' | 'yes' | 'no' => (value === undefined ? '' : value ? 'yes' : 'no');
const shown = (value: number | undefined): string => (value === undefined ? '' : String(value));

/** What the form begins with. */
export function draftOf(peer: Partial<Peer>): Draft {
  const limits = peer.queryLimits ?? {};
  return {
    aeTitle: peer.aeTitle ?? '',
    from: peer.from ?? '',
    certSha256: peer.certSha256 ?? '',
    allow: peer.allow ?? FIRST_RIGHTS,
    mode: peer.mode ?? '',
    trustAnchors: peer.trustAnchors ?? [],
    certName: peer.certName ?? '',
    whenOtherDevice: peer.whenOtherDevice ?? '',
    limits: {
      mostResults: shown(limits.mostResults),
      mostDays: shown(limits.mostDays),
      perMinute: shown(limits.perMinute),
      hours: limits.hours ?? '',
      nameWildcards: limits.nameWildcards ?? '',
      sweeps: YES_NO(limits.sweeps),
      modalities: (limits.modalities ?? []).join(', '),
      ownStation: YES_NO(limits.ownStation),
      moveTo: (limits.moveTo ?? []).join(', '),
    },
  };
}

const listed = (words: string): readonly string[] =>
  words
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');

/** Only what was chosen. */
function chosen(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const isChosen = (value: unknown): boolean =>
    value !== '' && value !== undefined && !(Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => isChosen(value)));
}

function limitsOf(limits: LimitsDraft): Record<string, unknown> {
  const number = (words: string): number | '' => (words.trim() === '' ? '' : Number(words));
  const isYes = (value: LimitsDraft['sweeps']): boolean | '' => (value === '' ? '' : value === 'yes');
  return chosen({
    mostResults: number(limits.mostResults),
    mostDays: number(limits.mostDays),
    perMinute: number(limits.perMinute),
    hours: limits.hours.trim(),
    nameWildcards: limits.nameWildcards,
    sweeps: isYes(limits.sweeps),
    modalities: listed(limits.modalities.toUpperCase()),
    ownStation: isYes(limits.ownStation),
    moveTo: listed(limits.moveTo),
  });
}

/** The rule a draft describes, or the fields that are wrong, by name. What the form does not show stays as it was. */
export function peerOf(
  draft: Draft,
  before: Partial<Peer>,
):
  | { readonly peer: Peer; readonly wrong?: undefined }
  | { readonly peer?: undefined; readonly wrong: ReadonlySet<string> } {
  const { whenHeld, privateSopClasses, strictness, whenUnfinished, release, destroy } = before;
  const { limits, ...fields } = draft;
  const queryLimits = limitsOf(limits);
  const kept = chosen({ whenHeld, strictness, whenUnfinished, release, destroy });
  const asked = {
    ...{ ...kept, ...(privateSopClasses === undefined ? {} : { privateSopClasses }) },
    ...chosen({ ...fields, certName: fields.certName.trim() }),
    ...(Object.keys(queryLimits).length === 0 ? {} : { queryLimits }),
  };
  const parsed = PeerSchema.safeParse({ aeTitle: '', from: '', allow: [], ...asked });
  if (parsed.success) return { peer: parsed.data as Peer };
  return {
    wrong: new Set(parsed.error.issues.map(({ path }) => String(path[0] === 'queryLimits' ? path[1] : path[0]))),
  };
}

/** A rule as lines to compare: a setting each, in the words of the configuration file. */
export function linesOf(peer: Partial<Peer>): string {
  const { queryLimits = {}, ...fields } = peer;
  const lines = ([name, value]: [string, unknown]): string[] =>
    value === undefined || (Array.isArray(value) && value.length === 0)
      ? []
      : [`${name}: ${Array.isArray(value) ? value.join(', ') : String(value)}`];
  const limits = Object.entries(queryLimits).flatMap(lines);
  return [
    ...Object.entries(fields).toSorted(byName).flatMap(lines),
    ...(limits.length === 0 ? [] : ['queryLimits:', ...limits.toSorted().map((line) => `  ${line}`)]),
  ].join('\n');
}

const byName = ([a]: [string, unknown], [b]: [string, unknown]): number => (a < b ? -1 : a > b ? 1 : 0);
