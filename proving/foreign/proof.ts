import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { encodingOf } from '@leadglass/dicom';
import { type Complaints, complaintsOf, type ForeignReader } from './readers.ts';
import { type Disarmed, disarm, makeFolders, type Subject, type Twin } from './twins.ts';

/** Disarms every subject. @param work an empty folder, where the files stay for the readers. */
export async function disarmAll(
  subjects: AsyncIterable<Subject> | Iterable<Subject>,
  work: string,
): Promise<readonly Disarmed[]> {
  const folders = makeFolders(work);
  const all: Disarmed[] = [];
  for await (const subject of subjects) all.push(await disarm(subject, all.length, folders));
  return all;
}

/** The copies that were made. */
export const twinsOf = (all: readonly Disarmed[]): readonly Twin[] =>
  all.flatMap((one) => ('twin' in one ? [one.twin] : []));

/** What disarm did with each kind of subject, a line each: how many copies, and why there was none. */
export function tableByKind(all: readonly Disarmed[]): readonly string[] {
  const byKind = Map.groupBy(all, ({ subject }) => subject.kind);
  return [...byKind].toSorted().map(([kind, some]) => {
    const reasons = Map.groupBy(
      some.flatMap((one) => ('twin' in one ? [] : [one.obstacles.join('+')])),
      (code) => code,
    );
    const without = [...reasons].map(([code, { length }]) => `${length} ${code}`);
    return [`${kind}: ${twinsOf(some).length} of ${some.length} copied`, ...without].join(', ');
  });
}

/** How many copies there are of each transfer syntax, and how many of them have pixels, a line each. */
export function tableBySyntax(twins: readonly Twin[]): readonly string[] {
  return [...Map.groupBy(twins, (twin) => twin.transferSyntaxUid)].toSorted().map(([uid, some]) => {
    const withPixels = some.filter(({ pixelBytes }) => pixelBytes > 0).length;
    return `${uid}: ${some.length} copies, ${withPixels} with pixels, bit-identical`;
  });
}

/** What a reader makes of the copies. */
export interface Judgement {
  /** How many copies were judged. */
  readonly judged: number;
  /** How often it complains about clean twins. */
  readonly known: number;
  /** What it says against copies and not against their clean twins, a line each. */
  readonly wrong: readonly string[];
  /** Originals that it cannot read itself, so that nothing can be compared. */
  readonly unread: readonly string[];
}

/** Has a reader judge the copies, at most `most` of them, evenly chosen. @param work where what it is shown is kept. */
export async function judge(
  reader: ForeignReader,
  twins: readonly Twin[],
  work: string,
  most: number,
): Promise<Judgement> {
  const step = Math.max(1, twins.length / most);
  const chosen = Array.from({ length: Math.min(most, twins.length) }, (_, at) => twins[Math.floor(at * step)] as Twin);
  const shown = chosen
    .flatMap((twin) => shownTo(reader, twin, work))
    .map((twin) => (reader.isUnread === undefined ? { ...twin, cleans: twin.cleans.slice(0, 1) } : twin));
  const about = (side: string, paths: readonly string[]): Promise<Complaints> =>
    complaintsOf(reader, [...new Set(paths)], join(work, `${reader.name}-${side}`));
  const copies = await about(
    'copy',
    shown.map(({ copy }) => copy),
  );
  const cleans = await about(
    'clean',
    shown.flatMap((one) => one.cleans),
  );
  const known = new Map(shown.map((one) => [one, one.cleans.flatMap((path) => cleans.get(path) ?? [])]));
  const unread = shown.filter(
    (one) => !one.isRegular && one.cleans.every((path) => isUnread(reader, cleans.get(path))),
  );
  const wrong = shown
    .filter((one) => !unread.includes(one))
    .flatMap((one) => newOnes(one, copies.get(one.copy), known.get(one)).map((line) => `${one.name}: ${line}`));
  const count = [...known.values()].reduce((sum, { length }) => sum + length, 0);
  return { judged: shown.length - unread.length, known: count, wrong, unread: unread.map(({ name }) => name) };
}

function isUnread({ isUnread: words }: ForeignReader, complaints: readonly string[] = []): boolean {
  return words !== undefined && complaints.some((line) => words.test(line));
}

function newOnes(
  { isExpected }: Twin,
  found: readonly string[] = [],
  known: readonly string[] = [],
): readonly string[] {
  return found.filter((one) => !known.includes(one) && isExpected?.test(one) !== true);
}

/** dciodvfy does not inflate: deflated data sets are shown to it inflated by DCMTK, where that knows the transfer syntax. */
function shownTo(reader: ForeignReader, twin: Twin, work: string): readonly Twin[] {
  if (reader.name !== 'dciodvfy' || encodingOf(twin.transferSyntaxUid) !== 'deflated') return [twin];
  const copy = inflated(twin.copy, join(work, 'inflated-copy'));
  const cleans = twin.cleans.map((path) => inflated(path, join(work, 'inflated-clean')));
  if (copy === undefined || !cleans.every((path) => path !== undefined)) return [];
  return [{ ...twin, copy, cleans }];
}

function inflated(path: string, folder: string): string | undefined {
  mkdirSync(folder, { recursive: true });
  const target = join(folder, basename(path));
  return spawnSync('dcmconv', ['+te', path, target]).status === 0 ? target : undefined;
}
