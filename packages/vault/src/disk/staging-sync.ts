import { join } from 'node:path';
import type { Fault } from '@leadglass/kit';
import { readFault, syncDurably, writeFault } from './durable.ts';
import { type FileOps, OPEN } from './file-ops.ts';

interface OpenFile {
  readonly fd: number;
  /** As last seen: a file being written only grows. */
  bytes: number;
  /** The sync that runs now. */
  running: Promise<void> | undefined;
  /** The one that starts after it: everything asked for meanwhile shares it. */
  next: Promise<void> | undefined;
  /** After a failed sync the kernel may have dropped what was not written and report success next time: the file is not trusted again. */
  fault: Fault | undefined;
}

/**
 * Makes durable what the intake wrote. Node's permission model denies fsync and fdatasync to the intake, so the keeper syncs through
 * its own descriptor of the same file, and believes no place before it has. Files are opened once and kept: a write error that the
 * kernel meets in the background is then reported here.
 */
export class StagingSync {
  readonly #ops: FileOps;
  readonly #files = new Map<string, Promise<OpenFile>>();

  constructor(ops: FileOps) {
    this.#ops = ops;
  }

  /**
   * Opens `path` if it is not open. @returns its length in bytes, looked up again unless it was known to be `wanted` already.
   * Throws Fault `vault.missing` or `vault.unreadable`.
   */
  async open(path: string, wanted: number): Promise<number> {
    const file = await this.#opened(path);
    if (file.bytes >= wanted) return file.bytes;
    try {
      file.bytes = await this.#ops.sizeOf(file.fd);
    } catch (thrown) {
      throw readFault(thrown);
    }
    return file.bytes;
  }

  /** Syncs everything written to `path` before the call; one sync serves all that ask while another runs. Throws as durable writes do. */
  async sync(path: string, isAlone = false): Promise<void> {
    const file = await this.#opened(path);
    if (file.running === undefined) return this.#start(file, isAlone);
    file.next ??= file.running.then(
      () => this.#startNext(file),
      () => this.#startNext(file),
    );
    return file.next;
  }

  /** Closes `path`: it is renamed, removed or reused. */
  async forget(path: string): Promise<void> {
    const opening = this.#files.get(path);
    this.#files.delete(path);
    const file = await opening?.catch(() => undefined);
    if (file === undefined) return;
    await (file.next ?? file.running)?.catch(() => {});
    await this.#ops.close(file.fd).catch(() => {});
  }

  /** Closes everything. */
  async close(): Promise<void> {
    for (const path of [...this.#files.keys()]) await this.forget(path);
  }

  #opened(path: string): Promise<OpenFile> {
    const known = this.#files.get(path);
    if (known !== undefined) return known;
    const opening = this.#open(path);
    this.#files.set(path, opening);
    opening.catch(() => this.#files.delete(path));
    return opening;
  }

  async #open(path: string): Promise<OpenFile> {
    try {
      const fd = await this.#ops.open(path, OPEN.update);
      return { fd, bytes: await this.#ops.sizeOf(fd), running: undefined, next: undefined, fault: undefined };
    } catch (thrown) {
      throw readFault(thrown);
    }
  }

  #startNext(file: OpenFile): Promise<void> {
    file.next = undefined;
    return this.#start(file);
  }

  async #start(file: OpenFile, isAlone = false): Promise<void> {
    if (file.fault !== undefined) throw file.fault;
    const running = syncDurably(this.#ops, file.fd, isAlone);
    file.running = running;
    try {
      await running;
    } catch (thrown) {
      file.fault = writeFault(thrown);
      throw file.fault;
    } finally {
      if (file.running === running) file.running = undefined;
    }
  }
}

/** The path of a staging file whose name was checked. */
export function stagingPath(stagingFolder: string, intakeId: string, file: string): string {
  return join(stagingFolder, intakeId, file);
}
