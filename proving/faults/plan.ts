import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { requirePeer } from '../peers.ts';

/** Kinds of durable system call, as shim.c numbers them. */
export const CALL = { write: 1, sync: 2, rename: 4, create: 8, truncate: 16, unlink: 32, mkdir: 64 } as const;
export type CallName = keyof typeof CALL;
export type ErrorName = 'ENOSPC' | 'EIO' | 'EROFS';

const PLAN_BYTES = 24 + 1000;
const AT = { kinds: 0, countdown: 4, error: 8, sticky: 12, seen: 16, failed: 20, prefix: 24 } as const;

/** Which calls a fault is for. `calls` empty: any of them. `under`: absolute path of a folder or the beginning of one. */
export interface FaultOf {
  readonly calls: readonly CallName[];
  readonly error: ErrorName;
  readonly under: string;
}

/** Compiles the shim into `folder`; undefined, with a visible skip, where there is no C compiler. */
export function compileShim(t: TestContext, folder: string): string | undefined {
  const compiler = requirePeer(t, 'cc');
  if (compiler === undefined) return undefined;
  const shim = join(folder, 'shim.so');
  execFileSync(compiler, [
    '-shared',
    '-fPIC',
    '-O2',
    '-Wall',
    '-Werror',
    '-o',
    shim,
    fileURLToPath(new URL('./shim.c', import.meta.url)),
    '-ldl',
  ]);
  return shim;
}

/** The plan that shim.c reads in every process of a gateway; changed while they run. */
export class FaultPlan {
  readonly #path: string;
  readonly env: Readonly<Record<string, string>>;

  constructor(path: string, shim: string) {
    this.#path = path;
    writeFileSync(path, Buffer.alloc(PLAN_BYTES));
    this.env = { LD_PRELOAD: shim, LEADGLASS_FAULT_PLAN: path };
  }

  /** Counts from now on, failing nothing. */
  count({ calls, under }: Omit<FaultOf, 'error'>): void {
    this.#write({ calls, under, error: 'EIO' }, 0, false);
  }

  /** Fails the `n`-th matching call from now on, and when `sticky` every one after it. */
  fail(fault: FaultOf, n: number, { sticky = false } = {}): void {
    this.#write(fault, n, sticky);
  }

  /** Fails nothing more. */
  clear(): void {
    this.#patch(AT.countdown, [0]);
    this.#patch(AT.sticky, [0]);
  }

  get seen(): number {
    return readFileSync(this.#path).readInt32LE(AT.seen);
  }

  get failed(): number {
    return readFileSync(this.#path).readInt32LE(AT.failed);
  }

  // The countdown last: it is what arms the rest.
  #write({ calls, error, under }: FaultOf, countdown: number, isSticky: boolean): void {
    this.clear();
    const prefix = Buffer.alloc(PLAN_BYTES - AT.prefix);
    prefix.write(under);
    this.#patchBytes(AT.prefix, prefix);
    this.#patch(AT.kinds, [calls.reduce((bits, name) => bits | CALL[name], 0)]);
    this.#patch(AT.error, [constants.errno[error], isSticky ? 1 : 0, 0, 0]);
    this.#patch(AT.countdown, [countdown]);
  }

  #patch(at: number, values: readonly number[]): void {
    this.#patchBytes(at, Buffer.from(Int32Array.from(values).buffer));
  }

  // In place: the processes have this very file mapped.
  #patchBytes(at: number, bytes: Buffer): void {
    const fd = openSync(this.#path, 'r+');
    try {
      writeSync(fd, bytes, 0, bytes.length, at);
    } finally {
      closeSync(fd);
    }
  }
}
