import type { ResultAnswer, ResultGroupAnswer, VersionAnswer } from '@leadglass/contract';
import { orderOf } from './sent.ts';

/** A time at which something was measured: a column. */
export interface Moment {
  readonly key: string;
  /** As sent; '' when nothing was, and then `heardMs` says when we heard of it. */
  readonly sent: string;
  readonly heardMs: number;
}

/** What stands at one time: every value that was sent of it, the one that stands first. */
export interface Cell {
  readonly versions: readonly VersionAnswer[];
  readonly laboratory: string;
}

/** One analyte in one unit. */
export interface Row {
  readonly key: string;
  readonly name: string;
  readonly panel: string;
  readonly unit: string;
  /** As sent with the newest value. */
  readonly range: string;
  readonly pin: string;
  /** The newest value that stands is flagged critical. */
  readonly isCritical: boolean;
  readonly cells: ReadonlyMap<string, readonly Cell[]>;
}

export interface Flowsheet {
  /** Newest first. */
  readonly moments: readonly Moment[];
  /** Critical first, then those that are pinned, then in the order of their senders. */
  readonly rows: readonly Row[];
}

/** Kinds of values that are read and not compared. */
const READ_KINDS: ReadonlySet<string> = new Set(['TX', 'FT', 'ED', 'RP']);
const LONGEST_VALUE = 40;

/** Whether a result is text to be read rather than a value in a table. */
export function isText({ versions }: ResultAnswer): boolean {
  return versions.some(
    ({ valueType, values, document }) =>
      READ_KINDS.has(valueType) || document !== '' || values.length > 3 || values.join(' ').length > LONGEST_VALUE,
  );
}

/** The version that stands; undefined where the last one was removed. */
export function standing(versions: readonly VersionAnswer[]): VersionAnswer | undefined {
  return versions.find(({ state }) => state === 'current');
}

/** A plain number, as a laboratory writes it; undefined for anything else (`<`, words). */
export function numberIn({ values }: Pick<VersionAnswer, 'values'>): number | undefined {
  const [value = ''] = values;
  return /^\s*[-+]?\d{1,12}(?:[.,]\d{1,9})?\s*$/.test(value) ? Number(value.trim().replace(',', '.')) : undefined;
}

function momentOf(group: ResultGroupAnswer, { versions }: ResultAnswer): Moment {
  const sent = versions[0]?.observedAt || group.collectedAt || group.issuedAt;
  const { heardMs } = group;
  return { key: sent === '' ? `heard ${heardMs}` : orderOf(sent), sent, heardMs };
}

interface Building extends Omit<Row, 'cells' | 'isCritical' | 'range' | 'unit'> {
  readonly newest: { readonly at: string; readonly version: VersionAnswer };
  readonly cells: Map<string, Cell[]>;
}

const nameIn = ({ code }: ResultAnswer): string => code.text || code.otherText || code.id || code.otherId;

/** Every value of the groups by analyte and time. What is text is left out: it stands with the reports. */
export function flowsheetOf(groups: readonly ResultGroupAnswer[]): Flowsheet {
  const moments = new Map<string, Moment>();
  const rows = new Map<string, Building>();
  for (const group of groups)
    for (const result of group.results) {
      const [version] = result.versions;
      if (version === undefined || isText(result)) continue;
      const moment = momentOf(group, result);
      moments.set(moment.key, moments.get(moment.key) ?? moment);
      const shown = standing(result.versions) ?? version;
      const key = JSON.stringify([result.code.system, result.code.id || nameIn(result), result.subId, shown.unit]);
      const cell: Cell = { versions: result.versions, laboratory: shown.laboratory };
      const before = rows.get(key) ?? begun(key, group, result, moment, shown);
      const isNewer = orderIn(moment) > before.newest.at;
      rows.set(key, isNewer ? { ...before, newest: { at: orderIn(moment), version: shown } } : before);
      before.cells.set(moment.key, [...(before.cells.get(moment.key) ?? []), cell]);
    }
  return {
    moments: [...moments.values()].sort((a, b) => (orderIn(a) < orderIn(b) ? 1 : -1)),
    rows: [...rows.values()].map(rowOf).sort((a, b) => weight(b) - weight(a)),
  };
}

function begun(
  key: string,
  group: ResultGroupAnswer,
  result: ResultAnswer,
  moment: Moment,
  version: VersionAnswer,
): Building {
  const panel = group.panel.text || group.panel.otherText || group.panel.id;
  const newest = { at: orderIn(moment), version };
  return { key, name: nameIn(result), panel, pin: result.pin, newest, cells: new Map() };
}

/** Times as sent and times as heard in one order: a sender that tells none is placed by when we heard. */
function orderIn({ sent, heardMs }: Moment): string {
  if (sent !== '') return orderOf(sent);
  return orderOf(new Date(heardMs).toISOString().replace(/[-T:]/g, ''));
}

function rowOf({ newest, ...row }: Building): Row {
  const { version } = newest;
  return {
    ...row,
    unit: version.unit,
    range: version.range,
    isCritical: version.isCritical && version.state === 'current',
  };
}

const weight = ({ isCritical, pin }: Row): number => Number(isCritical) * 2 + Number(pin !== '');

/** The newest value of a row that stands. */
export function newestOf({ cells }: Row, { moments }: Flowsheet): VersionAnswer | undefined {
  return moments
    .flatMap(({ key }) => cells.get(key) ?? [])
    .map(({ versions }) => standing(versions))
    .find((version) => version !== undefined);
}

/** The numbers of a row that stand, oldest first: what a trend is drawn from. */
export function trendOf({ cells }: Row, { moments }: Flowsheet): readonly number[] {
  return moments
    .toReversed()
    .flatMap(({ key }) => cells.get(key) ?? [])
    .map(({ versions }) => standing(versions))
    .flatMap((version) => (version === undefined ? [] : [numberIn(version)]))
    .filter((value) => value !== undefined);
}

/** Points of a line in a box of so many units: the oldest on the left, the highest on top. @param values at least two */
export function pointsOf(
  values: readonly number[],
  width: number,
  height: number,
): readonly (readonly [x: number, y: number])[] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const span = high - low;
  return values.map((value, at) => [
    Math.round((at / (values.length - 1)) * width * 10) / 10,
    Math.round((span === 0 ? height / 2 : height - ((value - low) / span) * height) * 10) / 10,
  ]);
}
