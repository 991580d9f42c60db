import type { Coded, Identifier, PersonName } from './readings.ts';
import { componentOf, type Dialect, meaning, partOf, rawComponent, type Segment, subcomponentOf } from './segment.ts';

/** CX (v2.5.1 §2.A.14). */
export function identifierOf(raw: string, dialect: Dialect): Identifier {
  const assigner = rawComponent(raw, 4, dialect);
  const { subcomponent } = dialect.delimiters;
  const isOid = meaning(partOf(assigner, 3, subcomponent), dialect) === 'ISO';
  return {
    value: componentOf(raw, 1, dialect),
    authority: meaning(partOf(assigner, 1, subcomponent), dialect),
    oid: isOid ? meaning(partOf(assigner, 2, subcomponent), dialect) : '',
    type: componentOf(raw, 5, dialect),
  };
}

/** The identifiers of a field that have a value. */
export function identifiersOf(segment: Segment, n: number): readonly Identifier[] {
  if (!segment.has(n)) return [];
  return segment
    .repetitions(n)
    .map((raw) => identifierOf(raw, segment.dialect))
    .filter(({ value }) => value !== '');
}

/** XPN (v2.5.1 §2.A.89): of the family name its surname. */
export function personNameOf(raw: string, dialect: Dialect): PersonName {
  return {
    family: subcomponentOf(raw, 1, 1, dialect),
    given: componentOf(raw, 2, dialect),
    further: componentOf(raw, 3, dialect),
    prefix: componentOf(raw, 5, dialect),
    type: componentOf(raw, 7, dialect),
  };
}

/** A code that says nothing. */
export const NO_CODE: Coded = { id: '', text: '', system: '', otherId: '', otherText: '', otherSystem: '' };

/** CE, CWE (v2.5.1 §2.A.8, §2.A.13), of the field's first repetition. */
export function codedOf(segment: Segment, n: number): Coded {
  if (!segment.has(n)) return NO_CODE;
  const [id = '', text = '', system = '', otherId = '', otherText = '', otherSystem = ''] = segment.components(n, 6);
  return { id, text, system, otherId, otherText, otherSystem };
}

/** What a person reads of a code: its text, else what was written (CWE-9), else the code. */
export function codeWords(raw: string, dialect: Dialect): string {
  return (
    componentOf(raw, 2, dialect) ||
    componentOf(raw, 9, dialect) ||
    componentOf(raw, 1, dialect) ||
    componentOf(raw, 5, dialect) ||
    componentOf(raw, 4, dialect)
  );
}

/** What a person reads of a field that is a code. */
export function codeText(segment: Segment, n: number): string {
  if (!segment.has(n)) return '';
  return (
    segment.component(n, 2) ||
    segment.component(n, 9) ||
    segment.component(n, 1) ||
    segment.component(n, 5) ||
    segment.component(n, 4)
  );
}

/** XCN (v2.5.1 §2.A.88): prefix, given and family name, else the number. */
export function personWords(raw: string, dialect: Dialect): string {
  const name = [componentOf(raw, 6, dialect), componentOf(raw, 3, dialect), subcomponentOf(raw, 2, 1, dialect)];
  return spaced(name) || componentOf(raw, 1, dialect);
}

/** The first person of a field. */
export function personText(segment: Segment, n: number): string {
  if (!segment.has(n)) return '';
  const family = segment.subcomponent(n, 2, 1);
  const given = segment.component(n, 3);
  const prefix = segment.component(n, 6);
  if (prefix === '' && given !== '' && family !== '') return `${given} ${family}`;
  return spaced([prefix, given, family]) || segment.component(n, 1);
}

/** XTN (v2.5.1 §2.A.90): as written, else country, area and number. */
export function phoneText(segment: Segment, n: number): string {
  if (!segment.has(n)) return '';
  const written = segment.component(n, 1) || segment.component(n, 12);
  return written || spaced([segment.component(n, 5), segment.component(n, 6), segment.component(n, 7)]);
}

/** EI: its number, without who gave it. */
export function entityText(segment: Segment, n: number): string {
  return segment.component(n, 1);
}

/** PL (v2.5.1 §2.A.53): point of care, room, bed, facility. */
export function locationText(segment: Segment, n: number): string {
  return [1, 2, 3, 4]
    .map((c) => segment.subcomponent(n, c, 1))
    .filter((word) => word !== '')
    .join(', ');
}

/** The parts that are there, a blank between them. */
export function spaced(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ');
}
