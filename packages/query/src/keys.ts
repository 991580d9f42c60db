import type { Tag } from '@leadglass/dicom';
import { isMomentVr, rangeOf } from './moment.ts';
import { isWildcard } from './pattern.ts';
import type { Key, KeyMatch, QueryOptions } from './types.ts';
import { eachValue } from './values.ts';

/** VRs that wildcards work in (PS3.4 §C.2.2.2.4). */
const WILDCARD_VRS: ReadonlySet<string> = new Set(['AE', 'CS', 'LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UR', 'UT']);
/** VRs of which several values may be asked for at once (PS3.4 §C.2.2.2.2, §C.2.2.2.8). */
const LIST_VRS: ReadonlySet<string> = new Set(['UI', 'AE', 'AS', 'AT', 'CS', 'IS', 'LO', 'PN', 'SH', 'UC']);
/** Empty Value Matching is asked for by two quotation marks (PS3.4 §C.2.2.2.7). */
const EMPTY_VALUE = '""';

/** The key that the text of a C-FIND attribute or a QIDO-RS parameter makes. @param value decoded, padding off, several values between `\`. */
export function keyOf(tag: Tag, vr: string, value: string, options: QueryOptions): Key {
  return { tag, vr, match: matchOf(vr, value, options) };
}

/** A key that asks for an attribute and constrains nothing. */
export function universalKey(tag: Tag, vr: string): Key {
  return { tag, vr, match: { form: 'universal' } };
}

function matchOf(vr: string, value: string, options: QueryOptions): KeyMatch {
  if (value === '') return { form: 'universal' };
  if (value === EMPTY_VALUE && options.isEmptyValueMatched) return { form: 'empty' };
  const values = LIST_VRS.has(vr) ? eachValue(value, vr).filter((one) => one !== '') : [value];
  if (values.length > 1) {
    // PS3.4 §C.2.2.2.8: each of them where that was negotiated; where it was not, and for UIDs (§C.2.2.2.2), any.
    return { form: 'list', values, isEach: options.isMultipleValueMatched && vr !== 'UI' };
  }
  return oneValue(vr, values[0] ?? '');
}

function oneValue(vr: string, value: string): KeyMatch {
  if (isMomentVr(vr)) {
    const range = rangeOf(vr, value);
    if (range !== undefined) return { form: 'range', from: range[0], to: range[1] };
  }
  if (!WILDCARD_VRS.has(vr) || !isWildcard(value))
    return value === '' ? { form: 'universal' } : { form: 'single', value };
  return /^\*+$/.test(value) ? { form: 'universal' } : { form: 'wildcard', pattern: value };
}
