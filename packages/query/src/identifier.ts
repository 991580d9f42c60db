import { keywordOf, TAG, type Tag, vrOf } from '@leadglass/dicom';
import { readDataSet } from './data-set.ts';
import { keyOf } from './keys.ts';
import { depthOf, levelOf, levelsOf, UNIQUE_KEY } from './levels.ts';
import { nameOf } from './tags.ts';
import type { AttributeSet, AttributeValue, Key, Level, Query, QueryOptions, QueryProblem, Root } from './types.ts';

/** Largest identifier that is read, in bytes. */
export const MOST_IDENTIFIER_BYTES = 64 * 1024;
const LIMITS = { characters: MOST_IDENTIFIER_BYTES, elements: 256, items: 4, depth: 4 } as const;

/** PS3.4 §C.4.1.1.4. */
const DOES_NOT_MATCH_SOP_CLASS = 0xa900;
const UNABLE_TO_PROCESS = 0xc001;

/** Elements that say how to ask, not what for. */
const NO_KEYS: ReadonlySet<Tag> = new Set([TAG.QueryRetrieveLevel, TAG.SpecificCharacterSet, 0x00080000]);

/**
 * The identifier of a C-FIND-RQ as a query (PS3.4 §C.4.1.1.3). Hostile until it has passed here: at most 64 KiB, 256 elements, four
 * levels deep. What is wrong is told without any value of it.
 */
export function parseIdentifier(
  bytes: Uint8Array,
  transferSyntaxUid: string,
  asked: { readonly root: Root; readonly options: QueryOptions },
): Query | QueryProblem {
  if (bytes.length > MOST_IDENTIFIER_BYTES) return problem(UNABLE_TO_PROCESS, 'Identifier too large');
  const read = readDataSet(bytes, transferSyntaxUid, LIMITS);
  if (read.isBroken) return problem(UNABLE_TO_PROCESS, 'Identifier cannot be read');
  const level = levelIn(read.attributes, asked.root);
  if (level === undefined) {
    return problem(DOES_NOT_MATCH_SOP_CLASS, 'Query/Retrieve Level not of this model', TAG.QueryRetrieveLevel);
  }
  const keys = [...read.vrs]
    .filter(([tag]) => !NO_KEYS.has(tag))
    .map(([tag, vr]) => keyFrom(tag, vr, read.attributes, asked.options))
    .toSorted((a, b) => a.tag - b.tag);
  const query: Query = { ...asked, level, keys, charset: read.charset };
  return uniqueKeysProblem(query) ?? query;
}

/** Whether what came out of parsing is a problem. */
export function isProblem<T extends object>(parsed: T | QueryProblem): parsed is QueryProblem {
  return 'status' in parsed;
}

function problem(status: number, comment: string, tag: Tag = 0): QueryProblem {
  return { status, comment: comment.slice(0, 64), tag };
}

function levelIn(attributes: AttributeSet, root: Root): Level | undefined {
  const said = attributes[nameOf(TAG.QueryRetrieveLevel)];
  return levelsOf(root).find((level) => level === said || (level === 'IMAGE' && said === 'INSTANCE'));
}

/** The key an attribute of an identifier makes. */
export function keyFrom(tag: Tag, wireVr: string, attributes: AttributeSet, options: QueryOptions): Key {
  const known = vrOf(tag);
  // The dictionary's word, where it has one: a VR of the wire could ask for other matching than the attribute has.
  const vr = known === 'UN' ? wireVr : known;
  return keyFromValue(tag, vr, attributes[nameOf(tag)], options);
}

/** Recursion follows sequences that were read four levels deep at most. */
function keyFromValue(tag: Tag, vr: string, value: AttributeValue | undefined, options: QueryOptions): Key {
  if (typeof value !== 'object') return keyOf(tag, vr, value ?? '', options);
  const [item = {}] = value;
  const keys = Object.entries(item).map(([name, inner]) => {
    const innerTag = Number.parseInt(name, 16);
    return keyFromValue(innerTag, typeof inner === 'object' ? 'SQ' : vrOf(innerTag), inner, options);
  });
  return keys.length === 0
    ? { tag, vr: 'SQ', match: { form: 'universal' } }
    : { tag, vr: 'SQ', match: { form: 'sequence', keys } };
}

/**
 * Hierarchical queries name one entity at each level above (PS3.4 §C.4.1.3.1.1); relational ones need not. Series and images are asked for under
 * their study whatever the model.
 */
function uniqueKeysProblem({ root, level, keys, options }: Query): QueryProblem | undefined {
  if (options.isRelational) return undefined;
  const above = levelsOf(root).filter((one) => depthOf(one) < depthOf(level));
  for (const one of above) {
    const tag = UNIQUE_KEY[one];
    const key = keys.find((each) => each.tag === tag);
    const form = key?.match.form;
    if (form !== 'single' && form !== 'list') {
      return problem(DOES_NOT_MATCH_SOP_CLASS, `${keywordOf(tag)} missing (not a relational query)`, tag);
    }
  }
  return undefined;
}

/** Keys an answer always holds, asked for or not: the unique keys of its level and above. */
export function uniqueKeysOf({ root, level }: Pick<Query, 'root' | 'level'>): readonly Tag[] {
  const tags = levelsOf(root)
    .filter((one) => depthOf(one) <= depthOf(level))
    .map((one) => UNIQUE_KEY[one]);
  return tags;
}

/** Whether a query names nothing it wants to find: every key that the catalogue could match is universal. */
export function isUnconstrained({ keys }: Pick<Query, 'keys'>): boolean {
  return keys.every(({ tag, match }) => match.form === 'universal' || levelOf(tag) === undefined);
}
