import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CLI, COMPILED, Gateway } from './gateway.ts';
import { freePort } from './peers.ts';

/** A continuity box as its user starts it. */
export class Box {
  readonly home: string;
  readonly dimse: number;
  /** The command line against its home. */
  readonly control: Pick<Gateway, 'cli' | 'status'>;
  #process: ChildProcess | undefined;
  said = '';

  private constructor(home: string, dimse: number, control: Pick<Gateway, 'cli' | 'status'>) {
    this.home = home;
    this.dimse = dimse;
    this.control = control;
  }

  static async prepare(t: { after(act: () => Promise<void>): void }): Promise<Box> {
    const home = realpathSync(mkdtempSync(join(tmpdir(), 'leadglass-box-')));
    const box = new Box(home, await freePort(), await Gateway.prepare({ home }));
    t.after(async () => {
      await box.kill('SIGKILL');
      rmSync(home, { recursive: true, force: true });
    });
    return box;
  }

  start(...words: readonly string[]): void {
    const args = ['continuity-node', '--dimse', `127.0.0.1:${this.dimse}`, '--console', 'off', ...words];
    const child = spawn(process.execPath, ['--no-warnings', CLI, ...args], {
      env: { ...process.env, ...COMPILED, LEADGLASS_HOME: this.home, LEADGLASS_LANG: 'en' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const hear = (chunk: Buffer): void => {
      this.said = (this.said + chunk.toString()).slice(-1_000_000);
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    this.#process = child;
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const end = once(child, 'exit');
    child.kill(signal);
    await end;
  }

  /** Resolves when it ended by itself, with its exit code. */
  async ended(): Promise<number | null> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null) return child?.exitCode ?? null;
    const [code] = (await once(child, 'exit')) as [number | null];
    return code;
  }

  /** Waits until it said something, or throws with what it said. */
  async hears(pattern: RegExp, deadlineMs = 60_000): Promise<void> {
    await until(
      () => pattern.test(this.said),
      deadlineMs,
      () => this.said.slice(-3_000),
    );
  }

  /** Objects in custody; 0 while it cannot be asked. */
  async objects(): Promise<number> {
    return this.control.status().then(
      ({ custody }) => custody.objects,
      () => 0,
    );
  }
}

/** Waits until something holds. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  deadlineMs: number,
  tell: () => string = () => '',
): Promise<void> {
  const endMs = performance.now() + deadlineMs;
  while (!(await holds())) {
    if (performance.now() > endMs) throw new Error(`not in ${deadlineMs} ms: ${tell()}`);
    await delay(100);
  }
}
