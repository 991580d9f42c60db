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

export interface RunOptions {
  readonly root: string;
  /** Absolute paths of test files. */
  readonly files: readonly string[];
  /** Test files at a time. */
  readonly concurrency: number;
  /** Regular expression a test's name must match. */
  readonly only?: string;
  /** Longest a single test may take, milliseconds. */
  readonly timeoutMs: number;
  /** Longest nothing may be heard of any test, milliseconds; default twice `timeoutMs`. A file that never ends would hold everything up. */
  readonly silenceMs?: number;
  /** Called with the name of each file as it ends, with its counts and how long it took, in seconds. */
  fileEnded(file: string, counts: string, seconds: number): void;
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

class Tally {
  passed = 0;
  readonly failures: Note[] = [];
  readonly skips: Note[] = [];
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  #note(event: TestEvent, text: string): Note {
    const where = event.file === undefined ? '' : `${relative(this.#root, event.file)}:${event.line ?? 0}`;
    return { name: event.name, where, text };
  }

  pass(event: TestEvent): void {
    if (event.details.type === 'suite') return;
    if (event.skip === undefined || event.skip === false) {
      this.passed += 1;
      return;
    }
    this.skips.push(this.#note(event, typeof event.skip === 'string' ? event.skip : 'no reason given'));
  }

  fail(event: TestEvent): void {
    const text = describe(event.details.error);
    // A parent fails because a child did: the child says why.
    if (/^\S*Error: \d+ subtests? failed/.test(text)) return;
    this.failures.push(this.#note(event, text));
  }
}

/** Files are told of in their order: the first that has not ended is the one that holds the others up. */
function hung([first = '', ...others]: readonly string[], silenceMs: number): Note {
  const text = `nothing was heard for ${silenceMs / 1000} s: it does not end, and with it ${others.length} files were given up`;
  return { name: 'a file that does not end', where: first, text };
}

/** Runs test files, each in its own process, and resolves with what came of them. */
export async function runTests(options: RunOptions): Promise<Outcome> {
  const tally = new Tally(options.root);
  const unended = new Set(options.files.map((file) => relative(options.root, file)));
  const silenceMs = options.silenceMs ?? options.timeoutMs * 2;
  const stop = new AbortController();
  let silence: NodeJS.Timeout | undefined;
  const heard = (): void => {
    clearTimeout(silence);
    silence = setTimeout(() => stop.abort(), silenceMs);
  };
  const stream = run({
    signal: stop.signal,
    files: [...options.files],
    concurrency: options.concurrency,
    timeout: options.timeoutMs,
    cwd: options.root,
    ...(options.only === undefined ? {} : { testNamePatterns: [new RegExp(options.only)] }),
  });
  stream.on('test:pass', (event: TestEvent) => tally.pass(event));
  stream.on('test:fail', (event: TestEvent) => tally.fail(event));
  stream.on('test:stderr', (event: { message: string }) => process.stderr.write(event.message));
  stream.on('test:summary', ({ file, counts, duration_ms: ms }: Summary) => {
    if (file === undefined) return;
    unended.delete(relative(options.root, file));
    options.fileEnded(relative(options.root, file), wordsOf(counts), ms / 1000);
  });
  heard();
  // Reading to the end is what waits for the run.
  for await (const _ of stream) heard();
  clearTimeout(silence);
  if (stop.signal.aborted) tally.failures.push(hung([...unended], silenceMs));
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
