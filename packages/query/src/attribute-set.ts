import type { AttributeSet, AttributeValue } from './types.ts';

const MOST_ATTRIBUTES = 512;
const MOST_ITEMS = 64;
const DEEPEST = 4;
const NAME = /^[0-9A-F]{8}$/;

/** What another process says is an attribute set, if it is one: bounded names, text or items, four levels deep. Undefined when not. */
export function asAttributeSet(value: unknown, depth = 0): AttributeSet | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || depth > DEEPEST) return undefined;
  const entries = Object.entries(value as Readonly<Record<string, unknown>>);
  if (entries.length > MOST_ATTRIBUTES) return undefined;
  const set: Record<string, AttributeValue> = {};
  for (const [name, one] of entries) {
    const read = typeof one === 'string' ? one : itemsFrom(one, depth);
    if (!NAME.test(name) || read === undefined) return undefined;
    set[name] = read;
  }
  return set;
}

function itemsFrom(value: unknown, depth: number): readonly AttributeSet[] | undefined {
  if (!Array.isArray(value) || value.length > MOST_ITEMS) return undefined;
  const items: AttributeSet[] = [];
  for (const one of value) {
    const item = asAttributeSet(one, depth + 1);
    if (item === undefined) return undefined;
    items.push(item);
  }
  return items;
}
