import { spawn } from 'node:child_process';
import { linkSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { which } from '../peers.ts';

/** Somebody else's program that reads an object and says what it does not like. */
export interface ForeignReader {
  readonly name: 'dcmdump' | 'dcmftest' | 'gdcmdump' | 'dciodvfy';
  readonly options: readonly string[];
  /** Whether it takes several files at once, as names or as a folder. */
  readonly takes: 'files' | 'folder' | 'one';
  readonly isComplaint: RegExp;
  /** What it says of a file it could not read: of such a one it has judged nothing. */
  readonly isUnread?: RegExp;
  /** Whether an exit code other than 0 is a complaint. */
  readonly isExitCounted: boolean;
}

/** DCMTK's parser and recogniser, GDCM's parser, and David Clunie's verifier of what each storage class asks for. */
export const FOREIGN_READERS: readonly ForeignReader[] = [
  { name: 'dcmdump', options: ['-q', '+E'], takes: 'files', isComplaint: /^[EWF]: /, isExitCounted: true },
  { name: 'dcmftest', options: [], takes: 'files', isComplaint: /^no: /, isExitCounted: true },
  { name: 'gdcmdump', options: ['-r'], takes: 'folder', isComplaint: /^(?:Failed|Error|Warning)/, isExitCounted: true },
  {
    name: 'dciodvfy',
    options: ['-new'],
    takes: 'one',
    isComplaint: /^(?:Error|Warning)| Error - Tags/,
    isUnread: /read failed|Tags out of order|Object Not found/,
    isExitCounted: false,
  },
];

const TOOL_MS = 120_000;
/** Processes of theirs at a time. */
const AT_ONCE = 3;
const MOST_COMPLAINTS = 2_000;

interface Ran {
  readonly status: number | string;
  readonly lines: readonly string[];
}

/** Runs a reader to its end and keeps the complaints of both its outputs. */
async function run({ name, options, isComplaint }: ForeignReader, names: readonly string[]): Promise<Ran> {
  const words = [...options, ...names];
  const child = spawn(which(name) ?? name, words, { stdio: ['ignore', 'pipe', 'pipe'], timeout: TOOL_MS });
  const wanted: string[] = [];
  const take = (line: string): void => {
    if (wanted.length < MOST_COMPLAINTS && isComplaint.test(line)) wanted.push(line);
  };
  const ends = [child.stdout, child.stderr].map((output) => eachLine(output, take));
  const status = await new Promise<number | string>((settle, fail) => {
    child.once('error', fail).once('close', (code, signal) => settle(code ?? signal ?? 'lost'));
  });
  await Promise.all(ends);
  return { status, lines: wanted };
}

async function eachLine(output: NodeJS.ReadableStream, take: (line: string) => void): Promise<void> {
  let rest = '';
  output.setEncoding('latin1');
  for await (const piece of output) {
    const lines = (rest + String(piece)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(line);
  }
  take(rest);
}

/**
 * Without what differs between two files that are wrong in the same way: their paths, the values quoted, and whether an attribute
 * stands in the data set or, as what it was, in the copy's Original Attributes Sequence.
 */
function normal(line: string): string {
  return line
    .replaceAll(/[^\s]*\.dcm\b/g, 'FILE')
    .replaceAll(
      /OriginalAttributesSequence\(0400,0561\)\[1\]\/ModifiedAttributesSequence\(0400,0550\)(?:\[1\])?\//g,
      '',
    )
    .replaceAll(/ = <.*>(?= - |$)/g, ' = VALUE')
    .replaceAll(/(?:position|offset|byte) \d+/gi, 'PLACE');
}

/** By file. */
export type Complaints = ReadonlyMap<string, readonly string[]>;

/**
 * What a reader says against each file, normalised; a file without complaint has none. Who takes several files is given all of them
 * at once; when it complains without saying of which, each half is asked for by itself.
 * @param folder not there yet; made for a reader that takes a folder.
 */
export async function complaintsOf(
  reader: ForeignReader,
  paths: readonly string[],
  folder: string,
): Promise<Complaints> {
  if (reader.takes === 'one')
    return new Map(await inTurn(paths, async (path) => [path, await complaintsOfOne(reader, path)] as const));
  return reader.takes === 'folder' ? ofFolder(reader, paths, folder) : ofHalves(reader, paths);
}

async function ofHalves(reader: ForeignReader, paths: readonly string[]): Promise<Complaints> {
  const [first, ...others] = paths;
  if (first === undefined) return new Map();
  if (others.length === 0) return new Map([[first, await complaintsOfOne(reader, first)]]);
  const { status, lines } = await run(reader, paths);
  if (status === 0 && lines.length === 0) return new Map(paths.map((path) => [path, []]));
  const middle = paths.length >> 1;
  const halves = [paths.slice(0, middle), paths.slice(middle)];
  return new Map((await Promise.all(halves.map((half) => ofHalves(reader, half)))).flatMap((some) => [...some]));
}

/** Complaints name whom they are about; where one names nobody, or the reader dies, each file is asked about alone. */
async function ofFolder(reader: ForeignReader, paths: readonly string[], folder: string): Promise<Complaints> {
  mkdirSync(folder);
  // Originals and clean twins have the same names.
  const nameOf = new Map(paths.map((path, at) => [path, `${at}-${basename(path)}`]));
  for (const [path, name] of nameOf) linkSync(path, join(folder, name));
  const { status, lines } = await run(reader, [folder]);
  const isClear = typeof status === 'number' && lines.every((line) => /\/\d+-\d+\.dcm/.test(line));
  const about = (path: string): readonly string[] =>
    lines.filter((line) => line.includes(`/${nameOf.get(path)}`)).map(normal);
  if (isClear) return new Map(paths.map((path) => [path, about(path)]));
  return new Map(await inTurn(paths, async (path) => [path, await complaintsOfOne(reader, path)] as const));
}

async function complaintsOfOne(reader: ForeignReader, path: string): Promise<readonly string[]> {
  const { status, lines } = await run(reader, [path]);
  const exit = reader.isExitCounted && status !== 0 ? [`exit ${status}`] : [];
  // A program that a signal ended has judged nothing.
  const lost = typeof status === 'string' ? [`ended by ${status}`] : [];
  return [...new Set([...lines.map((line) => normal(line)), ...exit, ...lost])];
}

/** `work` for each of `all`, a few at a time; results in their order. */
export async function inTurn<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const queue = all.entries();
  const worker = async (): Promise<void> => {
    for (const [at, one] of queue) results[at] = await work(one);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}
