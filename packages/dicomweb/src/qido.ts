import { type Tag, tagOf, vrOf } from '@leadglass/dicom';
import type { Parameters } from './parameters.ts';

/** One attribute of a search: path of tags (through sequences) and the value as it was written. */
export interface SearchKey {
  readonly path: readonly Tag[];
  readonly value: string;
}

/** A search as asked (PS3.18 §8.3.4, §10.6.1.2). */
export interface Search {
  readonly keys: readonly SearchKey[];
  readonly include: 'all' | readonly (readonly Tag[])[];
  /** Results at most; undefined: as many as are given. */
  readonly limit: number | undefined;
  readonly offset: number;
  readonly isFuzzy: boolean;
  readonly isEmptyValueMatched: boolean;
  readonly isMultipleValueMatched: boolean;
}

/** What is wrong with a search: the parameter's name (never its value), as far as it is a name. */
export interface SearchProblem {
  readonly parameter: string;
  readonly why: 'unknown-attribute' | 'bad-number' | 'bad-flag' | 'too-many-keys' | 'value-too-long' | 'twice';
}

const MOST_KEYS = 48;
const MOST_INCLUDED = 256;
const MOST_VALUE_CHARACTERS = 4096;
const MOST_DEPTH = 4;
/** Read elsewhere, or known and left alone. */
const OTHERS: ReadonlySet<string> = new Set(['accept', 'charset']);

/** A search while it is read. */
interface Reading {
  readonly keys: SearchKey[];
  readonly include: (readonly Tag[])[];
  isAll: boolean;
  limit: number | undefined;
  offset: number;
  isFuzzy: boolean;
  isEmpty: boolean;
  isMultiple: boolean;
}

/** Reads a search; values are looked at by whoever matches them. */
export function parseSearch(parameters: Parameters): Search | SearchProblem {
  const flags = { isAll: false, isFuzzy: false, isEmpty: false, isMultiple: false };
  const reading: Reading = { keys: [], include: [], limit: undefined, offset: 0, ...flags };
  for (const [name, value] of parameters) {
    const problem = readOne(reading, name, value);
    if (problem !== undefined) return problem;
  }
  const { keys, include, isAll, limit, offset, isFuzzy, isEmpty, isMultiple } = reading;
  const matching = { isFuzzy, isEmptyValueMatched: isEmpty, isMultipleValueMatched: isMultiple };
  return { keys, include: isAll ? 'all' : include, limit, offset, ...matching };
}

function readOne(reading: Reading, name: string, value: string): SearchProblem | undefined {
  const word = name.toLowerCase();
  if (OTHERS.has(word)) return undefined;
  if (word === 'limit' || word === 'offset') return readNumber(reading, word, value);
  if (word === 'includefield') return readFields(reading, value);
  const flag = FLAGS[word];
  if (flag === undefined) return addKey(reading.keys, name, value);
  if (value !== 'true' && value !== 'false') return { parameter: word, why: 'bad-flag' };
  reading[flag] = value === 'true';
  return undefined;
}

function readNumber(reading: Reading, word: 'limit' | 'offset', value: string): SearchProblem | undefined {
  if (!/^\d{1,9}$/.test(value)) return { parameter: word, why: 'bad-number' };
  reading[word] = Number(value);
  return undefined;
}

/** A field nobody knows is not there to be included (PS3.18 §8.3.4.3): it is left out. */
function readFields(reading: Reading, value: string): undefined {
  for (const field of value.split(',').filter((one) => one !== '')) {
    if (field.toLowerCase() === 'all') reading.isAll = true;
    const path = pathOf(field);
    if (path !== undefined && reading.include.length < MOST_INCLUDED) reading.include.push(path);
  }
}

const FLAGS: Readonly<Record<string, 'isFuzzy' | 'isEmpty' | 'isMultiple' | undefined>> = {
  fuzzymatching: 'isFuzzy',
  emptyvaluematching: 'isEmpty',
  multiplevaluematching: 'isMultiple',
};

function addKey(keys: SearchKey[], name: string, value: string): SearchProblem | undefined {
  const path = pathOf(name);
  if (path === undefined) return { parameter: shown(name), why: 'unknown-attribute' };
  if (keys.length >= MOST_KEYS) return { parameter: shown(name), why: 'too-many-keys' };
  if (value.length > MOST_VALUE_CHARACTERS) return { parameter: shown(name), why: 'value-too-long' };
  const same = keys.findIndex((key) => key.path.join() === path.join());
  if (same < 0) {
    keys.push({ path, value });
    return undefined;
  }
  // A list of UIDs may be given one by one.
  if (vrOf(path.at(-1) ?? 0) !== 'UI') return { parameter: shown(name), why: 'twice' };
  keys[same] = { path, value: `${keys[same]?.value},${value}` };
  return undefined;
}

/** `PatientID`, `00100020`, `00400275.00400009`, keywords joined by points likewise; undefined when it names nothing. */
function pathOf(name: string): readonly Tag[] | undefined {
  const parts = name.split('.', MOST_DEPTH + 1);
  if (parts.length > MOST_DEPTH) return undefined;
  const tags = parts.map((part) => (/^[0-9A-Fa-f]{8}$/.test(part) ? Number.parseInt(part, 16) : tagOf(part)));
  return tags.every((tag) => tag !== undefined) ? tags : undefined;
}

/** A name that is no attribute's may be anything, a patient's too: only what looks like a keyword or tag is said again. */
function shown(name: string): string {
  return /^[A-Za-z0-9.]{1,64}$/.test(name) && pathOf(name) !== undefined ? name : '';
}
