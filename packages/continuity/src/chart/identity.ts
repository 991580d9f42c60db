import { hasValidInsKey, type Identifier, INS_OIDS, isTestIns } from '@leadglass/hl7';
import type { ChartSealer } from './sealer.ts';

/** Types of table 0203 that number something else than a patient: accounts, visits. */
const NOT_OF_A_PATIENT: ReadonlySet<string> = new Set(['AN', 'VN', 'ANON', 'ANT', 'ANC']);
const INS_PRODUCTION: ReadonlySet<string> = new Set([INS_OIDS.nir, INS_OIDS.nia]);

/** What an identifier is as an INS. */
export function insStateOf({ oid, value }: Identifier): 'none' | 'valid' | 'wrong-key' | 'test' {
  if (isTestIns(oid)) return 'test';
  if (!INS_PRODUCTION.has(oid)) return 'none';
  return hasValidInsKey(value) ? 'valid' : 'wrong-key';
}

/** Whether a patient may be known by it: an INS only when its key is right, a number of an account or a visit never. */
export function isMatchable(identifier: Identifier): boolean {
  return (
    identifier.value.trim() !== '' && !NOT_OF_A_PATIENT.has(identifier.type) && insStateOf(identifier) !== 'wrong-key'
  );
}

/** What a patient is known by: a number within the register that gave it. */
export interface Identity {
  readonly register: string;
  readonly value: string;
}

/**
 * What a patient is known by, numbers of the site before the national one: `authority` and `oid` each name the same register. What names
 * neither is a number of the feed itself.
 */
export function identitiesOf(feed: string, identifiers: readonly Identifier[]): readonly Identity[] {
  const usable = identifiers.filter(isMatchable);
  const ordered = [
    ...usable.filter((each) => insStateOf(each) === 'none'),
    ...usable.filter((each) => insStateOf(each) !== 'none'),
  ];
  return ordered.flatMap((identifier) =>
    registersOf(feed, identifier).map((register) => ({ register, value: identifier.value.trim() })),
  );
}

function registersOf(feed: string, { authority, oid }: Identifier): readonly string[] {
  if (oid !== '')
    return authority === '' || INS_PRODUCTION.has(oid) || isTestIns(oid)
      ? [`oid ${oid}`]
      : [`oid ${oid}`, `name ${authority}`];
  return authority === '' ? [`feed ${feed}`] : [`name ${authority}`];
}

/** What stands for an identity in the records. */
export function identityDigest(sealer: ChartSealer, { register, value }: Identity): string {
  return sealer.digest('identity', register, value);
}
