import { TAG, type Tag } from '@leadglass/dicom';
import { folded, nameGroups } from './fold.ts';
import { dateKey, isMomentVr, momentKey, timeKey } from './moment.ts';
import { glob } from './pattern.ts';
import { nameOf, QUERY_TAG } from './tags.ts';
import {
  type AttributeSet,
  type AttributeValue,
  type Key,
  type KeyMatch,
  NO_OPTIONS,
  type Query,
  type QueryOptions,
} from './types.ts';
import { eachValue, isNarrative } from './values.ts';

/** Whether an attribute set matches. */
export type Matcher = (attributes: AttributeSet) => boolean;
type ValueTest = (value: string) => boolean;

/** Dates and the times that go with them, where the two are asked for as one moment (PS3.4 §C.2.2.2.5.1). */
const PAIRS: readonly (readonly [date: Tag, time: Tag])[] = [
  [TAG.StudyDate, TAG.StudyTime],
  [TAG.SeriesDate, QUERY_TAG.SeriesTime],
  [TAG.ContentDate, QUERY_TAG.ContentTime],
  [TAG.AcquisitionDate, QUERY_TAG.AcquisitionTime],
  [TAG.PatientBirthDate, QUERY_TAG.PatientBirthTime],
  [QUERY_TAG.PerformedProcedureStepStartDate, QUERY_TAG.PerformedProcedureStepStartTime],
  [QUERY_TAG.PresentationCreationDate, QUERY_TAG.PresentationCreationTime],
  [0x00400002, 0x00400003],
];

/** A test of attribute sets for all keys of a query (PS3.4 §C.2.2.2), made once and used for every candidate. */
export function matcherOf({ keys, options }: Pick<Query, 'keys' | 'options'>): Matcher {
  const paired = options.isDateTimeCombined ? pairsIn(keys) : [];
  const together = new Set(paired.flatMap(({ date, time }) => [date.tag, time.tag]));
  const tests = [
    ...paired.map(momentMatcher),
    ...keys
      .filter(({ tag, match }) => !together.has(tag) && match.form !== 'universal')
      .map((key) => keyMatcher(key, options)),
  ];
  return (attributes) => tests.every((test) => test(attributes));
}

/** The test of one key alone. @param options of its question, for keys inside a sequence. */
export function keyMatcher({ tag, vr, match }: Key, options: QueryOptions = NO_OPTIONS): Matcher {
  const name = nameOf(tag);
  if (match.form === 'sequence') return sequenceMatcher(name, match.keys, options);
  if (match.form === 'universal') return () => true;
  if (match.form === 'empty') return (attributes) => (attributes[name] ?? '').length === 0;
  const tests = match.form === 'list' ? match.values.map((value) => valueTest(vr, { form: 'single', value })) : [];
  const isEach = match.form === 'list' && match.isEach;
  const test = match.form === 'list' ? undefined : valueTest(vr, match);
  return (attributes) => {
    const values = valuesOf(attributes[name], vr);
    if (test !== undefined) return values.some(test);
    return isEach ? tests.every((one) => values.some(one)) : tests.some((one) => values.some(one));
  };
}

function valuesOf(value: AttributeValue | undefined, vr: string): readonly string[] {
  return typeof value === 'string' && value !== '' ? eachValue(value, vr) : [];
}

/** All keys in one and the same item (PS3.4 §C.2.2.2.6). */
function sequenceMatcher(name: string, keys: readonly Key[], options: QueryOptions): Matcher {
  if (keys.every(({ match }) => match.form === 'universal')) return () => true;
  const test = matcherOf({ keys, options });
  return (attributes) => itemsOf(attributes[name]).some(test);
}

/** The items of a sequence; none of anything else. */
export function itemsOf(value: AttributeValue | undefined): readonly AttributeSet[] {
  return typeof value === 'object' ? value : [];
}

function valueTest(vr: string, match: KeyMatch): ValueTest {
  if (match.form === 'range') return rangeTest(vr, match.from, match.to);
  if (match.form === 'wildcard') return vr === 'PN' ? nameTest(match.pattern, glob) : glob(match.pattern);
  const value = match.form === 'single' ? match.value : '';
  if (vr === 'PN') return nameTest(value, (wanted) => (text) => text === wanted);
  if (vr === 'IS' || vr === 'DS') return numberTest(value);
  const wanted = isMomentVr(vr) ? (momentKey(vr, value, 'first') ?? value) : value;
  if (isMomentVr(vr)) return (text) => (momentKey(vr, text, 'first') ?? text) === wanted;
  return isNarrative(vr) ? (text) => text.trimEnd() === wanted.trimEnd() : (text) => text === wanted;
}

/** A key without `=` is looked for in each component group; one with `=` is held against the name as a whole. */
function nameTest(wanted: string, test: (pattern: string) => ValueTest): ValueTest {
  const isWhole = wanted.includes('=');
  const pattern = isWhole ? folded(wanted) : (nameGroups(wanted)[0] ?? '');
  const matches = test(pattern);
  return isWhole
    ? (name) => matches(nameGroups(name).join('='))
    : (name) => nameGroups(name).some((group) => group !== '' && matches(group));
}

/** Numbers written otherwise are the same number; what is none is compared as it stands. */
function numberTest(value: string): ValueTest {
  const wanted = Number(value);
  return Number.isFinite(wanted) && value.trim() !== ''
    ? (text) => text === value || (text.trim() !== '' && Number(text) === wanted)
    : (text) => text === value;
}

function rangeTest(vr: string, from: string, to: string): ValueTest {
  const [low, high] = [endOf(vr, from, 'first'), endOf(vr, to, 'last')];
  if (low === undefined || high === undefined) return () => false;
  return (text) => {
    const key = momentKey(vr, text, 'first');
    return key !== undefined && (low === '' || key >= low) && (high === '' || key <= high);
  };
}

/** An open end as nothing; undefined where the end is no date or time, and then nothing matches. */
function endOf(vr: string, value: string, edge: 'first' | 'last'): string | undefined {
  return value === '' ? '' : momentKey(vr, value, edge);
}

interface Pair {
  readonly date: Key;
  readonly time: Key;
}

function pairsIn(keys: readonly Key[]): readonly Pair[] {
  const ranged = new Map(keys.filter(({ match }) => match.form === 'range').map((key) => [key.tag, key]));
  return PAIRS.flatMap(([dateTag, timeTag]) => {
    const [date, time] = [ranged.get(dateTag), ranged.get(timeTag)];
    return date === undefined || time === undefined ? [] : [{ date, time }];
  });
}

function momentMatcher({ date, time }: Pair): Matcher {
  if (date.match.form !== 'range' || time.match.form !== 'range') return () => false;
  const low = date.match.from === '' ? '' : joined(dateKey(date.match.from), timeEnd(time.match.from, 'first'));
  const high = date.match.to === '' ? '' : joined(dateKey(date.match.to), timeEnd(time.match.to, 'last'));
  const [dateName, timeName] = [nameOf(date.tag), nameOf(time.tag)];
  return (attributes) => {
    const [day] = valuesOf(attributes[dateName], 'DA');
    const [hour] = valuesOf(attributes[timeName], 'TM');
    const key = joined(dateKey(day ?? ''), hour === undefined ? '0'.repeat(12) : timeKey(hour, 'first'));
    if (key === undefined || low === undefined || high === undefined) return false;
    return (low === '' || key >= low) && (high === '' || key <= high);
  };
}

function timeEnd(value: string, edge: 'first' | 'last'): string | undefined {
  if (value !== '') return timeKey(value, edge);
  return edge === 'first' ? '0'.repeat(12) : '9'.repeat(12);
}

function joined(day: string | undefined, hour: string | undefined): string | undefined {
  return day === undefined || hour === undefined ? undefined : day + hour;
}
