import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WholeStudy } from '@leadglass/catalogue';
import { type IncorporatedInventory, InventoryWriter, indexLine, type KeptStudy } from '@leadglass/continuity';
import type { Clock } from '@leadglass/kit';
import type { Retrievable, Retrieval } from '@leadglass/records';
import type { Recipient } from '@leadglass/vault';
import { given } from '../web/served.ts';
import { RESTORE_NOTE } from './restore-note.ts';
import { SealedFile } from './sealed-file.ts';

export interface VaultIndexOptions {
  /** The vault's folder: the index comes into `index` inside it. */
  readonly vault: string;
  readonly recipients: readonly Recipient[];
  readonly retrieval: Pick<Retrieval, 'ofStudy'>;
  readonly clock: Clock;
  /** Studies of one Inventory at most; default 2,000. */
  readonly studiesAPart?: number;
  /** Every study of the catalogue. */
  studies(): AsyncIterable<WholeStudy>;
  /** Gives every object a file of its own. */
  layOut(): Promise<void>;
}

/** How far an index is, or what it came to. */
export interface IndexProgress {
  readonly studies: number;
  readonly objects: number;
  /** Objects that have no file of their own yet: the next index has them. */
  readonly left: number;
  readonly isDone: boolean;
}

/** Studies and objects of one Inventory; more go into another. */
const STUDIES_A_PART = 2_000;
const OBJECTS_A_PART = 100_000;
const TOLD_EACH = 50;

/**
 * Writes what the vault holds for whoever comes without us: Inventories (PS3.3 §A.88) and a plain index, each a standard age file sealed to
 * every recipient of the home, the recovery key among them, and a note in the clear that says how to use them. The new ones take
 * the place of the old whole: `index` is never half made. One study in memory at a time. Throws Faults of the stores, and the system's errors.
 */
export class VaultIndex {
  readonly #options: VaultIndexOptions;
  #isRunning = false;

  constructor(options: VaultIndexOptions) {
    this.#options = options;
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Tells how far it is; the last tells what it came to. Not twice at once. */
  async *write(): AsyncGenerator<IndexProgress> {
    this.#isRunning = true;
    try {
      yield* this.#write();
    } finally {
      this.#isRunning = false;
    }
  }

  async *#write(): AsyncGenerator<IndexProgress> {
    const { vault, layOut } = this.#options;
    const folder = join(vault, 'index.new');
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { mode: 0o700 });
    await layOut();
    const run = new Run(folder, this.#options);
    try {
      yield* run.all();
    } catch (thrown) {
      await run.abandon();
      throw thrown;
    }
    await writeFile(join(folder, 'README.txt'), RESTORE_NOTE, { mode: 0o600 });
    await synced(folder);
    await this.#takePlace(folder);
    yield { ...run.counts, isDone: true };
  }

  // Between the two renames there is no `index`, and `index.old` holds the one before: nothing is lost whenever the power fails.
  async #takePlace(folder: string): Promise<void> {
    const { vault } = this.#options;
    const [now, old] = [join(vault, 'index'), join(vault, 'index.old')];
    await rm(old, { recursive: true, force: true });
    await rename(now, old).catch((thrown: NodeJS.ErrnoException) => {
      if (thrown.code !== 'ENOENT') throw thrown;
    });
    await rename(folder, now);
    await synced(vault);
    await rm(old, { recursive: true, force: true });
  }
}

/** One index being written. */
class Run {
  readonly #folder: string;
  readonly #options: VaultIndexOptions;
  readonly #parts: IncorporatedInventory[] = [];
  readonly #atMs: number;
  #lines: SealedFile | undefined;
  #part: SealedFile | undefined;
  #writer: InventoryWriter | undefined;
  #objectsOfPart = 0;
  #studies = 0;
  #objects = 0;
  #left = 0;

  constructor(folder: string, options: VaultIndexOptions) {
    this.#folder = folder;
    this.#options = options;
    this.#atMs = options.clock.now();
  }

  get counts(): Omit<IndexProgress, 'isDone'> {
    return { studies: this.#studies, objects: this.#objects, left: this.#left };
  }

  async *all(): AsyncGenerator<IndexProgress> {
    const { recipients, studies } = this.#options;
    this.#lines = await SealedFile.create(join(this.#folder, 'objects.jsonl.age'), recipients);
    for await (const whole of studies()) {
      const study = await this.#kept(whole);
      if (study === undefined) continue;
      await this.#one(study);
      if (this.#studies % TOLD_EACH === 0) yield { ...this.counts, isDone: false };
      await new Promise(setImmediate);
    }
    await this.#endPart('inventory.dcm.age', true);
    await this.#lines.finish();
  }

  async abandon(): Promise<void> {
    await Promise.allSettled([this.#lines?.abandon(), this.#part?.abandon()]);
  }

  async #one(study: KeptStudy): Promise<void> {
    const objects = study.series.reduce((sum, series) => sum + series.objects.length, 0);
    const isFull =
      (this.#writer?.studies ?? 0) >= (this.#options.studiesAPart ?? STUDIES_A_PART) ||
      this.#objectsOfPart + objects > OBJECTS_A_PART;
    if (isFull && this.#writer !== undefined) await this.#endPart(`inventory-${this.#parts.length + 1}.dcm.age`, false);
    if (this.#writer === undefined) await this.#beginPart([]);
    await this.#part?.write(this.#writer?.study(study) ?? new Uint8Array());
    const lines = study.series.flatMap((series) => series.objects.map((object) => indexLine(study, series, object)));
    await this.#lines?.write(Buffer.from(lines.join('')));
    this.#studies += 1;
    this.#objects += objects;
    this.#objectsOfPart += objects;
  }

  async #beginPart(incorporates: readonly IncorporatedInventory[]): Promise<void> {
    const sopInstanceUid = `2.25.${BigInt(`0x${randomUUID().replaceAll('-', '')}`)}`;
    this.#writer = new InventoryWriter({ sopInstanceUid, atMs: this.#atMs, incorporates });
    this.#part = await SealedFile.create(join(this.#folder, PART_NOW), this.#options.recipients);
    this.#objectsOfPart = 0;
    this.#uid = sopInstanceUid;
    await this.#part.write(this.#writer.begin());
  }

  #uid = '';

  // The root comes last: only then is it known what belongs to it.
  async #endPart(name: string, isLast: boolean): Promise<void> {
    if (isLast && this.#parts.length > 0 && this.#writer !== undefined)
      await this.#endPart(`inventory-${this.#parts.length + 1}.dcm.age`, false);
    if (this.#writer === undefined) await this.#beginPart(isLast ? this.#parts : []);
    await this.#part?.write(
      this.#writer?.end(isLast ? this.#studies : (this.#writer?.studies ?? 0)) ?? new Uint8Array(),
    );
    await this.#part?.finish();
    await rename(join(this.#folder, PART_NOW), join(this.#folder, name));
    this.#parts.push({ sopInstanceUid: this.#uid, path: name });
    this.#writer = undefined;
    this.#part = undefined;
  }

  /** What is given out of a study; undefined when nothing is. */
  async #kept(whole: WholeStudy): Promise<KeptStudy | undefined> {
    const objects = given(await this.#options.retrieval.ofStudy(whole.studyInstanceUid));
    const bySop = new Map(objects.map((object) => [object.sopInstanceUid, object]));
    const series = whole.series.map(({ seriesInstanceUid, attributes, instances }) => ({
      ...{ seriesInstanceUid, attributes },
      objects: instances.flatMap((one) => this.#object(bySop.get(one.sopInstanceUid), one.attributes)),
    }));
    const some = series.filter((one) => one.objects.length > 0);
    if (some.length === 0) return undefined;
    const newestAtMs = objects.reduce((newest, { receivedAtMs }) => Math.max(newest, receivedAtMs), 0);
    const { studyInstanceUid, attributes } = whole;
    return { studyInstanceUid, attributes, newestAtMs, series: some };
  }

  #object(object: Retrievable | undefined, attributes: WholeStudy['attributes']) {
    if (object === undefined) return [];
    if (object.place.kind === 'lane') {
      this.#left += 1;
      return [];
    }
    const { sopInstanceUid, sopClassUid, transferSyntaxUid, sha256, plainBytes: bytes, receivedAtMs } = object;
    const path = `../objects/${sha256.slice(0, 2)}/${sha256}.age`;
    return [{ sopInstanceUid, sopClassUid, transferSyntaxUid, sha256, bytes, receivedAtMs, path, attributes }];
  }
}

const PART_NOW = 'part.tmp';

async function synced(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync();
  await handle.close();
}
