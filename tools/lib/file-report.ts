import type { EndedFile } from './run-tests.ts';

const MOST_NAMED = 10;

/** Prints a line for each test file as it ends, and at the end where the time went. */
export class FileReport {
  readonly #ended: EndedFile[] = [];
  readonly #write: (line: string) => void;
  readonly #beganAt = performance.now();

  constructor(write: (line: string) => void = (line) => process.stdout.write(line)) {
    this.#write = write;
  }

  /** `proving/labs.peers.ts: 9 passed (61.0 s, 24.3 s of CPU)` */
  fileEnded(ended: EndedFile): void {
    this.#ended.push(ended);
    const { file, counts, seconds, cpuSeconds } = ended;
    const cpu = cpuSeconds === undefined ? '' : `, ${cpuSeconds.toFixed(1)} s of CPU`;
    this.#write(`${file}: ${counts} (${seconds.toFixed(1)} s${cpu})\n`);
  }

  /** What all took of the processor, and which files most of it; nothing where no file told, or one alone was run. */
  total(): void {
    const told = this.#ended.filter(({ cpuSeconds }) => cpuSeconds !== undefined);
    if (told.length < 2) return;
    const byCpu = told
      .map(({ file, cpuSeconds = 0 }) => ({ file, cpuSeconds }))
      .sort((a, b) => b.cpuSeconds - a.cpuSeconds);
    const all = byCpu.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
    const wall = (performance.now() - this.#beganAt) / 1000;
    this.#write(`\n${told.length} files: ${all.toFixed(0)} s of CPU in ${wall.toFixed(0)} s. Most of it:\n`);
    for (const { file, cpuSeconds } of byCpu.slice(0, MOST_NAMED)) {
      this.#write(`${cpuSeconds.toFixed(1).padStart(8)} s  ${file}\n`);
    }
  }
}

/**
 * Files whose names begin with one of `longest` come first, in that order: a long one that began last would run by itself at the end.
 * @param files absolute paths
 */
export function longestFirst(files: readonly string[], longest: readonly string[]): string[] {
  const rank = (file: string): number => {
    const name = file.slice(file.lastIndexOf('/') + 1);
    const at = longest.findIndex((one) => name.startsWith(`${one}.`));
    return at < 0 ? longest.length : at;
  };
  return files.toSorted((a, b) => rank(a) - rank(b));
}
