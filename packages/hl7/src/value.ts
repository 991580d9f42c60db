import { codeWords, personWords, spaced } from './fields.ts';
import { componentOf, type Dialect, meaning } from './segment.ts';

type Words = (repetition: string, dialect: Dialect) => string;

const whole: Words = (repetition, dialect) => meaning(repetition, dialect);

/** SN (v2.5.1 §2.A.71): comparator, number, separator or suffix, number, as they stand. */
const structured: Words = (repetition, dialect) =>
  [1, 2, 3, 4].map((c) => componentOf(repetition, c, dialect)).join('');

const range: Words = (repetition, dialect) =>
  [1, 2]
    .map((c) => componentOf(repetition, c, dialect))
    .filter((bound) => bound !== '')
    .join(' - ');

const first: Words = (repetition, dialect) => componentOf(repetition, 1, dialect);

const all: Words = (repetition, dialect) =>
  spaced(repetition.split(dialect.delimiters.component, 32).map((part) => meaning(part, dialect)));

/**
 * The value types of OBX-2 (table 0125, and what is sent besides), and what a person reads of each. ED and RP are documents and not among them. Of a
 * type that has no components what separates them is text.
 */
export const VALUE_WORDS: ReadonlyMap<string, Words> = new Map([
  ...['NM', 'ST', 'TX', 'FT', 'DT', 'TM', 'TS', 'DTM', 'ID', 'IS', 'SI', 'TN'].map((type): [string, Words] => [
    type,
    whole,
  ]),
  ...['CE', 'CWE', 'CNE', 'CF'].map((type): [string, Words] => [type, codeWords]),
  ...['XCN', 'CN'].map((type): [string, Words] => [type, personWords]),
  ...['CX', 'CK', 'EI', 'HD'].map((type): [string, Words] => [type, first]),
  ...['XPN', 'PN', 'XON', 'XAD', 'AD', 'XTN', 'CP', 'MO', 'CQ'].map((type): [string, Words] => [type, all]),
  ...['NR', 'DR'].map((type): [string, Words] => [type, range]),
  ['SN', structured],
]);

/** The text of a value whose type nobody knows: as sent, separators and all. */
export const rawWords: Words = whole;
