import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import type { RuleSource } from '@leadglass/inspect';
import { Fault, type Logger, text } from '@leadglass/kit';
import { parseStagingName } from '@leadglass/vault';
import { ownCode, PROGRAM_ROOT, removeCode, warmCode } from './compiled-code.ts';
import { INTAKE, INTAKE_ENTRY, V8_FLAGS } from './intake-code.ts';
import { type FromIntake, fromIntake, type TlsMaterial, type ToIntake } from './messages.ts';
import type { SandboxServices, ServedProcess } from './served.ts';
import { servedIn } from './served-messages.ts';

/** Threads of an intake's pool: every lane being synced holds one. */
const INTAKE_POOL_THREADS = '16';
const RESTART_MIN_MS = 50;
const RESTART_MAX_MS = 5_000;

/** One start of an intake process. `id` names its staging folder and is never used again. */
export interface IntakeName {
  readonly number: number;
  readonly id: string;
}

/** Who listens to the intakes. */
export interface IntakeListener {
  started(intake: IntakeName): void;
  /** Every message of an intake but `ready`, parsed. `connection` belongs to that intake. */
  said(intake: IntakeName, message: FromIntake): void;
  /** The process died: its connections are gone with it. */
  died(intake: IntakeName, connections: readonly number[], exit: string): void;
}

export interface IntakePoolOptions {
  readonly count: number;
  /** Makes the staging folder of an intake about to start. */
  addIntake(intakeId: string): Promise<string>;
  /** Folder for the intakes' copies of compiled code, where they cannot be in memory; emptied at start. */
  readonly codeDir: string;
  readonly recipients: readonly string[];
  /** The site's own YARA rules in force. */
  rules(): readonly RuleSource[];
  readonly listener: IntakeListener;
  /** What is done for the intakes besides; default nothing. */
  readonly services?: SandboxServices;
  readonly log: Logger;
}

interface Worker extends IntakeName {
  readonly child: ChildProcess;
  /** Its own copy of its compiled code, until it has loaded it. */
  readonly codeDir: string | undefined;
  readonly connections: Set<number>;
  /** Sockets on their way: ours until the intake says it has them, and then closed here. */
  readonly underway: Set<Socket>;
  served: ServedProcess | undefined;
  isReady: boolean;
}

/** Node's flags for a process that may read the program and write one folder or none: no network of its own, no child, no add-on. */
export function sandboxFlags(stagingDir?: string, codeDir?: string): string[] {
  const readable = ['packages', 'node_modules', 'package.json'].map((name) => join(PROGRAM_ROOT, name));
  const own = join(PROGRAM_ROOT, 'apps', 'gateway');
  const writable = [stagingDir, codeDir].filter((path) => path !== undefined);
  return [
    ...V8_FLAGS,
    '--permission',
    ...[...readable, own, ...writable].map((path) => `--allow-fs-read=${path}`),
    ...writable.map((path) => `--allow-fs-write=${path}`),
    '--no-warnings',
    '--disable-sigusr1',
  ];
}

/** The one thing of our own environment that an intake may inherit: the preloaded shim with which proving/faults makes its writes fail. */
export function provingEnvironment(): Record<string, string> {
  const { LD_PRELOAD: preload, LEADGLASS_FAULT_PLAN: plan } = process.env;
  return preload === undefined || plan === undefined ? {} : { LD_PRELOAD: preload, LEADGLASS_FAULT_PLAN: plan };
}

/** The sandboxed processes: starts them, hands them sockets, starts another when one dies. */
export class IntakePool {
  readonly #options: IntakePoolOptions;
  readonly #workers = new Map<number, Worker>();
  readonly #ownerOf = new Map<number, Worker>();
  #tls: TlsMaterial | undefined;
  /** Tells this run's intakes from those of every other run. */
  readonly #run = randomBytes(6).toString('hex');
  #nextNumber = 1;
  #isStopping = false;
  #restartMs = RESTART_MIN_MS;

  constructor(options: IntakePoolOptions) {
    this.#options = options;
  }

  /** Starts all intakes; resolves when they are ready. Throws Fault `gateway.no-intake` when none can start: nothing could ever come in. */
  async start(tls: TlsMaterial | undefined): Promise<void> {
    this.#tls = tls;
    rmSync(this.#options.codeDir, { recursive: true, force: true });
    await warmCode(INTAKE);
    // All of them, whatever becomes of one: an intake that were still on its way when a failed start is undone would outlive it.
    const starts = await Promise.allSettled(Array.from({ length: this.#options.count }, () => this.#spawn()));
    const failed = starts.find((start) => start.status === 'rejected');
    if (failed === undefined && this.readyCount > 0) return;
    this.#isStopping = true;
    throw failed?.reason ?? NO_INTAKE;
  }

  get readyCount(): number {
    return [...this.#workers.values()].filter((worker) => worker.isReady).length;
  }

  /** One that is ready, for what is no connection's. */
  get anyReady(): IntakeName | undefined {
    return [...this.#workers.values()].find((worker) => worker.isReady);
  }

  get connectionCount(): number {
    return this.#ownerOf.size;
  }

  /** Process ids, for operations and tests. */
  get pids(): readonly number[] {
    return [...this.#workers.values()].map((worker) => worker.child.pid ?? 0);
  }

  /** Hands `socket` to the intake with the fewest connections; undefined when none is ready. */
  hand(connection: number, isTls: boolean, socket: Socket, speaks?: 'web' | 'hl7'): IntakeName | undefined {
    const ready = [...this.#workers.values()].filter((worker) => worker.isReady);
    const worker = ready.sort((a, b) => a.connections.size - b.connections.size)[0];
    if (worker === undefined) return undefined;
    worker.connections.add(connection);
    this.#ownerOf.set(connection, worker);
    const message = { t: 'connection', connection, isTls, ...(speaks === undefined ? {} : { speaks }) } as const;
    this.#send(worker, message, socket);
    return worker;
  }

  /** The intake with the fewest connections; undefined when none is ready. */
  idlest(): IntakeName | undefined {
    const ready = [...this.#workers.values()].filter((worker) => worker.isReady);
    return ready.sort((a, b) => a.connections.size - b.connections.size)[0];
  }

  /** Says `message` to one intake and hands it a socket, which is closed when it is gone. */
  give(intake: IntakeName, message: ToIntake, socket: Socket): void {
    const worker = this.#workers.get(intake.number);
    if (worker?.child.connected === true) this.#send(worker, message, socket);
    else socket.destroy();
  }

  /** A connection without a socket of its own, which `intake` may speak of until `forget`. */
  adopt(intake: IntakeName, connection: number): void {
    const worker = this.#workers.get(intake.number);
    if (worker === undefined) return;
    worker.connections.add(connection);
    this.#ownerOf.set(connection, worker);
  }

  #send(worker: Worker, message: ToIntake, socket: Socket): void {
    worker.underway.add(socket);
    socket.once('close', () => worker.underway.delete(socket));
    worker.child.send(message, socket);
  }

  /** Says `message` to one intake; lost without harm when it is gone. */
  tell(intake: IntakeName, message: ToIntake): void {
    const worker = this.#workers.get(intake.number);
    if (worker?.child.connected === true) worker.child.send(message);
  }

  /** Ends an intake that has said what none of ours says: it may be somebody else's by now. Another takes its place. */
  kill(intake: IntakeName): void {
    this.#workers.get(intake.number)?.child.kill('SIGKILL');
  }

  /** The living intake that made a staging file, by the file's name. */
  ownerOfFile(file: string): IntakeName | undefined {
    const id = parseStagingName(file)?.intakeId;
    return [...this.#workers.values()].find((worker) => worker.id === id);
  }

  /** New listener certificate; associations in progress keep the old. */
  useTls(material: TlsMaterial): void {
    this.#tls = material;
    for (const worker of this.#workers.values()) worker.child.send({ t: 'tls', material } satisfies ToIntake);
  }

  /** Other rules of the site: for the objects that begin from now on, in associations that go on. */
  useRules(rules: readonly RuleSource[]): void {
    for (const worker of this.#workers.values())
      if (worker.child.connected) worker.child.send({ t: 'rules', rules } satisfies ToIntake, () => {});
  }

  forget(connection: number): void {
    this.#ownerOf.get(connection)?.connections.delete(connection);
    this.#ownerOf.delete(connection);
  }

  /** Lets what was begun finish, up to `deadlineMs`, then ends the processes. */
  async stop(deadlineMs: number): Promise<void> {
    this.#isStopping = true;
    for (const worker of this.#workers.values()) worker.child.send({ t: 'drain' } satisfies ToIntake);
    const endMs = performance.now() + deadlineMs;
    while (this.#ownerOf.size > 0 && performance.now() < endMs) await new Promise((resolve) => setTimeout(resolve, 20));
    await Promise.all([...this.#workers.values()].map((worker) => end(worker.child)));
  }

  async #spawn(): Promise<void> {
    const number = this.#nextNumber++;
    const id = `${this.#run}n${number}`;
    const stagingDir = await this.#options.addIntake(id);
    const codeDir = await ownCode(INTAKE, this.#options.codeDir);
    if (this.#isStopping) return removeCode(codeDir);
    const child = fork(INTAKE_ENTRY, [], {
      execArgv: sandboxFlags(stagingDir, codeDir),
      env: {
        UV_THREADPOOL_SIZE: INTAKE_POOL_THREADS,
        ...(codeDir === undefined ? {} : { NODE_COMPILE_CACHE: codeDir }),
        ...provingEnvironment(),
      },
      serialization: 'json',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc', 'pipe'],
    });
    const open = { connections: new Set<number>(), underway: new Set<Socket>() };
    const worker: Worker = { number, id, child, codeDir, ...open, served: undefined, isReady: false };
    this.#workers.set(number, worker);
    child.on('error', () => {});
    child.on('exit', (code, signal) => {
      void removeCode(codeDir);
      this.#exited(worker, signal ?? `code ${code}`);
    });
    child.send({
      t: 'configure',
      intakeId: id,
      stagingDir,
      recipients: this.#options.recipients,
      rules: this.#options.rules(),
    } satisfies ToIntake);
    worker.served = this.#options.services?.serve(child);
    if (this.#tls !== undefined) child.send({ t: 'tls', material: this.#tls } satisfies ToIntake);
    await new Promise<void>((resolve) => {
      child.on('message', (raw) => this.#heard(worker, raw, resolve));
      child.once('exit', () => resolve());
    });
  }

  #heard(worker: Worker, raw: unknown, ready: () => void): void {
    const asked = servedIn(raw);
    if (asked !== undefined) return worker.served?.heard(asked);
    const parsed = fromIntake.safeParse(raw);
    if (!parsed.success) {
      this.#options.log.error('intake.unintelligible', { intake: worker.number });
      worker.child.kill('SIGKILL');
      return;
    }
    const message = parsed.data;
    if (message.t === 'ready') {
      worker.isReady = true;
      void removeCode(worker.codeDir);
      this.#restartMs = RESTART_MIN_MS;
      this.#options.listener.started(worker);
      ready();
      return;
    }
    if ('connection' in message && !worker.connections.has(message.connection)) return;
    this.#options.listener.said(worker, message);
  }

  // The disk is full, or gone: tried again, ever more slowly, and told each time.
  #cannotStart(worker: Worker, thrown: unknown): void {
    this.#options.log.error('intake.cannot-start', { fault: thrown });
    this.#exited(worker, 'not started');
  }

  #exited(worker: Worker, exit: string): void {
    this.#workers.delete(worker.number);
    const lost = [...worker.connections];
    for (const connection of lost) this.#ownerOf.delete(connection);
    for (const socket of worker.underway) socket.destroy();
    if (this.#isStopping) return;
    this.#options.listener.died(worker, lost, exit);
    const waitMs = this.#restartMs;
    this.#restartMs = Math.min(this.#restartMs * 2, RESTART_MAX_MS);
    setTimeout(() => {
      if (!this.#isStopping) void this.#spawn().catch((thrown) => this.#cannotStart(worker, thrown));
    }, waitMs).unref();
  }
}

const NO_INTAKE = new Fault(
  'gateway.no-intake',
  'permanent',
  text(
    'Aucun processus de réception ne démarre : l’installation est-elle entière et lisible ? La cause est écrite juste au-dessus.',
    'No intake process starts: is the installation whole and readable? The cause is written just above.',
  ),
);

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.disconnect();
    setTimeout(() => child.kill('SIGKILL'), 2_000).unref();
  });
}
