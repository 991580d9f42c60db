import { globSync } from 'node:fs';
import { relative } from 'node:path';
import { run } from 'node:test';

/** One test that did not simply pass. `where` is `file:line`, relative to the root. */
export interface Note {
  readonly name: string;
  readonly where: string;
  readonly text: string;
}

/** What a run of test files came to. */
export interface Outcome {
  readonly passed: number;
  readonly failures: readonly Note[];
  readonly skips: readonly Note[];
}

/** A test file that has ended. */
export interface EndedFile {
  /** Relative to the root. */
  readonly file: string;
  /** `3 passed, 1 FAILED`. */
  readonly counts: string;
  readonly passed: number;
  readonly seconds: number;
  /** Seconds of the processor, of the file's process and of those it started and saw end; undefined where nobody tells. */
  readonly cpuSeconds: number | undefined;
}

/** Some test files, and how they are run. */
export interface TestFiles {
  /** Absolute paths, in the order in which they begin. */
  readonly files: readonly string[];
  /** Longest a single test of them may take, milliseconds. */
  readonly timeoutMs: number;
  /** Longest nothing may be heard of a file, milliseconds; default twice `timeoutMs`. A file that never ends would hold everything up. */
  readonly silenceMs?: number;
  /** Whether they measure, so that nothing else may run beside any of them. They come last. */
  readonly isAlone?: boolean;
}

export interface RunOptions {
  readonly root: string;
  readonly groups: readonly TestFiles[];
  /** Test files at a time. */
  readonly concurrency: number;
  /** Regular expression a test's name must match. */
  readonly only?: string;
  /** Called as each file ends. */
  fileEnded(ended: EndedFile): void;
}

/** The fields of node:test's events that are read here. */
interface TestEvent {
  readonly name: string;
  readonly nesting: number;
  readonly file?: string;
  readonly line?: number;
  readonly skip?: string | boolean;
  readonly details: { readonly type?: string; readonly duration_ms?: number; readonly error?: unknown };
}

/** What a test says besides (`t.diagnostic`): of the test that stands there. */
interface Diagnostic {
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
}

/** The part read here of what node:test says when a file has ended. */
interface Summary {
  readonly file?: string | undefined;
  readonly duration_ms: number;
  readonly counts: { readonly passed: number; readonly tests: number; readonly skipped: number };
}

/** Tests that failed or were cancelled are those that neither passed nor were skipped. */
function wordsOf({ passed, tests, skipped }: Summary['counts']): string {
  const failed = tests - passed - skipped;
  return [`${passed} passed`, failed > 0 && `${failed} FAILED`, skipped > 0 && `${skipped} skipped`]
    .filter(Boolean)
    .join(', ');
}

/** Files matching `patterns` below `root`, absolute and in order, node_modules left out. */
export function filesOf(root: string, patterns: readonly string[]): string[] {
  const names = globSync([...patterns], { cwd: root, exclude: (name) => name.includes('node_modules') });
  return names.map((name) => `${root}/${name.replaceAll('\\', '/')}`).sort();
}

/** The error at the bottom of node:test's wrapper, as text with its stack. */
function describe(error: unknown): string {
  let inner = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  if (!(inner instanceof Error)) return String(inner);
  const cause = typeof inner.cause === 'string' ? `\n${inner.cause}` : '';
  return `${inner.stack ?? inner.message}${cause}`;
}

/** Where something stands, as a person looks for it. */
function whereOf(root: string, { file, line }: { readonly file?: string; readonly line?: number }): string {
  return file === undefined ? '' : `${relative(root, file)}:${line ?? 0}`;
}

class Tally {
  passed = 0;
  readonly skips: Note[] = [];
  readonly #failed: Note[] = [];
  /** By place: node:test tells what a test said after how it ended. */
  readonly #said = new Map<string, string[]>();
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  /** Each with what its test said besides. */
  get failures(): readonly Note[] {
    return this.#failed.map((note) => ({
      ...note,
      text: [note.text, ...(this.#said.get(note.where) ?? [])].join('\n'),
    }));
  }

  pass(event: TestEvent): void {
    if (event.details.type === 'suite') return;
    if (event.skip === undefined || event.skip === false) {
      this.passed += 1;
      return;
    }
    const text = typeof event.skip === 'string' ? event.skip : 'no reason given';
    this.skips.push({ name: event.name, where: whereOf(this.#root, event), text });
  }

  fail(event: TestEvent): void {
    const text = describe(event.details.error);
    // A parent fails because a child did: the child says why.
    if (/^\S*Error: \d+ subtests? failed/.test(text)) return;
    this.#failed.push({ name: event.name, where: whereOf(this.#root, event), text });
  }

  said(diagnostic: Diagnostic): void {
    const where = whereOf(this.#root, diagnostic);
    if (where !== '') this.#said.set(where, [...(this.#said.get(where) ?? []), diagnostic.message]);
  }

  gaveUp(file: string, silenceMs: number): void {
    const text = `nothing was heard for ${silenceMs / 1000} s: it does not end`;
    this.#failed.push({ name: 'a file that does not end', where: relative(this.#root, file), text });
  }
}

/** In the process of every test file: what it took of the processor. */
const TELL_CPU = new URL('./tell-cpu.mjs', import.meta.url).href;
const CPU = /^leadglass-test-cpu ([\d.]+)\s*$/;

/** What node:test says of one file: passed on, and kept until the file has ended. */
class OneFile {
  #summary: Summary | undefined;
  #cpuSeconds: number | undefined;

  hear(message: string): void {
    const cpu = CPU.exec(message)?.[1];
    if (cpu !== undefined) this.#cpuSeconds = Number(cpu);
    else if (message.trim() !== '') process.stderr.write(message);
  }

  summed(summary: Summary): void {
    if (summary.file !== undefined) this.#summary = summary;
  }

  /** Undefined when it never came to its end. */
  ended(file: string): EndedFile | undefined {
    if (this.#summary === undefined) return undefined;
    const { counts, duration_ms: ms } = this.#summary;
    return { file, counts: wordsOf(counts), passed: counts.passed, seconds: ms / 1000, cpuSeconds: this.#cpuSeconds };
  }
}

/** Runs one file in a process of its own. */
async function runFile(options: RunOptions, group: TestFiles, file: string, tally: Tally): Promise<void> {
  const silenceMs = group.silenceMs ?? group.timeoutMs * 2;
  const stop = new AbortController();
  let silence: NodeJS.Timeout | undefined;
  const heard = (): void => {
    clearTimeout(silence);
    silence = setTimeout(() => stop.abort(), silenceMs);
  };
  const stream = run({
    signal: stop.signal,
    files: [file],
    concurrency: 1,
    timeout: group.timeoutMs,
    cwd: options.root,
    execArgv: ['--import', TELL_CPU],
    ...(options.only === undefined ? {} : { testNamePatterns: [new RegExp(options.only)] }),
  });
  const one = new OneFile();
  stream.on('test:pass', (event: TestEvent) => tally.pass(event));
  stream.on('test:fail', (event: TestEvent) => tally.fail(event));
  stream.on('test:diagnostic', (diagnostic: Diagnostic) => tally.said(diagnostic));
  stream.on('test:stderr', ({ message }: { message: string }) => one.hear(message));
  stream.on('test:summary', (summary: Summary) => one.summed(summary));
  heard();
  // Reading to the end is what waits for the run.
  for await (const _ of stream) heard();
  clearTimeout(silence);
  if (stop.signal.aborted) return tally.gaveUp(file, silenceMs);
  const ended = one.ended(relative(options.root, file));
  if (ended !== undefined) options.fileEnded(ended);
}

type Errand = () => Promise<void>;

/** Takes one errand after the other, `concurrency` of them at a time, in their order. */
async function inTurn(errands: readonly Errand[], concurrency: number): Promise<void> {
  const left = errands.values();
  const take = async (): Promise<void> => {
    for (const errand of left) await errand();
  };
  await Promise.all(Array.from({ length: concurrency }, take));
}

/** Runs test files, each in its own process, and resolves with what came of them. */
export async function runTests(options: RunOptions): Promise<Outcome> {
  const tally = new Tally(options.root);
  const errandsOf = (isAlone: boolean): Errand[] =>
    options.groups
      .filter((group) => (group.isAlone ?? false) === isAlone)
      .flatMap((group) => group.files.map((file) => () => runFile(options, group, file, tally)));
  await inTurn(errandsOf(false), options.concurrency);
  await inTurn(errandsOf(true), 1);
  return { passed: tally.passed, failures: tally.failures, skips: tally.skips };
}

/** Prints skips, failures and the last line `N passed, N failed, N skipped`; returns the exit code. */
export function report(outcome: Outcome): number {
  const out: string[] = [];
  if (outcome.skips.length > 0) out.push('', 'Skipped:');
  for (const skip of outcome.skips) out.push(`  - ${skip.name} (${skip.where}): ${skip.text}`);
  for (const failure of outcome.failures) {
    out.push('', `FAILED ${failure.name}`, `  ${failure.where}`, failure.text.replace(/^/gm, '  '));
  }
  out.push('', `${outcome.passed} passed, ${outcome.failures.length} failed, ${outcome.skips.length} skipped`);
  process.stdout.write(`${out.join('\n')}\n`);
  return outcome.failures.length === 0 && outcome.passed > 0 ? 0 : 1;
}
