import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RuleProblemSchema } from '@leadglass/contract';
import { type Text, text } from '@leadglass/kit';
import { CliFailure, EXIT } from '../exits.ts';
import type { ClamdDoor } from './clamd.ts';
import type { Looked } from './look.ts';
import { type FileLooked, type FromWorker, fromWorker, type ToWorker } from './messages.ts';
import { type TrialAsked, Trials } from './trials.ts';
import { type Entry, STANDARD_INPUT } from './walk.ts';
import { workerFlags } from './worker-flags.ts';

const ENTRY = fileURLToPath(new URL('./worker.ts', import.meta.url));
/** A task: so many files, or so many bytes, whichever comes first. Large files go alone, and work is shared out evenly. */
const TASK_FILES = 64;
const TASK_BYTES = 8 * 1024 * 1024;
/** Tasks a worker holds at once: the next is there before the last is done. */
const TASKS_AT_ONCE = 2;
/** Files handed out and not told yet: bounds what is kept while the first of them takes long. */
const MOST_AHEAD = 8_192;
/** A worker that says nothing for so long hangs. */
const SILENCE_MS = 60_000;

/** What came of one entry. `looked` is empty when `problem` says why. */
export interface Outcome {
  readonly entry: Entry;
  readonly looked: readonly Looked[];
  readonly problem?: string;
  /** SHA-256 of the file, when whose it is was asked for. */
  readonly sha256?: string;
}

export interface ScanPoolOptions {
  /** Worker processes. */
  readonly jobs: number;
  /** Files and folders the workers may read. */
  readonly paths: readonly string[];
  readonly rulesDir: string | undefined;
  /** Connects the workers with clamd; without it they ask for nothing. */
  readonly clamd?: ClamdDoor;
  readonly silenceMs?: number;
  /** Whether to tell whose each object is, and the hash of each file. */
  readonly isAbout?: boolean;
  /** What a worker runs; tests put something worse in its place. */
  readonly entry?: string;
}

/** A file on its way. */
interface Slot {
  readonly entry: Entry;
  outcome?: Outcome;
  /** Whether it was alone in its task: then it is to blame when the worker dies. */
  isAlone: boolean;
}

interface Task {
  readonly number: number;
  readonly slots: readonly Slot[];
}

interface Worker {
  readonly child: ChildProcess;
  readonly tasks: Task[];
  readonly hasInput: boolean;
  isReady: boolean;
  timer: NodeJS.Timeout | undefined;
  /** Whether it waits for a trial decoding, which has bounds of its own. */
  isTrying: boolean;
}

/** Sandboxed workers that look at files: hands files out, takes what comes of them back in the order they were given. */
export class ScanPool {
  readonly #options: ScanPoolOptions;
  readonly #workers = new Set<Worker>();
  readonly #waiting: Task[] = [];
  /** Files not told yet, by their place in the order. */
  readonly #underway = new Map<number, Slot>();
  #given = 0;
  #next = 0;
  #refusal: string | undefined;
  #wake: () => void = () => {};
  #isOver = false;
  readonly #trials: Trials;

  constructor(options: ScanPoolOptions) {
    this.#options = options;
    this.#trials = new Trials(options.jobs);
  }

  /** Looks at `entries`. Results come in their order. Throws CliFailure when no worker can work. */
  async *look(entries: AsyncIterable<Entry>): AsyncGenerator<Outcome> {
    let isAllGiven = false;
    const given = this.#give(entries).finally(() => {
      isAllGiven = true;
      this.#wake();
    });
    // Its fault is thrown where it is awaited, below.
    given.catch(() => {});
    for (let told = 0; ; ) {
      const outcome = this.#underway.get(told)?.outcome;
      if (this.#refusal !== undefined) throw refused(this.#refusal);
      if (outcome !== undefined) {
        this.#underway.delete(told);
        told += 1;
        yield outcome;
      } else if (isAllGiven && told === this.#given) return await given;
      else await this.#changed();
    }
  }

  /** Ends all workers; resolves when they have ended. */
  async close(): Promise<void> {
    this.#isOver = true;
    const ends = [...this.#workers].map(({ child, timer }) => {
      clearTimeout(timer);
      const end = once(child, 'exit');
      child.kill('SIGKILL');
      return end;
    });
    await Promise.all([...ends, this.#trials.close()]);
  }

  #changed(): Promise<void> {
    return new Promise((settle) => {
      this.#wake = settle;
    });
  }

  async #give(entries: AsyncIterable<Entry>): Promise<void> {
    let slots: Slot[] = [];
    let bytes = 0;
    const flush = () => {
      if (slots.length > 0) this.#queue(slots);
      [slots, bytes] = [[], 0];
    };
    for await (const entry of entries) {
      const slot: Slot = { entry, isAlone: false };
      this.#underway.set(this.#given, slot);
      this.#given += 1;
      if (entry.problem !== undefined) slot.outcome = { entry, looked: [], problem: entry.problem };
      else {
        slots.push(slot);
        bytes += entry.bytes;
      }
      if (slots.length >= TASK_FILES || bytes >= TASK_BYTES || entry.path === STANDARD_INPUT) flush();
      while (this.#underway.size > MOST_AHEAD && !this.#isOver) {
        flush();
        await new Promise((settle) => setTimeout(settle, 5));
      }
    }
    flush();
    this.#wake();
  }

  #queue(slots: readonly Slot[]): void {
    this.#next += 1;
    this.#waiting.push({ number: this.#next, slots });
    this.#share();
  }

  #share(): void {
    while (this.#waiting.length > 0 && !this.#isOver) {
      const task = this.#waiting[0];
      const needsInput = task?.slots.some(({ entry }) => entry.path === STANDARD_INPUT) === true;
      const worker = this.#freeWorker(needsInput);
      if (worker === undefined || task === undefined) return;
      this.#waiting.shift();
      this.#hand(worker, task);
    }
  }

  #freeWorker(needsInput: boolean): Worker | undefined {
    const fit = [...this.#workers].filter(
      ({ hasInput, tasks }) => hasInput === needsInput && tasks.length < TASKS_AT_ONCE,
    );
    const free = fit.sort((a, b) => a.tasks.length - b.tasks.length)[0];
    if (free !== undefined && free.tasks.length === 0) return free;
    return this.#workers.size < this.#options.jobs || (needsInput && free === undefined)
      ? this.#start(needsInput)
      : free;
  }

  #start(hasInput: boolean): Worker {
    const { paths, rulesDir } = this.#options;
    const child = fork(this.#options.entry ?? ENTRY, [], {
      execArgv: workerFlags(paths, rulesDir),
      // Nothing of our environment, which may hold secrets. Not even a code cache: Node would want to write there too.
      env: {},
      serialization: 'json',
      // The standard input is handed on, never read here: its bytes are parsed in the sandbox alone.
      stdio: [hasInput ? 'inherit' : 'ignore', 'ignore', 'ignore', 'ipc'],
    });
    const worker: Worker = { child, tasks: [], hasInput, isReady: false, timer: undefined, isTrying: false };
    this.#workers.add(worker);
    child.on('message', (message) => this.#heard(worker, fromWorker(message)));
    child.on('exit', () => this.#ended(worker));
    child.on('error', () => this.#ended(worker));
    const { clamd, isAbout = false } = this.#options;
    const rules = rulesDir === undefined ? undefined : resolve(rulesDir);
    child.send({ t: 'configure', rulesDir: rules, isAbout, hasClamd: clamd !== undefined } satisfies ToWorker);
    return worker;
  }

  #hand(worker: Worker, task: Task): void {
    worker.tasks.push(task);
    const files = task.slots.map(({ entry: { path, raw } }) => ({
      path,
      ...(raw === undefined ? {} : { raw: raw.toString('base64') }),
    }));
    worker.child.send({ t: 'look', task: task.number, files } satisfies ToWorker, () => {});
    this.#watch(worker);
  }

  #watch(worker: Worker): void {
    clearTimeout(worker.timer);
    if (worker.tasks.length === 0 || worker.isTrying) return;
    const silence = this.#options.silenceMs ?? SILENCE_MS;
    worker.timer = setTimeout(() => worker.child.kill('SIGKILL'), silence);
  }

  #heard(worker: Worker, message: FromWorker | undefined): void {
    this.#watch(worker);
    if (message === undefined) worker.child.kill('SIGKILL');
    else if (message.t === 'ready') worker.isReady = true;
    else if (message.t === 'try') void this.#try(worker, message);
    else if (message.t === 'want-clamd') void this.#options.clamd?.answer(worker.child);
    else if (message.t === 'refused') this.#refusal = message.why;
    else if (message.t === 'looked') this.#looked(worker, message);
    this.#wake();
  }

  /** A worker looks at one object at a time and waits for its answer. */
  async #try(worker: Worker, asked: TrialAsked): Promise<void> {
    worker.isTrying = true;
    this.#watch(worker);
    const answered = await this.#trials.answer(asked);
    worker.isTrying = false;
    if (worker.child.connected) worker.child.send(answered satisfies ToWorker, () => {});
    this.#watch(worker);
  }

  #looked(worker: Worker, message: FromWorker & { readonly t: 'looked' }): void {
    const task = worker.tasks.find(({ number }) => number === message.task);
    for (const file of message.files) settle(task?.slots[file.at], file);
    if (!message.isDone || task === undefined) return;
    worker.tasks.splice(worker.tasks.indexOf(task), 1);
    for (const slot of task.slots) if (slot.outcome === undefined) settle(slot, NOT_LOOKED);
    this.#watch(worker);
    this.#share();
  }

  /** A worker died. What it had begun is tried again, each file alone, so that the one to blame is known by dying twice. */
  #ended(worker: Worker): void {
    if (!this.#workers.delete(worker)) return;
    clearTimeout(worker.timer);
    if (this.#isOver) return;
    if (!worker.isReady) this.#refusal ??= 'worker';
    const [begun, ...others] = worker.tasks;
    this.#waiting.unshift(...(begun?.slots ?? []).flatMap((slot) => this.#again(slot)), ...others);
    this.#share();
    this.#wake();
  }

  #again(slot: Slot): Task[] {
    if (slot.outcome !== undefined) return [];
    if (slot.isAlone || slot.entry.path === STANDARD_INPUT) {
      settle(slot, NOT_LOOKED);
      return [];
    }
    slot.isAlone = true;
    this.#next += 1;
    return [{ number: this.#next, slots: [slot] }];
  }
}

const NOT_LOOKED: FileLooked = { at: 0, looked: [], problem: 'CRASHED' };

function settle(slot: Slot | undefined, { looked, problem, sha256 }: FileLooked): void {
  if (slot === undefined || slot.outcome !== undefined) return;
  const { entry } = slot;
  const told = looked.map((one) => ({ ...one, path: `${entry.path}${one.path}` }));
  slot.outcome = {
    ...{ entry, looked: told },
    ...(problem === undefined ? {} : { problem }),
    ...(sha256 === undefined ? {} : { sha256 }),
  };
}

function refused(why: string): CliFailure {
  const sentence = text(
    'L’inspection ne peut pas commencer ; vérifiez les règles indiquées par --rules.',
    'Inspection cannot begin; check the rules given with --rules.',
  );
  return new CliFailure(EXIT.usage, sentence, 'cli.scan-refused', detailsOf(why));
}

/** What is wrong with the rules, a line each; a worker may say anything. */
function detailsOf(why: string): Text[] {
  const problems = PROBLEMS.safeParse(parsed(why));
  if (!problems.success) return [];
  return problems.data.map(({ file, line, text: said }) => {
    const place = file === '' ? '' : `${file}:${line}`;
    return place === '' ? said : text(`${place} : ${said.fr}`, `${place}: ${said.en}`);
  });
}

const PROBLEMS = RuleProblemSchema.array();

function parsed(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
