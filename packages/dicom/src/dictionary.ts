import { KEYWORDS, KINDS, TAG_STEPS, VMS, VRS } from './dictionary.gen.ts';
import type { Tag } from './token.ts';

/** What the data dictionary (PS3.6 §6–§9, PS3.7 Annex E) says of a tag. */
export interface DictionaryEntry {
  /** The VR implicit VR is read as: of a choice, the one that fits the wire (`US or SS` → `US`, `OB or OW` → `OW`). */
  readonly vr: string;
  /** Every VR the dictionary allows, that one first. */
  readonly vrs: readonly string[];
  /** `PatientID`. Retired attributes keep theirs. */
  readonly keyword: string;
  /** `1`, `1-n`, `3-3n`, … */
  readonly vm: string;
  readonly isRetired: boolean;
}

const SLOTS = 16_384;
const EMPTY = -1;
const KIND_DIGITS = 3;

const keywords = KEYWORDS.split(' ');
const vms = VMS.split(' ');
const choices = VRS.split(' ').map((choice) => choice.split('/'));
const tags = new Uint32Array(keywords.length);
const kinds = new Uint16Array(keywords.length);
/** Open addressing: tag → index of its entry. A Map costs three times as much on the hot path of implicit VR. */
const table = new Int16Array(SLOTS).fill(EMPTY);
const byKeyword = new Map<string, Tag>();

function hash(tag: Tag): number {
  return Math.imul(tag, 0x9e3779b1) >>> 18;
}

function load(): void {
  let tag = 0;
  let index = 0;
  for (const step of TAG_STEPS.split(' ')) {
    tag += Number.parseInt(step, 36);
    tags[index] = tag;
    kinds[index] = Number.parseInt(KINDS.slice(index * KIND_DIGITS, (index + 1) * KIND_DIGITS), 36);
    let at = hash(tag);
    while (table[at] !== EMPTY) at = (at + 1) % SLOTS;
    table[at] = index;
    index += 1;
  }
}
load();

function find(tag: Tag): number {
  let at = hash(tag);
  for (;;) {
    const index = table[at] as number;
    if (index === EMPTY || tags[index] === tag) return index;
    at = (at + 1) % SLOTS;
  }
}

/** The first of a repeating group stands for all: 50xx, 60xx, 7Fxx, even groups only (PS3.5 §7.6). */
function baseTag(tag: Tag): Tag {
  const group = tag >>> 24;
  const isRepeating = group === 0x50 || group === 0x60 || (group === 0x7f && tag >>> 16 < 0x7fe0);
  return isRepeating && (tag & 0x10000) === 0 ? (tag & 0xff00ffff) >>> 0 : tag;
}

function indexOf(tag: Tag): number {
  const index = find(tag);
  return index === EMPTY ? find(baseTag(tag)) : index;
}

function entry(index: number): DictionaryEntry {
  const kind = kinds[index] as number;
  const pair = kind >>> 1;
  const vrs = choices[Math.floor(pair / vms.length)] as string[];
  return {
    vr: vrs[0] as string,
    vrs,
    keyword: keywords[index] as string,
    vm: vms[pair % vms.length] as string,
    isRetired: (kind & 1) === 1,
  };
}

const GROUP_LENGTH: DictionaryEntry = { vr: 'UL', vrs: ['UL'], keyword: 'GroupLength', vm: '1', isRetired: true };
const PRIVATE_CREATOR: DictionaryEntry = {
  vr: 'LO',
  vrs: ['LO'],
  keyword: 'PrivateCreator',
  vm: '1',
  isRetired: false,
};

function isPrivateCreator(tag: Tag): boolean {
  const element = tag & 0xffff;
  return (tag & 0x10000) !== 0 && element >= 0x10 && element <= 0xff;
}

/** What the dictionary says of `tag`; undefined when it knows nothing (private elements, unknown public ones). */
export function lookup(tag: Tag): DictionaryEntry | undefined {
  const index = indexOf(tag);
  if (index !== EMPTY) return entry(index);
  if ((tag & 0xffff) === 0) return GROUP_LENGTH;
  return isPrivateCreator(tag) ? PRIVATE_CREATOR : undefined;
}

/** The VR implicit VR reads `tag` as; `UN` when the dictionary does not know it. Does not allocate. */
export function vrOf(tag: Tag): string {
  const index = indexOf(tag);
  if (index !== EMPTY) return vrOfKind[(kinds[index] as number) >>> 1] as string;
  if ((tag & 0xffff) === 0) return 'UL';
  return isPrivateCreator(tag) ? 'LO' : 'UN';
}
const vrOfKind = choices.flatMap((vrs) => vms.map(() => vrs[0] as string));

/** Whether the dictionary knows `tag`. */
export function isKnownTag(tag: Tag): boolean {
  return indexOf(tag) !== EMPTY;
}

/** The keyword of `tag` (`PatientID`); undefined when the dictionary has none. */
export function keywordOf(tag: Tag): string | undefined {
  return lookup(tag)?.keyword;
}

/** The tag a keyword names; of a repeating group the first. Undefined when no attribute has that keyword. */
export function tagOf(keyword: string): Tag | undefined {
  if (byKeyword.size === 0) {
    for (let index = keywords.length - 1; index >= 0; index -= 1) addKeyword(index);
  }
  return byKeyword.get(keyword);
}

function addKeyword(index: number): void {
  const keyword = keywords[index] as string;
  const isCurrent = ((kinds[index] as number) & 1) === 0;
  if (isCurrent || !byKeyword.has(keyword)) byKeyword.set(keyword, tags[index] as number);
}

/** `(0010,0020)`, as the standard prints tags. */
export function formatTag(tag: Tag): string {
  const hex = (tag >>> 0).toString(16).toUpperCase().padStart(8, '0');
  return `(${hex.slice(0, 4)},${hex.slice(4)})`;
}
