import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ControlClient } from '../apps/cli/src/client.ts';
import { freePort } from './peers.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../', import.meta.url));
export const CLI = join(ROOT, 'apps/cli/src/main.ts');
/** As the launcher has it: what was compiled once is not compiled again, which also spares memory. */
export const COMPILED = { NODE_COMPILE_CACHE: join(ROOT, 'node_modules/.cache/leadglass') };
const asLaunched = (hearsHl7 = false): string[] => [`--max-semi-space-size=${hearsHl7 ? 8 : 2}`];
const READY = /^\{.*"event":"gateway\.ready"/m;
/** The last of what is printed for people: a command to go on with. */
const BANNER = /^ {2}\.\/leadglass \w.*\n/m;
/** Not how long a start may take: after this it is not going to be. */
const START_DEADLINE_MS = 120_000;
/** Well over the time a gateway drains. */
const END_DEADLINE_MS = 40_000;

export interface GatewayOptions {
  /** Extra environment, e.g. LD_PRELOAD of the fault shim. */
  readonly env?: Readonly<Record<string, string>>;
  readonly withTls?: boolean;
  readonly withMetrics?: boolean;
  /** DICOMweb: in the clear, over TLS, or neither. */
  readonly withWeb?: 'plain' | 'tls';
  /** HL7 over MLLP, in the clear and over TLS; default none. */
  readonly withHl7?: boolean;
  /** The console, on a port of its own; default none: a process less. */
  readonly withConsole?: boolean;
  /** An existing home; else a new one that `dispose` removes. */
  readonly home?: string;
}

/** A running gateway as its user starts it: its own process, its own home, driven by the command line and the network alone. */
export class Gateway {
  readonly home: string;
  readonly dimse: number;
  readonly dimseTls: number;
  readonly metrics: number;
  readonly web: number;
  readonly console: number;
  readonly hl7: number;
  readonly hl7Tls: number;
  readonly #options: GatewayOptions;
  readonly #isOwnHome: boolean;
  readonly #control: ControlClient;
  #process: ChildProcess | undefined;
  stdout = '';
  stderr = '';

  private constructor(
    home: string,
    isOwnHome: boolean,
    ports: readonly [number, number, number, number, number, number, number],
    options: GatewayOptions,
  ) {
    this.home = home;
    this.#isOwnHome = isOwnHome;
    [this.dimse, this.dimseTls, this.metrics, this.web, this.console, this.hl7, this.hl7Tls] = ports;
    this.#options = options;
    this.#control = new ControlClient(home);
  }

  /** One that is not started yet: `restart` does it. */
  static async prepare(options: GatewayOptions = {}): Promise<Gateway> {
    const home = options.home ?? realpathSync(mkdtempSync(join(tmpdir(), 'leadglass-')));
    const [dimse, dimseTls, metrics] = [await freePort(), await freePort(), await freePort()];
    const [web, console, hl7, hl7Tls] = [await freePort(), await freePort(), await freePort(), await freePort()];
    const ports = [dimse, dimseTls, metrics, web, console, hl7, hl7Tls] as const;
    return new Gateway(home, options.home === undefined, ports, options);
  }

  static async start(options: GatewayOptions = {}): Promise<Gateway> {
    const gateway = await Gateway.prepare(options);
    try {
      await gateway.restart();
    } catch (thrown) {
      // Nobody has it to end it: a gateway that was too late would keep its suite waiting.
      if (gateway.isRunning) await gateway.kill();
      throw thrown;
    }
    return gateway;
  }

  /** Starts the process on the same home and ports; resolves when it says it is ready. */
  async restart(env: Readonly<Record<string, string>> = {}): Promise<void> {
    const args = ['up', '--dimse', `127.0.0.1:${this.dimse}`];
    if (this.#options.withTls === true) args.push('--dimse-tls', `127.0.0.1:${this.dimseTls}`);
    const { withWeb } = this.#options;
    if (withWeb !== undefined) args.push(withWeb === 'tls' ? '--web' : '--web-plain', `127.0.0.1:${this.web}`);
    if (this.#options.withHl7 === true)
      args.push('--hl7', `127.0.0.1:${this.hl7}`, '--hl7-tls', `127.0.0.1:${this.hl7Tls}`);
    args.push('--console', this.#options.withConsole === true ? `127.0.0.1:${this.console}` : 'off');
    if (this.#options.withMetrics === true) args.push('--metrics', `127.0.0.1:${this.metrics}`);
    const child = spawn(process.execPath, ['--no-warnings', ...asLaunched(this.#options.withHl7), CLI, ...args], {
      env: {
        ...process.env,
        ...COMPILED,
        ...this.#options.env,
        ...env,
        LEADGLASS_HOME: this.home,
        LEADGLASS_LANG: 'en',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = child;
    await this.#ready(child);
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.#process !== undefined && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** Resolves when the process has ended. */
  exited(): Promise<void> {
    const child = this.#process;
    if (child === undefined || !this.isRunning) return Promise.resolve();
    return new Promise((resolve) => child.once('exit', () => resolve()));
  }

  /** Sends `signal` and waits for the end; rejects when it does not come. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const over = this.exited().then(() => true);
    this.#process?.kill(signal);
    const timer = new AbortController();
    const late = delay(END_DEADLINE_MS, false, { signal: timer.signal }).catch(() => false);
    const isOver = await Promise.race([over, late]);
    timer.abort();
    if (isOver) return;
    // A process left behind would keep the whole run from ending.
    this.#process?.kill('SIGKILL');
    throw new Error(`gateway did not end after ${signal}: ${this.stderr.slice(-2000)}`);
  }

  /** Settings of every proving suite: one peer, `PROVER`, and when a port is given one destination `pacs` there that gets everything. */
  async admitProver(pacs?: { readonly port: number; readonly aet: string }): Promise<void> {
    const prover = { aeTitle: 'PROVER', from: '127.0.0.1/32', allow: ['echo', 'store'] as const };
    await this.#control.call('peer.add', { ...prover, allow: [...prover.allow], privateSopClasses: [] });
    if (pacs === undefined) return;
    const [called, calling, at] = [pacs.aet, 'LEADGLASS', { host: '127.0.0.1', port: pacs.port }];
    const destination = { name: 'pacs', ...at, called, calling, tls: false, commitment: false };
    await this.#control.call('destination.add', destination);
    await this.#control.call('route.add', { from: '*', to: 'pacs' });
  }

  /** Clean stop, then removes the home when it is this object's own. */
  async dispose(): Promise<void> {
    if (this.isRunning) await this.kill('SIGTERM');
    if (this.#isOwnHome) rmSync(this.home, { recursive: true, force: true });
  }

  /** Runs `leadglass …` against this home; rejects when it exits other than 0. */
  async cli(...args: string[]): Promise<string> {
    const { stdout } = await run(process.execPath, ['--no-warnings', CLI, ...args], {
      env: { ...process.env, ...COMPILED, LEADGLASS_HOME: this.home, LEADGLASS_LANG: 'en' },
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  }

  /** As `leadglass status --json` prints it; asked as that asks, without a process for each time. */
  async status(): Promise<GatewayStatus> {
    return this.#control.call('status', {});
  }

  /** Polls the status until `isReached` holds. */
  async until(isReached: (status: GatewayStatus) => boolean, deadlineMs = 60_000): Promise<GatewayStatus> {
    const endMs = performance.now() + deadlineMs;
    for (;;) {
      const status = await this.status();
      if (isReached(status)) return status;
      if (performance.now() > endMs) throw new Error(`not reached in ${deadlineMs} ms: ${JSON.stringify(status)}`);
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
  }

  #ready(child: ChildProcess): Promise<void> {
    this.stdout = '';
    this.stderr = '';
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`gateway not ready: ${this.stderr.slice(-2000)}`)),
        START_DEADLINE_MS,
      );
      // Each comes through a pipe of its own.
      const readyWhenSaid = (): void => {
        if (!READY.test(this.stderr) || !BANNER.test(this.stdout)) return;
        clearTimeout(timer);
        resolve();
      };
      child.stdout?.on('data', (chunk: Buffer) => {
        this.stdout = (this.stdout + chunk.toString()).slice(-1_000_000);
        readyWhenSaid();
      });
      child.stderr?.on('data', (chunk: Buffer) => {
        this.stderr = (this.stderr + chunk.toString()).slice(-1_000_000);
        readyWhenSaid();
      });
      // 'close' and not 'exit': what it said last is read by then.
      child.once('close', (code, signal) => {
        clearTimeout(timer);
        reject(new Error(`gateway ended with ${signal ?? code}: ${this.stderr.slice(-2000)}`));
      });
    });
  }
}

/** What `status --json` has for sure. */
export interface GatewayStatus {
  readonly custody: { readonly objects: number };
  readonly deliveries: { readonly pending: number; readonly delivered: number; readonly failed: number };
  readonly holds: number;
  readonly ledger: { readonly size: number };
}
