/** How a key of a query matches (PS3.4 §C.2.2.2). A value made of `*` and `?` alone is `universal`. */
export const KEY_FORMS = ['universal', 'single', 'wildcard', 'range', 'list', 'sequence'] as const;
export type KeyForm = (typeof KEY_FORMS)[number];

/** The shape of one key; its value never leaves the intake. */
export interface KeyFact {
  /** Group and element as one 32-bit number. */
  readonly tag: number;
  readonly form: KeyForm;
  /** The wildcard begins with `*` or `?`. */
  readonly leading?: boolean;
  /** Width of a range of dates, both ends counted; absent when it is open at one end. */
  readonly spanDays?: number;
}

export const PATIENT_NAME = 0x00100010;

/**
 * Keys that narrow an answer whatever archive it comes from: the unique and required keys of PS3.4 Tables C.6-1 to C.6-5 and K.6-1 that name
 * somebody, something or a day. An optional key that an archive does not support is matched by everything (§C.2.2.1.3), so none counts;
 * and what names half an archive (modality, sex, time of day) narrows nothing.
 */
const NARROWING: ReadonlySet<number> = new Set([
  0x00080018, 0x00080020, 0x00080050, 0x00100010, 0x00100020, 0x00100030, 0x00200010, 0x0020000d, 0x0020000e,
  0x00400002, 0x00401001,
]);

/** Whether a key narrows by itself. @param mostDays widest range of dates that does. */
export function isNarrowing(key: KeyFact, mostDays: number): boolean {
  if (!NARROWING.has(key.tag)) return false;
  if (key.form === 'range') return key.spanDays !== undefined && key.spanDays <= mostDays;
  return key.form === 'single' || key.form === 'list' || key.form === 'wildcard';
}

const DAY_STEPS = [1, 2, 7, 31, 92, 366, 3660] as const;
const MOST_KEYS = 24;

/** `days` rounded up to a step, so that kinds of traffic stay few; undefined beyond the last. */
export function dayStep(days: number): number | undefined {
  return DAY_STEPS.find((step) => days <= step);
}

/** The narrowing shape of a query as one short word list: `00080020:range:7 00100010:wildcard:leading`. Universal keys are only asked back. */
export function shapeOf(keys: readonly KeyFact[]): string {
  const words = keys.filter(({ form }) => form !== 'universal').map(wordOf);
  return [...new Set(words)].sort().slice(0, MOST_KEYS).join(' ');
}

function wordOf({ tag, form, leading, spanDays }: KeyFact): string {
  const step = spanDays === undefined ? undefined : dayStep(spanDays);
  const more = leading === true ? ':leading' : step === undefined ? '' : `:${step}`;
  return `${tag.toString(16).padStart(8, '0')}:${form}${more}`;
}

/** The keys of a shape, as far as it tells. What is not a key in it is left out. */
export function keysOfShape(shape: string): readonly KeyFact[] {
  return shape.split(' ').flatMap((word) => {
    const parts = /^([0-9a-f]{8}):([a-z]+)(?::(leading|[0-9]{1,5}))?$/.exec(word);
    const form = KEY_FORMS.find((each) => each === parts?.[2]);
    if (parts === null || form === undefined) return [];
    const more = parts[3];
    const detail = more === undefined ? {} : more === 'leading' ? { leading: true } : { spanDays: Number(more) };
    return [{ tag: Number.parseInt(parts[1] ?? '', 16), form, ...detail }];
  });
}
