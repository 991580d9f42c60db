import { type Tag, vrOf } from '@leadglass/dicom';
import {
  bodyEnd,
  multipartType,
  parseSearch,
  partHead,
  pathTo,
  plainChoice,
  type Resource,
  returnedTags,
  type Search,
  tagName,
} from '@leadglass/dicomweb';
import {
  type AttributeSet,
  asJson,
  type Key,
  keyOf,
  type Query,
  type QueryOptions,
  universalKey,
} from '@leadglass/query';
import { granted } from './call.ts';
import { acceptedBy, type Exchange, newBoundary } from './exchange.ts';
import { badParameter, PROBLEMS, WebRefusal } from './problems.ts';
import { xmlOf } from './search-xml.ts';

type SearchResource = Resource & { readonly kind: 'search' };

const JSON_TYPE = 'application/dicom+json';
const XML_TYPE = 'application/dicom+xml';
const RETRIEVE_URL = '00081190';
const STUDY_UID: Tag = 0x0020000d;
const SERIES_UID: Tag = 0x0020000e;

/** QIDO-RS (PS3.18 §10.6): a search in the catalogue of what is kept here. */
export async function search(exchange: Exchange, resource: SearchResource): Promise<void> {
  const choice = plainChoice(acceptedBy(exchange), [JSON_TYPE, 'application/json', XML_TYPE]);
  if (choice === undefined) throw new WebRefusal(PROBLEMS.notAcceptable);
  const asked = parseSearch(exchange.parameters);
  if ('parameter' in asked) throw new WebRefusal(badParameter(asked.parameter));
  const { limit, offset } = asked;
  const what = { query: queryOf(resource, asked), offset, ...(limit === undefined ? {} : { limit }) };
  const grant = await exchange.call.ask(exchange.who, exchange.route, { kind: 'search', search: what });
  const { matches, isMore } = granted(grant, 'search');
  const headers = warnings(asked, isMore);
  exchange.given = matches.length;
  if (matches.length === 0) {
    exchange.answer.begin(204, headers);
    return exchange.answer.end();
  }
  const names = namesOf(resource, asked);
  const found = matches.map((match) => withUrl(match, resource, exchange.base));
  if (choice.type === XML_TYPE) return asXml(exchange, found, names, headers);
  const body = JSON.stringify(found.map((match) => asJson(match, names)));
  exchange.answer.send(200, { 'content-type': JSON_TYPE, ...headers }, body);
}

/** Fuzzy matching is not done, and what was cut is not all there is: both are said (PS3.18 §8.3.4.2, §10.6.3.3). */
function warnings({ isFuzzy }: Search, isMore: boolean): Record<string, string> {
  const said = [
    ...(isFuzzy
      ? ['299 leadglass "The fuzzymatching parameter is not supported. Only literal matching has been performed."']
      : []),
    ...(isMore
      ? ['299 leadglass "There are more results than were given; ask on with offset, or for less at once."']
      : []),
  ];
  return said.length === 0 ? {} : { warning: said.join(', ') };
}

function queryOf(resource: SearchResource, asked: Search): Query {
  const { level, study, series } = resource;
  const { isEmptyValueMatched, isMultipleValueMatched } = asked;
  const options: QueryOptions = {
    isRelational: true,
    isDateTimeCombined: false,
    isEmptyValueMatched,
    isMultipleValueMatched,
  };
  const keys = new Map<Tag, Key>();
  const put = (key: Key): void => void keys.set(key.tag, merged(keys.get(key.tag), key));
  for (const { path, value } of asked.keys) put(keyAt(path, value, options));
  // Asked for by name, unasked ones too: some are computed for who wants them alone (ModalitiesInStudy).
  for (const tag of [...unaskedTags(resource), ...includedTags(asked)])
    if (!keys.has(tag)) put(universalKey(tag, vrOf(tag)));
  // The address goes before what the query says of the same.
  if (study !== undefined) keys.set(STUDY_UID, keyOf(STUDY_UID, 'UI', study, options));
  if (series !== undefined) keys.set(SERIES_UID, keyOf(SERIES_UID, 'UI', series, options));
  return {
    root: 'STUDY',
    level,
    options,
    keys: [...keys.values()].sort((a, b) => a.tag - b.tag),
    charset: 'ISO_IR 192',
  };
}

function keyAt([tag = 0, ...rest]: readonly Tag[], value: string, options: QueryOptions): Key {
  if (rest.length > 0) return { tag, vr: 'SQ', match: { form: 'sequence', keys: [keyAt(rest, value, options)] } };
  const vr = vrOf(tag);
  // Several UIDs are told apart by a comma or, as in a data set, by a backslash (PS3.18 §8.3.4.1).
  return keyOf(tag, vr, vr === 'UI' ? value.replaceAll(',', '\\') : value, options);
}

/** Two keys of one sequence are one key. */
function merged(before: Key | undefined, key: Key): Key {
  if (before?.match.form !== 'sequence' || key.match.form !== 'sequence') return key;
  return {
    ...before,
    match: { form: 'sequence', keys: [...before.match.keys, ...key.match.keys].sort((a, b) => a.tag - b.tag) },
  };
}

function namesOf(resource: SearchResource, asked: Search): ReadonlySet<string> | undefined {
  if (asked.include === 'all') return undefined;
  const matched = asked.keys.map(({ path }) => path[0] ?? 0);
  const tags = [...unaskedTags(resource), ...matched, ...includedTags(asked)];
  return new Set([...tags.map(tagName), RETRIEVE_URL]);
}

function unaskedTags({ level, study, series }: SearchResource): readonly Tag[] {
  return returnedTags(level, study !== undefined, series !== undefined);
}

function includedTags({ include }: Search): readonly Tag[] {
  return include === 'all' ? [] : include.flatMap(([tag]) => tag ?? []);
}

function withUrl(match: AttributeSet, { level }: SearchResource, base: string): AttributeSet {
  const value = (name: string): string => (typeof match[name] === 'string' ? (match[name] as string) : '');
  const study = value('0020000D');
  const ids = {
    study,
    ...(level === 'STUDY' ? {} : { series: value('0020000E') }),
    ...(level === 'IMAGE' ? { instance: value('00080018') } : {}),
  };
  return { ...match, [RETRIEVE_URL]: pathTo(base, ids) };
}

async function asXml(
  { answer }: Exchange,
  found: readonly AttributeSet[],
  names: ReadonlySet<string> | undefined,
  headers: Record<string, string>,
): Promise<void> {
  const boundary = newBoundary();
  answer.begin(200, { 'content-type': multipartType(XML_TYPE, boundary), ...headers });
  for (const [index, match] of found.entries()) {
    await answer.write(partHead(boundary, { 'Content-Type': XML_TYPE }, index === 0));
    await answer.write(xmlOf(asJson(match, names)));
  }
  await answer.write(bodyEnd(boundary, found.length));
  answer.end();
}
