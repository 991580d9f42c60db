import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { RuleSource } from '@leadglass/inspect';
import { type Clock, type Logger, Phi } from '@leadglass/kit';
import type { Finding, Sha256 } from '@leadglass/model';
import type { DeskOutcome, DisarmDesk, DisarmJob } from '@leadglass/relay';
import { type CopiedMessage, type FromDesk, fromDesk, type ToDesk } from './desk-messages.ts';
import { provingEnvironment, sandboxFlags } from './intake-pool.ts';
import type { SandboxServices } from './served.ts';
import { servedIn } from './served-messages.ts';

const DESK_ENTRY = fileURLToPath(new URL('./desk.ts', import.meta.url));
/** A copy that takes longer is taken for a trap: two readings of 10 GB at 100 MB/s. */
const JOB_DEADLINE_MS = 200_000;
/** A desk without work ends: its memory is somebody else's by then. */
const IDLE_MS = 30_000;
const END_MS = 2_000;

export interface DeskHostOptions {
  /** Makes the staging folder of a desk about to start. */
  addDesk(deskId: string): Promise<string>;
  readonly recipients: readonly string[];
  readonly version: string;
  /** The site's own YARA rules in force. */
  rules(): readonly RuleSource[];
  readonly clock: Clock;
  readonly log: Logger;
  /** What is done for the desk besides; default nothing. */
  readonly services?: SandboxServices;
}

/** One start of the desk process. */
interface Bench {
  readonly id: string;
  readonly child: ChildProcess;
}

/** The keeper's side of the desk: starts the sandboxed process when there is work, one job at a time, and believes nothing it says unparsed. */
export class DeskHost implements DisarmDesk {
  readonly #options: DeskHostOptions;
  #bench: Bench | undefined;
  #nextJob = 1;
  #idle: NodeJS.Timeout | undefined;
  #isStopping = false;

  constructor(options: DeskHostOptions) {
    this.#options = options;
  }

  /** Process id while one runs, for tests. */
  get pid(): number | undefined {
    return this.#bench?.child.pid;
  }

  /** Has one copy made. Never rejects: a desk that dies or hangs is an outcome, and the next job gets another. */
  async copy(asked: DisarmJob): Promise<DeskOutcome> {
    clearTimeout(this.#idle);
    try {
      const bench = await this.#ready();
      return await this.#run(bench, this.#nextJob++, asked);
    } catch (thrown) {
      this.#options.log.error('desk.failed', { fault: thrown });
      await this.#end();
      return { kind: 'failed' };
    } finally {
      this.#idle = setTimeout(() => void this.#end(), IDLE_MS);
      this.#idle.unref();
    }
  }

  /** Other rules of the site, for the copies that begin from now on. */
  useRules(rules: readonly RuleSource[]): void {
    const child = this.#bench?.child;
    if (child?.connected === true) child.send({ t: 'rules', rules } satisfies ToDesk, () => {});
  }

  /** Ends the process; a job under way is made anew after the next start. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#idle);
    await this.#end();
  }

  async #ready(): Promise<Bench> {
    if (this.#bench !== undefined) return this.#bench;
    const id = `${randomBytes(6).toString('hex')}d`;
    const stagingDir = await this.#options.addDesk(id);
    if (this.#isStopping) throw new Error('stopping');
    const child = fork(DESK_ENTRY, [], {
      execArgv: sandboxFlags(stagingDir),
      env: { ...provingEnvironment() },
      serialization: 'json',
      stdio: ['pipe', 'inherit', 'inherit', 'ipc', 'pipe'],
    });
    const bench = { id, child };
    this.#bench = bench;
    child.on('error', () => {});
    child.stdin?.on('error', () => {});
    child.once('exit', () => {
      if (this.#bench === bench) this.#bench = undefined;
    });
    const { recipients, version } = this.#options;
    const rules = this.#options.rules();
    const served = this.#options.services?.serve(child);
    child.on('message', (raw) => {
      const asked = servedIn(raw);
      if (asked !== undefined) served?.heard(asked);
    });
    child.send({ t: 'configure', deskId: id, stagingDir, recipients, version, rules } satisfies ToDesk, () => {});
    const said = await this.#next(child);
    if (said.t !== 'ready') throw new Error('a desk begins by being ready');
    return bench;
  }

  async #run({ id, child }: Bench, job: number, asked: DisarmJob): Promise<DeskOutcome> {
    const { plainBytes, sha256, findings, coercion } = asked;
    const epochMs = asked.epochMs ?? this.#options.clock.now();
    const told = { t: 'job', job, plainBytes, sha256, findings: [...findings], epochMs } as const;
    child.send({ ...told, ...(coercion === undefined ? {} : { coercion }) } satisfies ToDesk, () => {});
    let said = await this.#poured(child, asked);
    if (said.t === 'again') said = await this.#poured(child, asked);
    if (said.t === 'ready' || said.t === 'again' || said.job !== job)
      throw new Error('a desk answers what it is asked');
    if (said.t === 'copied') return { kind: 'copied', ...copyOf(id, said), settled: () => this.#settled(child, job) };
    if (said.t === 'impossible') return { kind: 'impossible', reasons: said.obstacles };
    this.#options.log.warn('desk.job-failed', { detail: said.detail });
    return { kind: 'failed' };
  }

  /** Sends the object once, as fast as the desk takes it, until the desk says something. */
  async #poured(child: ChildProcess, asked: DisarmJob): Promise<FromDesk> {
    const answer = this.#next(child);
    let isAnswered = false;
    void answer.then(
      () => {
        isAnswered = true;
      },
      () => {
        isAnswered = true;
      },
    );
    for await (const piece of asked.open()) {
      if (isAnswered) break;
      if (child.stdin?.write(piece) === false) await this.#drained(child, answer);
    }
    return answer;
  }

  #drained(child: ChildProcess, answer: Promise<FromDesk>): Promise<unknown> {
    const drained = new Promise<void>((resolve) => child.stdin?.once('drain', () => resolve()));
    return Promise.race([drained, answer.catch(() => {})]);
  }

  /** What the desk says next. Rejects when it dies, says nonsense, or says nothing in time. */
  #next(child: ChildProcess): Promise<FromDesk> {
    return new Promise((resolve, reject) => {
      const over = (act: () => void): void => {
        clearTimeout(timer);
        child.off('message', heard);
        child.off('exit', ended);
        act();
      };
      const heard = (raw: unknown): void => {
        if (servedIn(raw) !== undefined) return;
        const parsed = fromDesk.safeParse(raw);
        over(() => (parsed.success ? resolve(parsed.data) : reject(new Error('a desk said nonsense'))));
      };
      const ended = (): void => over(() => reject(new Error('a desk died')));
      const timer = setTimeout(() => over(() => reject(new Error('a desk took too long'))), JOB_DEADLINE_MS);
      child.on('message', heard);
      child.on('exit', ended);
      if (child.exitCode !== null || child.signalCode !== null) ended();
    });
  }

  #settled(child: ChildProcess, job: number): void {
    if (child.connected) child.send({ t: 'settled', job } satisfies ToDesk, () => {});
  }

  async #end(): Promise<void> {
    const child = this.#bench?.child;
    this.#bench = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => child.kill('SIGKILL'), END_MS);
      child.once('exit', () => {
        clearTimeout(timer);
        resolve();
      });
      if (child.connected) child.disconnect();
    });
  }
}

function copyOf(deskId: string, said: CopiedMessage) {
  const { sha256, staged, metaBytes, plainBytes, sopInstanceUid, findings, unfinished, changes, pixels } = said;
  const attributes = new Phi(said.attributes);
  return {
    deskId,
    sha256: sha256 as Sha256,
    staged,
    metaBytes,
    plainBytes,
    sopInstanceUid,
    findings: findings as readonly Finding[],
    unfinished,
    changes,
    attributes,
    pixelSha256: pixels.sha256,
  };
}
