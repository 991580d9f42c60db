import { createHash } from 'node:crypto';
import type { Text } from '@leadglass/kit';
import type { ChartCut, ChartMark, EntryRow } from '@leadglass/records';
import type { ChartSealer } from './sealer.ts';
import type { Summary } from './summary.ts';
import type { Told } from './told.ts';

/** What a message that was not understood says, as a chart shows it. */
export interface RawTold {
  readonly feed: string;
  readonly problems: readonly { readonly place: string; readonly why: Text }[];
  readonly text: string;
}

interface EntryHead {
  readonly no: number;
  readonly message: number;
  readonly heardMs: number;
}
export type PartEntry =
  | (EntryHead & { readonly kind: 'told'; readonly told: Told })
  | (EntryHead & { readonly kind: 'raw'; readonly raw: RawTold });

/** One chart as it stands: who it is of, and what each message said, oldest first. */
export interface PartChart {
  readonly no: number;
  /** The chart that has taken it in; 0 for none. */
  readonly into: number;
  readonly heardMs: number;
  readonly summary: Summary;
  readonly entries: readonly PartEntry[];
  /** Older ones were left out. */
  readonly isCut: boolean;
}

/** A patient for a continuity box: the chart that stands first, then those it took in, all of one moment. */
export interface ChartPart {
  readonly asOfMs: number;
  readonly charts: readonly PartChart[];
  readonly merges: readonly {
    readonly into: number;
    readonly taken: number;
    readonly atMs: number;
    readonly by: string;
    readonly reason: string;
  }[];
}

/** Entries of one part. */
export const MOST_PART_ENTRIES = 3_000;

/** What stands for a chart as it is now: another as soon as anything of it, or of what it took in, changed. 32 hexadecimal digits. */
export function versionOfChart(group: readonly ChartMark[]): string {
  const hash = createHash('sha256').update('leadglass chart part 1\n');
  for (const { row, entries, lastEntry } of group)
    hash.update(`${row.no} ${row.into} ${entries} ${lastEntry}\n`).update(row.sealed);
  return hash.digest('hex').slice(0, 32);
}

export interface PartOptions {
  readonly sealer: ChartSealer;
  readonly asOfMs: number;
  /** Characters of JSON that it may have: the oldest entries are left out beyond. */
  readonly mostChars: number;
  /** A message that was not understood; undefined when there is nothing to show of it. */
  raw(message: number): Promise<RawTold | undefined>;
}

/** A chart, opened for whom it is sealed to anew. Throws Fault `continuity.sealed-otherwise`. */
export async function partOfCut({ charts, merges }: ChartCut, options: PartOptions): Promise<ChartPart> {
  const { sealer, asOfMs } = options;
  const room = { chars: options.mostChars };
  const parts: PartChart[] = [];
  for (const { row, told, entries: count } of charts) {
    const summary = sealer.openJson<Summary>('patient', String(row.no), row.sealed);
    room.chars -= JSON.stringify(summary).length;
    const entries = await fitting(told, room, options);
    const { no, into, heardAtMs: heardMs } = row;
    parts.push({ ...{ no, into, heardMs, summary }, entries, isCut: entries.length < count });
  }
  return {
    ...{ asOfMs, charts: parts },
    merges: merges.map(({ into, taken, atMs, by, reason }) => ({ into, taken, atMs, by, reason })),
  };
}

/** The newest that find room, oldest first. @param rows newest first */
async function fitting(
  rows: readonly EntryRow[],
  room: { chars: number },
  options: PartOptions,
): Promise<readonly PartEntry[]> {
  const found: PartEntry[] = [];
  for (const row of rows) {
    const entry = await entryOf(row, options);
    room.chars -= JSON.stringify(entry).length;
    if (room.chars < 0) break;
    found.push(entry);
  }
  return found.reverse();
}

async function entryOf(row: EntryRow, { sealer, raw }: PartOptions): Promise<PartEntry> {
  const { no, message, heardAtMs: heardMs, kind, chart, sealed } = row;
  const head = { no, message, heardMs };
  const told = sealer.openJson<Told>('told', String(chart), sealed);
  if (kind === 'told') return { ...head, kind, told };
  return { ...head, kind, raw: (await raw(message)) ?? { feed: told.feed, problems: [], text: '' } };
}
