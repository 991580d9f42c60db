import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { Fault, type Language, text } from '@leadglass/kit';

const READY = /^\{.*"event":"gateway\.ready"/m;
const CONSOLE_LINE = /^ +console +https:/m;
const TOLD_MS = 5_000;
const START_MS = 60_000;
/** Longer than a gateway drains. */
const END_MS = 40_000;
const MOST_SAID = 64 * 1024;

export interface GatewayPorts {
  readonly dimse: number;
  readonly dimseTls: number;
  readonly hl7: number;
  readonly console: number;
}

/** The real gateway as anybody starts it, in a process of its own. */
export class Gateway {
  readonly #child: ChildProcess;
  #out = '';
  #err = '';

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.on('data', (chunk: Buffer) => {
      this.#out = (this.#out + chunk).slice(-MOST_SAID);
    });
  }

  /** @param program the command line's main file. Resolves when it is ready. Throws Fault `demo.gateway` when it ends instead, or takes over a minute. */
  static async start(program: string, home: string, ports: GatewayPorts, language: Language): Promise<Gateway> {
    const at = (port: number) => `127.0.0.1:${port}`;
    const args = ['--dimse', at(ports.dimse), '--dimse-tls', at(ports.dimseTls), '--hl7', at(ports.hl7)];
    args.push('--console', at(ports.console));
    const child = spawn(process.execPath, ['--no-warnings', '--max-semi-space-size=2', program, 'up', ...args], {
      env: { ...process.env, LEADGLASS_HOME: home, LEADGLASS_LANG: language },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const gateway = new Gateway(child);
    await gateway.#ready();
    await gateway.#told();
    return gateway;
  }

  /** What it printed for people: where it listens, and the one-time link of the set-up. */
  get said(): string {
    return this.#out;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Resolves when it has ended, for whatever reason. */
  ended(): Promise<void> {
    if (!this.isRunning) return Promise.resolve();
    return new Promise((resolve) => this.#child.once('exit', () => resolve()));
  }

  /** Asks it to end, and ends it when it does not. */
  async stop(): Promise<void> {
    const ended = this.ended();
    this.#child.kill('SIGTERM');
    const late = setTimeout(() => this.kill(), END_MS);
    await ended;
    clearTimeout(late);
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** What it prints for people comes another way than the line that says that it is ready. */
  async #told(): Promise<void> {
    const endMs = performance.now() + TOLD_MS;
    while (!CONSOLE_LINE.test(this.#out) && performance.now() < endMs) await delay(50);
  }

  #ready(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const fail = () => {
      this.kill();
      reject(notStarted(this.#err));
    };
    const timer = setTimeout(fail, START_MS);
    this.#child.once('error', fail).once('close', fail);
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#err = (this.#err + chunk).slice(-MOST_SAID);
      if (READY.test(this.#err)) resolve();
    });
    return promise.finally(() => {
      clearTimeout(timer);
      this.#child.off('close', fail);
    });
  }
}

function notStarted(said: string): Fault {
  const last = said.trim().split('\n').at(-1)?.slice(0, 500) ?? '';
  return new Fault(
    'demo.gateway',
    'permanent',
    text(`La passerelle n’a pas démarré : ${last}`, `The gateway did not start: ${last}`),
  );
}
