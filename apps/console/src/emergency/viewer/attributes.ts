import type { Attributes } from '../../images/light/study.ts';

// Values of a DICOM JSON data set (PS3.18 Annex F). Anything may be missing or odd in it.

const [SHARED, PER_FRAME] = ['52009229', '52009230'];

/** The values of `tag`; empty when there are none. */
export function valuesOf(attributes: Attributes | undefined, tag: string): readonly unknown[] {
  const attribute = attributes?.[tag];
  if (typeof attribute !== 'object' || attribute === null) return [];
  const { Value: values } = attribute as { readonly Value?: unknown };
  return Array.isArray(values) ? values : [];
}

/** All of `tag` that are finite numbers; a decimal string counts as one. */
export function numbersOf(attributes: Attributes | undefined, tag: string): readonly number[] {
  return valuesOf(attributes, tag)
    .filter((value) => typeof value === 'number' || (typeof value === 'string' && value.trim() !== ''))
    .map(Number)
    .filter(Number.isFinite);
}

export function wordOf(attributes: Attributes | undefined, tag: string): string {
  const [value] = valuesOf(attributes, tag);
  return typeof value === 'string' ? value.trim() : '';
}

function itemsOf(attributes: Attributes | undefined, tag: string): readonly Attributes[] {
  return valuesOf(attributes, tag).filter((value): value is Attributes => typeof value === 'object' && value !== null);
}

/**
 * Where the attributes of `group` stand for one frame: within the frame's functional group, within the shared one, or in the object itself
 * (PS3.3 §C.7.6.16). @param frame from 1
 */
export function groupOf(attributes: Attributes, group: string, frame: number): Attributes {
  const own = itemsOf(itemsOf(attributes, PER_FRAME)[frame - 1], group)[0];
  return own ?? itemsOf(itemsOf(attributes, SHARED)[0], group)[0] ?? attributes;
}
