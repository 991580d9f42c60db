import type { NameWildcards, QueryLimits } from '@leadglass/model';

/** Limits with nothing left open: what is in force. */
export interface LimitsInForce extends QueryLimits {
  readonly mostResults: number;
  readonly mostDays: number;
  readonly perMinute: number;
  readonly nameWildcards: NameWildcards;
  readonly sweeps: boolean;
}

/** What a device gets that nobody chose for: it works unless it sweeps. */
export const DEFAULT_QUERY_LIMITS: LimitsInForce = {
  mostResults: 5_000,
  mostDays: 366,
  perMinute: 300,
  nameWildcards: 'trailing',
  sweeps: false,
};

const WILDCARDS_TIGHTEST_FIRST: readonly NameWildcards[] = ['none', 'trailing', 'any'];

/** What one party chose, over the defaults. */
export function limitsOf(chosen: QueryLimits | undefined): LimitsInForce {
  return { ...DEFAULT_QUERY_LIMITS, ...chosen };
}

/**
 * Limits of a peer and of the relay it takes, put together: of each, the tighter. What only one of them chose counts as it chose it; hours are
 * not put together, so the peer's stand where it has some.
 */
export function tighterLimits(peer: QueryLimits | undefined, relay: QueryLimits | undefined): LimitsInForce {
  if (peer === undefined || relay === undefined) return limitsOf(peer ?? relay);
  const [a, b] = [limitsOf(peer), limitsOf(relay)];
  const modalities = both(peer.modalities, relay.modalities);
  const moveTo = both(peer.moveTo, relay.moveTo);
  const hours = peer.hours ?? relay.hours;
  return {
    mostResults: Math.min(a.mostResults, b.mostResults),
    mostDays: Math.min(a.mostDays, b.mostDays),
    perMinute: Math.min(a.perMinute, b.perMinute),
    nameWildcards:
      WILDCARDS_TIGHTEST_FIRST.find((each) => each === a.nameWildcards || each === b.nameWildcards) ?? 'none',
    sweeps: a.sweeps && b.sweeps,
    ownStation: a.ownStation === true || b.ownStation === true,
    ...(hours === undefined ? {} : { hours }),
    ...(modalities === undefined ? {} : { modalities }),
    ...(moveTo === undefined ? {} : { moveTo }),
  };
}

function both<T>(a: readonly T[] | undefined, b: readonly T[] | undefined): readonly T[] | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a.filter((each) => b.includes(each));
}

/** First and last minute of the day, the last exclusive. */
export interface Hours {
  readonly from: number;
  readonly to: number;
}

/** `07:00-19:30` as minutes of the day; undefined when it is not written so, or is empty. */
export function parseHours(value: string): Hours | undefined {
  const parts = /^([01][0-9]|2[0-3]):([0-5][0-9])-(?:([01][0-9]|2[0-3]):([0-5][0-9])|(24:00))$/.exec(value);
  if (parts === null) return undefined;
  const from = Number(parts[1]) * 60 + Number(parts[2]);
  const to = parts[5] === undefined ? Number(parts[3]) * 60 + Number(parts[4]) : 1440;
  return from === to ? undefined : { from, to };
}

/** Whether minute `minute` of the day lies in `hours`, over midnight too. Hours that cannot be read hold nothing. */
export function isWithinHours(hours: string, minute: number): boolean {
  const parsed = parseHours(hours);
  if (parsed === undefined) return false;
  const { from, to } = parsed;
  return from < to ? minute >= from && minute < to : minute >= from || minute < to;
}
