import { vrOf } from '@leadglass/dicom';
import type { AttributeSet, AttributeValue } from './types.ts';
import { eachValue, isBinaryVr } from './values.ts';

/** One element in the DICOM JSON model (PS3.18 §F.2.2). */
export interface JsonElement {
  readonly vr: string;
  readonly Value?: readonly JsonValue[];
}
export type JsonValue = string | number | JsonPersonName | JsonDataSet | null;
/** PS3.18 §F.2.2: the three component groups of a person name, those there are. */
export interface JsonPersonName {
  readonly Alphabetic?: string;
  readonly Ideographic?: string;
  readonly Phonetic?: string;
}
export interface JsonDataSet {
  readonly [tag: string]: JsonElement;
}

/** An attribute set in the DICOM JSON model, by ascending tag. @param names of the attributes wanted, eight hexadecimal capitals; all when absent. */
export function asJson(attributes: AttributeSet, names?: ReadonlySet<string>): JsonDataSet {
  const wanted = Object.keys(attributes).filter((name) => names === undefined || names.has(name));
  return Object.fromEntries(wanted.toSorted().map((name) => [name, jsonElement(name, attributes[name] ?? '')]));
}

/** Recursion follows attribute sets, which were collected to a bounded depth. */
function jsonElement(name: string, value: AttributeValue): JsonElement {
  if (typeof value === 'object') return { vr: 'SQ', ...valued(value.map((item) => asJson(item))) };
  const vr = vrOf(Number.parseInt(name, 16));
  if (value === '') return { vr };
  return { vr, Value: eachValue(value, vr).map((one) => jsonValue(vr, one)) };
}

function valued(items: readonly JsonValue[]): { readonly Value?: readonly JsonValue[] } {
  return items.length === 0 ? {} : { Value: items };
}

function jsonValue(vr: string, value: string): JsonValue {
  if (value === '') return null;
  if (vr === 'PN') return jsonName(value);
  if (vr === 'IS' || vr === 'DS' || (isBinaryVr(vr) && vr !== 'AT')) {
    const number = Number(value);
    // What is no number stays as it was sent: DS and IS may be strings (PS3.18 §F.2.3).
    return Number.isFinite(number) && value.trim() !== '' ? number : value;
  }
  return value;
}

function jsonName(value: string): JsonPersonName {
  const [alphabetic = '', ideographic = '', phonetic = ''] = value.split('=');
  return {
    ...(alphabetic === '' ? {} : { Alphabetic: alphabetic }),
    ...(ideographic === '' ? {} : { Ideographic: ideographic }),
    ...(phonetic === '' ? {} : { Phonetic: phonetic }),
  };
}
