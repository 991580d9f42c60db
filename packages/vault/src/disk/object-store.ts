import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { assert, type Fault, isFault } from '@leadglass/kit';
import type { Place, Sha256 } from '@leadglass/model';
import type { Identity } from '../age/keys.ts';
import { openHeader, readPlain } from '../age/open.ts';
import { VERSION_LINE } from '../age/primitives.ts';
import type { ObjectCheck, SealedSource } from '../api.ts';
import { vaultFault } from '../faults.ts';
import {
  createDurably,
  isMissing,
  isTaken,
  type Move,
  makeFolderDurably,
  makeFoldersDurably,
  moveDurably,
  overwriteDurably,
  readFault,
  removeDurably,
  writeTempSynced,
} from './durable.ts';
import { type FileOps, OPEN, systemFileOps } from './file-ops.ts';
import { fileSource, sealedViews } from './file-source.ts';
import { LANE_BLOCK_BYTES, LANE_BYTES } from './lane-file.ts';
import type { Staged } from './lane-object.ts';
import { listFolder, listObjects, objectFile, SHARDS } from './object-files.ts';
import { isIntakeId, parseStagingName, stagingName } from './staging-name.ts';
import { StagingSync, stagingPath } from './staging-sync.ts';
import { Turns } from './turns.ts';

/** What the store needs to know of an object in custody. */
export interface Stored {
  readonly sha256: Sha256;
  readonly place: Place;
  readonly sealedBytes: number;
}

/** What became of one round of laying out. */
export interface LaidOut {
  readonly done: readonly Sha256[];
  /** Objects whose lane bytes are gone or wrong: permanent, one by one. */
  readonly failed: readonly { readonly sha256: Sha256; readonly fault: Fault }[];
}

export interface ObjectStoreOptions {
  /** Holds `objects/` and `tmp/`. */
  readonly vaultFolder: string;
  /** Holds one folder an intake. On the same file system as the vault. */
  readonly stagingFolder: string;
  readonly laneBytes?: number;
  readonly ops?: FileOps;
}

/** Lanes of an earlier run kept to be used again. */
const MOST_SPARE_LANES = 16;
/** Objects laid out side by side: their syncs share the disk's journal, and one thread of Node's four is left for arrivals. */
const WRITTEN_AT_ONCE = 3;

/** The keeper's side of the vault on a disk: makes staged objects durable, gives each its own file, opens, checks and removes them. */
export class ObjectStore {
  readonly #ops: FileOps;
  readonly #objects: string;
  readonly #tmp: string;
  readonly #staging: string;
  readonly #laneBytes: number;
  readonly #sync: StagingSync;
  readonly #readers = new Map<string, number>();
  /** Layout, adoption and removal of one object follow one another: only so does "it has its own file" stay true until acted on. */
  readonly #turns = new Turns<Sha256>();
  #lanesMade = 0;
  /** Lanes of earlier runs that nothing points into: their blocks exist already. */
  readonly #spareLanes: string[] = [];

  constructor(options: ObjectStoreOptions) {
    this.#ops = options.ops ?? systemFileOps;
    this.#objects = join(options.vaultFolder, 'objects');
    this.#tmp = join(options.vaultFolder, 'tmp');
    this.#staging = options.stagingFolder;
    this.#laneBytes = options.laneBytes ?? LANE_BYTES;
    this.#sync = new StagingSync(this.#ops);
  }

  /** Makes the folders and removes temporary files of a crash. Once, before anything else. */
  async prepare(): Promise<void> {
    for (const folder of [this.#objects, this.#tmp, this.#staging]) await makeFolderDurably(this.#ops, folder);
    await makeFoldersDurably(this.#ops, this.#objects, SHARDS);
    const left = await listFolder(this.#ops, this.#tmp);
    if (left.length > 0)
      await removeDurably(
        this.#ops,
        left.map((name) => join(this.#tmp, name)),
      );
  }

  /** Makes the folder of an intake process that is about to start. @returns its path. @param intakeId new for each start. */
  async addIntake(intakeId: string): Promise<string> {
    assert(isIntakeId(intakeId), 'an intake id is lower-case letters and digits');
    const folder = join(this.#staging, intakeId);
    await makeFolderDurably(this.#ops, folder);
    return folder;
  }

  /** Makes a lane for an intake: empty, it grows as it is written and keeps its blocks when it is used again. @returns its name. Throws Fault `vault.disk-full`, `vault.unwritable`. */
  async createLane(intakeId: string): Promise<string> {
    for (;;) {
      const file = stagingName({ intakeId, number: this.#lanesMade, kind: 'lane' });
      this.#lanesMade += 1;
      const path = stagingPath(this.#staging, intakeId, file);
      try {
        const spare = this.#spareLanes.pop();
        if (spare === undefined) await createDurably(this.#ops, path);
        else await moveDurably(this.#ops, [{ from: spare, to: path }]);
        return file;
      } catch (thrown) {
        if (!(isFault(thrown) && isTaken(thrown.cause))) throw thrown;
      }
    }
  }

  /**
   * Makes durable what an intake says it has written; afterwards it may be recorded. The intake's word is checked: the file is one of
   * its own, of the right kind, and holds that stretch. @param isAlone nobody else waits for the disk. Throws Fault `vault.bad-place` (permanent), `vault.missing`, `vault.disk-full`, `vault.unwritable`.
   */
  async makeDurable(intakeId: string, staged: Staged, isAlone = false): Promise<void> {
    const name = parseStagingName(staged.file);
    const offset = staged.kind === 'lane' ? staged.offset : 0;
    const isSane =
      Number.isSafeInteger(offset) && offset >= 0 && Number.isSafeInteger(staged.sealedBytes) && staged.sealedBytes > 0;
    if (name?.intakeId !== intakeId || name.kind !== staged.kind || !isSane) throw vaultFault('vault.bad-place');
    const path = this.#pathOf(staged.file);
    const bytes = await this.#sync.open(path, offset + staged.sealedBytes);
    const fits = staged.kind === 'lane' ? offset + staged.sealedBytes <= bytes : staged.sealedBytes === bytes;
    if (!fits) throw vaultFault('vault.bad-place');
    await this.#sync.sync(path, isAlone);
  }

  /**
   * Gives a durable `staged` file its own name in the vault. When the object already has a file, that one stays and the new one goes,
   * unless its length shows that it is damaged. @param sealedBytes what the object's file should have: by its record when there is one.
   */
  adopt(file: string, sha256: Sha256, sealedBytes?: number): Promise<void> {
    const from = this.#pathOf(file);
    return this.#turns.take([sha256], async () => {
      await this.#sync.forget(from);
      const isHere = await this.#hasOwnFile(sha256, sealedBytes);
      await this.#settleNames([sha256], isHere ? [] : [{ from, to: this.#fileOf(sha256) }]);
      if (isHere) await removeDurably(this.#ops, [from]);
    });
  }

  /** Removes a `staged` file that is not kept. An intake speaks of its own alone: anything else throws Fault `vault.bad-place`. */
  async discard(intakeId: string, staged: Staged): Promise<void> {
    if (staged.kind !== 'staged') return;
    const name = parseStagingName(staged.file);
    if (name?.intakeId !== intakeId || name.kind !== 'staged') throw vaultFault('vault.bad-place');
    await this.removeStaging(staged.file);
  }

  /** Removes the file of an object that was adopted and then not recorded. @param isRecorded asked while nothing else can happen to the object. */
  removeUnrecorded(sha256: Sha256, isRecorded: () => Promise<boolean>): Promise<void> {
    return this.#turns.take([sha256], async () => {
      if (!(await isRecorded()) && (await this.#hasOwnFile(sha256)))
        await removeDurably(this.#ops, [this.#fileOf(sha256)]);
    });
  }

  /**
   * Whether the bytes of an object in custody are there, as far as a look tells: its own file with its length, or in its lane the
   * beginning of a sealed object. Throws Fault `vault.unreadable` when the disk does not say.
   */
  async holds(stored: Stored): Promise<boolean> {
    if (await this.#hasOwnFile(stored.sha256, stored.sealedBytes)) return true;
    if (stored.place.kind === 'file') return false;
    let source: SealedSource | undefined;
    try {
      source = await this.open(stored);
      const last = await source.read(stored.sealedBytes - 1, 1);
      return last.byteLength === 1 && (await beginsAsAge(source));
    } catch (thrown) {
      if (isFault(thrown, 'vault.missing') || isFault(thrown, 'vault.short-read')) return false;
      throw thrown;
    } finally {
      await source?.close();
    }
  }

  /** Removes a staging file: a `staged` one that is not kept, a lane whose intake is gone. */
  async removeStaging(file: string): Promise<void> {
    const path = this.#pathOf(file);
    await this.#sync.forget(path);
    await removeDurably(this.#ops, [path]);
  }

  /** Opens the sealed bytes of an object, from its own file when it has one by now, else from its lane. Close it. Throws Fault `vault.missing`, `vault.unreadable`. */
  async open({ sha256, place, sealedBytes }: Stored): Promise<SealedSource> {
    if (place.kind === 'file') return this.#openOwn(sha256, sealedBytes);
    // Counted before the look: from here on the lane is not reused, and if it was before, the object has its own file.
    this.#countReader(place.file, 1);
    let isHandedOver = false;
    try {
      if (await this.#hasOwnFile(sha256, sealedBytes)) return await this.#openOwn(sha256, sealedBytes);
      const fd = await this.#openFd(this.#pathOf(place.file));
      isHandedOver = true;
      return fileSource(this.#ops, fd, place.offset, sealedBytes, () => this.#countReader(place.file, -1));
    } finally {
      if (!isHandedOver) this.#countReader(place.file, -1);
    }
  }

  /** Whether somebody reads from this lane. */
  hasReaders(file: string): boolean {
    return this.#readers.has(file);
  }

  /** Gives each object its own file: written, synced and renamed, each folder synced once for all. Idempotent. Throws when the disk cannot be written. */
  layOut(batch: readonly Stored[]): Promise<LaidOut> {
    return this.#turns.take(
      batch.map(({ sha256 }) => sha256),
      async () => {
        const moves: Move[] = [];
        const done: Sha256[] = [];
        const failed: { sha256: Sha256; fault: Fault }[] = [];
        const rest = batch.values();
        const worker = async () => {
          for (const stored of rest) {
            const outcome = await this.#writeTemp(stored);
            if (isFault(outcome)) failed.push({ sha256: stored.sha256, fault: outcome });
            else done.push(stored.sha256);
            if (outcome !== undefined && !isFault(outcome)) moves.push(outcome);
          }
        };
        const workers = await Promise.allSettled(Array.from({ length: WRITTEN_AT_ONCE }, worker));
        const broken = workers.find((settled) => settled.status === 'rejected');
        if (broken !== undefined) throw broken.reason;
        await this.#settleNames(done, moves);
        return { done, failed };
      },
    );
  }

  /**
   * Removes an object for good: its file, and in a lane the file key in its header, without which the rest cannot be opened. May be
   * repeated. @param placeNow the place its record names at that moment: a lane it has left meanwhile may hold somebody else's object.
   */
  remove(stored: Stored, placeNow: () => Promise<Place | undefined> = async () => stored.place): Promise<void> {
    const { sha256, place, sealedBytes } = stored;
    return this.#turns.take([sha256], async () => {
      if (place.kind === 'lane') await this.#eraseInLane(place, sealedBytes, placeNow);
      if (await this.#hasOwnFile(sha256)) await removeDurably(this.#ops, [this.#fileOf(sha256)]);
    });
  }

  /** Every object that has its own file, in order. Throws Fault `vault.unreadable`. */
  list(): AsyncGenerator<Sha256, void, undefined> {
    return listObjects(this.#ops, this.#objects);
  }

  /** Opens an object, reads it to its end and compares its SHA-256. What is wrong is in the answer, not thrown. */
  async check(stored: Stored, identities: readonly Identity[]): Promise<ObjectCheck> {
    const { sha256 } = stored;
    try {
      const source = await this.open(stored);
      try {
        const hash = createHash('sha256');
        for await (const view of readPlain(source, await openHeader(identities, source))) hash.update(view);
        if (hash.digest('hex') !== sha256) throw vaultFault('vault.hash-differs');
      } finally {
        await source.close();
      }
      return { sha256, isSound: true };
    } catch (thrown) {
      if (!isFault(thrown)) throw thrown;
      return { sha256, isSound: false, fault: thrown.code };
    }
  }

  /** Bytes that can still be written, for the status page. */
  async freeBytes(): Promise<number> {
    try {
      return await this.#ops.freeBytes(this.#objects);
    } catch (thrown) {
      throw readFault(thrown);
    }
  }

  /** The staging files an intake has left. @param intakeId of a process that has ended. */
  async stagingFilesOf(intakeId: string): Promise<readonly string[]> {
    assert(isIntakeId(intakeId), 'an intake id is lower-case letters and digits');
    return (await listFolder(this.#ops, join(this.#staging, intakeId))).filter(
      (name) => parseStagingName(name)?.intakeId === intakeId,
    );
  }

  /** At start, before any intake: of the staging files that nothing points to keeps some lanes to be used again, removes the rest, and folders that are then empty. */
  async cleanStaging(inUse: readonly string[]): Promise<void> {
    const kept = new Set(inUse);
    for (const intakeId of (await listFolder(this.#ops, this.#staging)).filter(isIntakeId)) {
      const folder = join(this.#staging, intakeId);
      const free = (await listFolder(this.#ops, folder)).filter(
        (name) => parseStagingName(name)?.intakeId === intakeId && !kept.has(name),
      );
      const names: string[] = [];
      for (const name of free) if (!(await this.#keepsSpare(join(folder, name)))) names.push(name);
      if (names.length > 0)
        await removeDurably(
          this.#ops,
          names.map((name) => join(folder, name)),
        );
      await this.#ops.rmdir(folder).catch(() => {});
    }
  }

  async #keepsSpare(path: string): Promise<boolean> {
    if (this.#spareLanes.length >= MOST_SPARE_LANES || !path.endsWith('.lane')) return false;
    const { isFile, bytes } = await this.#ops.look(path);
    if (!isFile || bytes > this.#laneBytes) return false;
    this.#spareLanes.push(path);
    return true;
  }

  /** Closes the descriptors kept for syncing. */
  async close(): Promise<void> {
    await this.#turns.allDone();
    await this.#sync.close();
  }

  // Counted as a reader before the record is asked: from here on the lane is not reused.
  async #eraseInLane(
    place: Place & { readonly kind: 'lane' },
    sealedBytes: number,
    placeNow: () => Promise<Place | undefined>,
  ): Promise<void> {
    this.#countReader(place.file, 1);
    try {
      const now = await placeNow();
      if (now?.kind !== 'lane' || now.file !== place.file || now.offset !== place.offset) return;
      const erased = new Uint8Array(Math.min(LANE_BLOCK_BYTES, sealedBytes));
      await overwriteDurably(this.#ops, this.#pathOf(place.file), place.offset, erased);
    } catch (thrown) {
      if (!(isFault(thrown) && isMissing(thrown.cause))) throw thrown;
    } finally {
      this.#countReader(place.file, -1);
    }
  }

  /** Copies one object out of its lane. @returns its Move, undefined when it already has its file, or the Fault that concerns it alone. */
  async #writeTemp(stored: Stored): Promise<Move | Fault | undefined> {
    const { sha256, place, sealedBytes } = stored;
    if (place.kind === 'file' || (await this.#hasOwnFile(sha256, sealedBytes))) return undefined;
    let source: SealedSource | undefined;
    try {
      source = fileSource(this.#ops, await this.#openFd(this.#pathOf(place.file)), place.offset, sealedBytes, () => {});
      // An object that was removed while it waited has had its header erased.
      if (!(await beginsAsAge(source))) return vaultFault('vault.not-age');
      const move = { from: join(this.#tmp, `${sha256}.tmp`), to: this.#fileOf(sha256) };
      await writeTempSynced(this.#ops, move.from, sealedViews(source));
      return move;
    } catch (thrown) {
      if (isFault(thrown) && !isFault(thrown, 'vault.disk-full') && !isFault(thrown, 'vault.unwritable')) return thrown;
      throw thrown;
    } finally {
      await source?.close();
    }
  }

  /**
   * Makes the moves and syncs the folders of all these objects, also of those that already had their file: an earlier run may have
   * died between its rename and its sync, and only after the sync may a lane be reused.
   */
  async #settleNames(sha256s: readonly Sha256[], moves: readonly Move[]): Promise<void> {
    const folders = new Set(sha256s.map((sha256) => dirname(this.#fileOf(sha256))));
    if (sha256s.length > 0) await moveDurably(this.#ops, moves, folders);
  }

  async #openOwn(sha256: Sha256, sealedBytes: number): Promise<SealedSource> {
    return fileSource(this.#ops, await this.#openFd(this.#fileOf(sha256)), 0, sealedBytes, () => {});
  }

  async #openFd(path: string): Promise<number> {
    try {
      return await this.#ops.open(path, OPEN.read);
    } catch (thrown) {
      throw readFault(thrown);
    }
  }

  /** @param sealedBytes when given, only a file of that length counts. */
  async #hasOwnFile(sha256: Sha256, sealedBytes?: number): Promise<boolean> {
    try {
      const { isFile, bytes } = await this.#ops.look(this.#fileOf(sha256));
      return isFile && (sealedBytes === undefined || bytes === sealedBytes);
    } catch (thrown) {
      if (isMissing(thrown)) return false;
      throw readFault(thrown);
    }
  }

  #countReader(file: string, step: 1 | -1): void {
    const readers = (this.#readers.get(file) ?? 0) + step;
    if (readers > 0) this.#readers.set(file, readers);
    else this.#readers.delete(file);
  }

  #fileOf(sha256: Sha256): string {
    return objectFile(this.#objects, sha256);
  }

  #pathOf(file: string): string {
    const name = parseStagingName(file);
    if (name === undefined) throw vaultFault('vault.bad-place');
    return stagingPath(this.#staging, name.intakeId, file);
  }
}

async function beginsAsAge(source: SealedSource): Promise<boolean> {
  const start = await source.read(0, Math.min(VERSION_LINE.length, source.sealedBytes));
  return Buffer.from(start).toString('latin1') === VERSION_LINE;
}
