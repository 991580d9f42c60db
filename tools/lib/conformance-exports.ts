import { formatTag, keywordOf } from '@leadglass/dicom';
import { COMMAND_FIELD, statusMeaning } from '@leadglass/dimse';
import type { StatementTable } from '@leadglass/kit';

/** What a room exports, by name; looked at before it is believed. */
export type Exports = Readonly<Record<string, unknown>>;

/** `room` and `export` become the table `name`, where the room has that export. */
interface Source {
  readonly room: string;
  readonly from: string;
  readonly name: string;
  table(value: Readonly<Record<string, unknown>>, exports: Exports): Pick<StatementTable, 'head' | 'rows'>;
}

/** `slowestBytesPerSecond` to `slowest bytes per second`. */
const inWords = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** A number with the unit its name says. */
function withUnit(name: string, value: number): readonly string[] {
  if (name.endsWith('Ms')) return [inWords(name.slice(0, -2)), `${value / 1000} s`];
  if (name.endsWith('Bytes')) return [inWords(name.slice(0, -5)), `${value} bytes`];
  return [inWords(name), String(value)];
}

const limits = (what: string): Source['table'] => {
  return (value) => ({
    head: [what, 'Value'],
    rows: Object.entries(value).flatMap(([name, each]) => (typeof each === 'number' ? [withUnit(name, each)] : [])),
  });
};

const statuses = (what: string, commandField: number): Source['table'] => {
  return (value) => ({
    head: [what, 'means'],
    rows: [...new Set(Object.values(value).filter((each) => typeof each === 'number'))]
      .toSorted((a, b) => a - b)
      .map((code) => [
        `${code.toString(16).toUpperCase().padStart(4, '0')}H`,
        statusMeaning(code, commandField).meaning.en,
      ]),
  });
};

/** Attributes by level: those kept of every object, those worked out for an answer. */
const keys: Source['table'] = (kept, exports) => {
  const rowsOf = (value: unknown, how: string): string[][] =>
    Object.entries((value ?? {}) as Readonly<Record<string, readonly number[]>>).flatMap(([level, tags]) =>
      tags.map((tag) => [level, keywordOf(tag) ?? '', formatTag(tag), how]),
    );
  return {
    head: ['Level', 'Key of a query', 'Tag', ''],
    rows: [...rowsOf(kept, 'kept'), ...rowsOf(exports.COMPUTED_ATTRIBUTES, 'worked out')],
  };
};

/** Lists that rooms keep for themselves and that belong into the statement. One that is not there (yet) makes no table. */
// biome-ignore format: a line a table
const SOURCES: readonly Source[] = [
  { room: 'relay', from: 'DEFAULT_DELIVERY_LIMITS', name: 'relay.delivery-limits', table: limits('Deliveries') },
  { room: 'relay', from: 'DEFAULT_COMMITMENT_LIMITS', name: 'relay.commitment-limits', table: limits('Storage commitment, as SCU') },
  { room: 'relay', from: 'DEFAULT_REPORTER_LIMITS', name: 'relay.reporter-limits', table: limits('Storage commitment, as SCP') },
  { room: 'relay', from: 'RETRIEVE_STATUS', name: 'relay.retrieve-statuses', table: statuses('C-MOVE, C-GET status given', COMMAND_FIELD.cMoveRsp) },
  { room: 'query', from: 'KEPT_ATTRIBUTES', name: 'query.keys', table: keys },
  { room: 'dicomweb', from: 'DEFAULT_MULTIPART_LIMITS', name: 'dicomweb.multipart-limits', table: limits('Multipart bodies') },
];

/** The tables made from lists that `room` exports for other ends. */
export function tablesFromExports(room: string, exports: Exports): StatementTable[] {
  return SOURCES.filter((source) => source.room === room).flatMap(({ from, name, table }) => {
    const value = exports[from];
    return typeof value === 'object' && value !== null
      ? [{ name, ...table(value as Readonly<Record<string, unknown>>, exports) }]
      : [];
  });
}
