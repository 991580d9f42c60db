/*
 * Readers of values that were JSON: each gives the value as its type has it, what is missing as its default, and throws what `isShapeless` knows
 * of what is anything else. For what is read thousands of times a second, where a general validator costs more than all else that is done with
 * the value (docs/performance.md); anywhere else zod is the house's.
 */

/** Reads a value, or throws. */
export type Shape<T> = (value: unknown) => T;

class Shapeless extends Error {}
// One, made once: a trace would cost more than the reading.
const SHAPELESS = new Shapeless('another shape');

/** Whether a reader threw it: the value was of another shape. */
export function isShapeless(thrown: unknown): boolean {
  return thrown === SHAPELESS;
}

function not(): never {
  throw SHAPELESS;
}

/** A text of so many characters at most; '' where it is missing. */
export function word(most = Number.POSITIVE_INFINITY): Shape<string> {
  return (value) => {
    if (value === undefined) return '';
    return typeof value === 'string' && value.length <= most ? value : not();
  };
}

/** A text; `null` keeps the place of one that is empty. */
const wordOrNull: Shape<string> = (value) => {
  if (value === null) return '';
  return typeof value === 'string' ? value : not();
};

/** True or false. */
export const flag: Shape<boolean> = (value) => (typeof value === 'boolean' ? value : not());

export function oneOf<const T extends string | number>(...values: readonly T[]): Shape<T> {
  const known: ReadonlySet<unknown> = new Set(values);
  return (value) => (known.has(value) ? (value as T) : not());
}

/** Of so many at most; none where it is missing. */
export function list<T>(item: Shape<T>, most: number): Shape<readonly T[]> {
  return (value) => {
    if (value === undefined) return [];
    return Array.isArray(value) && value.length <= most ? value.map(item) : not();
  };
}

export function words(most: number): Shape<readonly string[]> {
  return list(wordOrNull, most);
}

export function optional<T>(shape: Shape<T>): Shape<T | undefined> {
  return (value) => (value === undefined ? undefined : shape(value));
}

/** What is missing is all of its own defaults. */
export function orEmpty<T>(shape: Shape<T>): Shape<T> {
  return (value) => shape(value === undefined ? {} : value);
}

/** An object of these names; others that it has are left out. */
export function record<T extends object>(shapes: { readonly [K in keyof T]-?: Shape<T[K]> }): Shape<T> {
  const names = Object.keys(shapes);
  const readers = Object.values(shapes) as readonly Shape<unknown>[];
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return not();
    const from = value as Readonly<Record<string, unknown>>;
    const read: Record<string, unknown> = {};
    for (let at = 0; at < names.length; at += 1) {
      const name = names[at] as string;
      read[name] = (readers[at] as Shape<unknown>)(from[name]);
    }
    return read as T;
  };
}
