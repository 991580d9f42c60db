import { type ElementToEncode, encodeElements, TAG, type Tag, vrOf } from '@leadglass/dicom';
import { charsetAsWas, charsetFor, encodeText, UNDECLARED } from './charset.ts';
import { itemsOf, matcherOf } from './match.ts';
import { nameOf } from './tags.ts';
import type { AttributeSet, AttributeValue, Key, Query, QueryOptions } from './types.ts';
import { eachValue, isBinaryVr, isTextVr } from './values.ts';

/**
 * One match as the identifier of a pending C-FIND-RSP (PS3.4 §C.4.1.1.3.2): the attributes that were asked for, those without a value with zero length, the
 * level, Retrieve AE Title, and Specific Character Set where a text needs one.
 */
export function encodeMatch(
  match: AttributeSet,
  query: Query,
  answer: { readonly transferSyntaxUid: string; readonly retrieveAeTitle: string },
): Uint8Array {
  return encodeAnswer(match, query, answer.transferSyntaxUid, [
    { tag: TAG.QueryRetrieveLevel, value: query.level },
    { tag: TAG.RetrieveAETitle, value: answer.retrieveAeTitle },
  ]);
}

/** One match of any information model: what was asked for, Specific Character Set where a text needs one, and `besides`. @param ownCharset that of the match, in which it is given on as it was; without it, one is chosen. */
export function encodeAnswer(
  match: AttributeSet,
  query: Pick<Query, 'keys' | 'options' | 'charset'>,
  transferSyntaxUid: string,
  besides: readonly ElementToEncode[] = [],
  ownCharset?: string,
): Uint8Array {
  const { keys, options } = query;
  const chosen = keys.map((key): [Key, AttributeValue] => [key, returned(key, match[nameOf(key.tag)], options)]);
  const texts = chosen.flatMap(([, value]) => textsOf(value));
  const charset = ownCharset === undefined ? charsetFor(texts, query.charset) : charsetAsWas(texts, ownCharset);
  const elements = new Map<Tag, ElementToEncode>();
  for (const [key, value] of chosen) elements.set(key.tag, elementOf(key.tag, key.vr, value, charset));
  for (const element of besides) elements.set(element.tag, element);
  if (charset !== '' && charset !== UNDECLARED)
    elements.set(TAG.SpecificCharacterSet, { tag: TAG.SpecificCharacterSet, value: charset });
  const inOrder = [...elements.values()].toSorted((a, b) => a.tag - b.tag);
  return encodeElements(inOrder, transferSyntaxUid);
}

/** What of an attribute is given back for a key: of a sequence the items that match, with the attributes asked for (PS3.4 §C.2.2.2.6). */
function returned(key: Key, value: AttributeValue | undefined, options: QueryOptions): AttributeValue {
  if (key.vr !== 'SQ') return typeof value === 'string' ? value : '';
  const { match } = key;
  if (match.form !== 'sequence') return itemsOf(value);
  const matching = itemsOf(value).filter(matcherOf({ keys: match.keys, options }));
  return matching.map((item) =>
    Object.fromEntries(match.keys.map((one) => [nameOf(one.tag), returned(one, item[nameOf(one.tag)], options)])),
  );
}

function textsOf(value: AttributeValue): readonly string[] {
  return typeof value === 'string' ? [value] : value.flatMap((item) => Object.values(item).flatMap(textsOf));
}

function elementOf(tag: Tag, vr: string, value: AttributeValue, charset: string): ElementToEncode {
  if (typeof value === 'object') {
    return { tag, vr: 'SQ', value: value.map((item) => itemElements(item, charset)) };
  }
  if (value === '') return { tag, vr, value: new Uint8Array(0) };
  if (isTextVr(vr)) return { tag, vr, value: encodeText(value, charset) };
  return isBinaryVr(vr) ? { tag, vr, value: numbersOf(value, vr) } : { tag, vr, value };
}

function itemElements(item: AttributeSet, charset: string): readonly ElementToEncode[] {
  return Object.entries(item)
    .map(([name, value]) => {
      const tag = Number.parseInt(name, 16);
      return elementOf(tag, typeof value === 'object' ? 'SQ' : vrOf(tag), value, charset);
    })
    .toSorted((a, b) => a.tag - b.tag);
}

function numbersOf(value: string, vr: string): readonly (number | bigint)[] {
  const read = vr === 'AT' ? (one: string) => Number.parseInt(one, 16) : Number;
  const wide = vr === 'UV' || vr === 'SV';
  return eachValue(value, vr).map((one) => (wide ? BigInt(one) : read(one)));
}
