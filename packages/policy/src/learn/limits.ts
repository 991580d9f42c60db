import type { AeTitle, QueryLimits, Sighting } from '@leadglass/model';
import { DEFAULT_QUERY_LIMITS, limitsOf } from '../query-limits.ts';
import { isNarrowing, type KeyFact, keysOfShape, PATIENT_NAME } from '../query-shape.ts';

/** Room above the busiest minute that was seen. */
const RATE_HEADROOM = 3;

/**
 * The limits that what was asked needs and no more: wider than the defaults where it went beyond them, narrower where it stayed well below.
 * Undefined when nothing was asked and nothing chosen. What cannot be seen in traffic (modalities, own station, hours) stays as chosen.
 */
export function limitsSeen(seen: readonly Sighting[], chosen: QueryLimits | undefined): QueryLimits | undefined {
  const asked = seen.filter(({ service }) => ASKING.has(service));
  if (asked.length === 0) return chosen;
  const moveTo = [
    ...new Set(asked.filter(({ moveTo: to, peer }) => to !== '' && to !== peer).map(({ moveTo: to }) => to)),
  ];
  const reaching = asked.filter(({ service }) => service !== 'worklist').map(({ keys }) => keysOfShape(keys));
  const { modalities, ownStation, hours } = chosen ?? {};
  return {
    ...{ mostResults: resultsOf(asked), perMinute: rateOf(asked) },
    ...shapeLimits(reaching),
    ...(hours === undefined ? {} : { hours }),
    ...(modalities === undefined ? {} : { modalities }),
    ...(ownStation === undefined ? {} : { ownStation }),
    ...(moveTo.length === 0 ? {} : { moveTo: moveTo.sort() as AeTitle[] }),
  };
}

const ASKING: ReadonlySet<string> = new Set(['find', 'move', 'get', 'worklist']);

/** 1, 2 or 5 with zeros behind, at least twice what was seen. */
export function roundedUp(value: number): number {
  const wanted = Math.max(1, value * 2);
  const power = 10 ** Math.floor(Math.log10(wanted));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= wanted) ?? wanted;
}

function resultsOf(asked: readonly Sighting[]): number {
  return Math.min(100_000, Math.max(100, roundedUp(Math.max(...asked.map(({ mostResults }) => mostResults)))));
}

function rateOf(asked: readonly Sighting[]): number {
  return Math.min(100_000, Math.max(20, Math.max(...asked.map(({ busiest }) => busiest)) * RATE_HEADROOM));
}

function shapeLimits(queries: readonly (readonly KeyFact[])[]): QueryLimits {
  if (queries.length === 0) return {};
  const mostDays = Math.max(0, ...queries.map(daysNeeded));
  const limits: QueryLimits = {
    ...(mostDays > 0 && mostDays !== DEFAULT_QUERY_LIMITS.mostDays ? { mostDays } : {}),
    ...(queries.some(hasLeadingNameAlone) ? { nameWildcards: 'any' as const } : {}),
  };
  return queries.every((keys) => narrows(keys, limits)) ? limits : { ...limits, sweeps: true };
}

function narrows(keys: readonly KeyFact[], limits: QueryLimits): boolean {
  const { mostDays, nameWildcards } = limitsOf(limits);
  return keys.some((key) => isNarrowing(key, mostDays) && (nameWildcards === 'any' || !isLeadingName(key)));
}

/** Days a query needs when only its dates narrow it; 0 when something else does, or nothing. */
function daysNeeded(keys: readonly KeyFact[]): number {
  if (keys.some((key) => key.form !== 'range' && isNarrowing(key, 0) && !isLeadingName(key))) return 0;
  const spans = keys.filter((key) => isNarrowing(key, Number.MAX_SAFE_INTEGER)).map(({ spanDays = 0 }) => spanDays);
  return (
    spans.filter((days) => days > 0).reduce((least, days) => Math.min(least, days), Number.MAX_SAFE_INTEGER) %
    Number.MAX_SAFE_INTEGER
  );
}

function hasLeadingNameAlone(keys: readonly KeyFact[]): boolean {
  const narrowing = keys.filter((key) => isNarrowing(key, Number.MAX_SAFE_INTEGER));
  return narrowing.length > 0 && narrowing.every(isLeadingName);
}

function isLeadingName({ tag, form, leading }: KeyFact): boolean {
  return tag === PATIENT_NAME && form === 'wildcard' && leading === true;
}
