import { createHash, type Hash } from 'node:crypto';
import {
  combine,
  DataSetReader,
  type FileMeta,
  MEDIA_STORAGE_DIRECTORY,
  type MetaIrregularity,
  Part10Reader,
  PREAMBLE_BYTES,
  type ReaderLimits,
  TAG,
} from '@leadglass/dicom';
import { Canonical } from './canonical.ts';
import { type Coercion, isWritable } from './coercion.ts';
import { type Obstacle, obstacle } from './obstacle.ts';
import { Output } from './output.ts';
import { type PixelDigest, PixelHasher } from './pixel-hash.ts';
import type { DisarmPlan } from './plan.ts';
import type { ModifiedAttribute } from './provenance.ts';
import { type Change, ChangeRecord } from './record.ts';
import { isWellFormedUid } from './uid.ts';

/** What may be held to put elements in order, in bytes; pixel data is never held. */
export const MOST_HELD_BYTES = 16 * 2 ** 20;

/** What the first reading of an object found: whether it can be rewritten, and all that the second reading needs to know beforehand. */
export interface Rehearsed {
  /** Why no copy can be made, the plan's own obstacles among them; empty when one can. */
  readonly obstacles: readonly Obstacle[];
  readonly transferSyntaxUid: string;
  readonly sopClassUid: string;
  /** As the copy will have it. */
  readonly sopInstanceUid: string;
  readonly isSorting: boolean;
  readonly modified: readonly ModifiedAttribute[];
  /** What will be changed in the data set. */
  readonly changes: readonly Change[];
  readonly pixels: PixelDigest;
  /** Of the original, as it was read. */
  readonly sha256: string;
  readonly bytes: number;
}

/** What the original's own bytes before the data set asked for. */
export interface HeaderSeen {
  isPreambleUsed: boolean;
  meta: FileMeta | undefined;
}

/** Reads a Part 10 file and hands its data set on; keeps what was seen of its header. Shared by both readings. */
export class FileReading {
  readonly header: HeaderSeen = { isPreambleUsed: false, meta: undefined };
  readonly #hash: Hash = createHash('sha256');
  readonly #reader: Part10Reader;
  #dataSet: DataSetReader | undefined;
  #bytes = 0;

  /** @param start makes the reader of the data set, once the file meta is known; undefined when it is not to be read. */
  constructor(start: (meta: FileMeta) => DataSetReader | undefined) {
    this.#reader = new Part10Reader({
      preamble: (bytes) => {
        this.header.isPreambleUsed = bytes.subarray(0, PREAMBLE_BYTES).some((byte) => byte !== 0);
      },
      metaIrregularity: (_irregularity: MetaIrregularity) => {},
      meta: (meta) => {
        this.header.meta = meta;
        this.#dataSet = start(meta);
      },
      dataSet: (bytes) => this.#dataSet?.push(bytes),
    });
  }

  push(chunk: Uint8Array): void {
    this.#hash.update(chunk);
    this.#bytes += chunk.length;
    this.#reader.push(chunk);
  }

  /** Ends the reading. Result: SHA-256 and size of all that was read. To be called once. */
  end(): { readonly sha256: string; readonly bytes: number } {
    this.#reader.end();
    this.#dataSet?.end();
    return { sha256: this.#hash.digest('hex'), bytes: this.#bytes };
  }
}

/**
 * The first of the two readings: rewrites to nowhere. It finds what findings cannot tell (REWRITE-3), and what the copy has to say
 * before it reaches the elements it is about. Bytes of a Part 10 file in, in any split; memory as the rewriting itself.
 */
export class Rehearsal {
  readonly #plan: DisarmPlan;
  readonly #reading: FileReading;
  readonly #pixels = new PixelHasher();
  readonly #limits: ReaderLimits | undefined;
  readonly #coercion: Coercion | undefined;
  #canonical: Canonical | undefined;
  #output: Output | undefined;
  #result: Rehearsed | undefined;

  /** @param coercion what attributes of the copy are to be, whatever they were. */
  constructor(plan: DisarmPlan, limits?: ReaderLimits, coercion?: Coercion) {
    this.#plan = plan;
    this.#limits = limits;
    this.#coercion = coercion;
    this.#reading = new FileReading((meta) => this.#start(meta));
  }

  /** Takes the next bytes of the file; keeps no view of them. */
  push(chunk: Uint8Array): void {
    this.#reading.push(chunk);
  }

  /** Says that the file is over. May be called again: the same result. */
  end(): Rehearsed {
    this.#result ??= this.#finish();
    return this.#result;
  }

  #start({ transferSyntaxUid }: FileMeta): DataSetReader {
    // Out of order or not is known at the end only, so nothing is held or refused for it yet.
    this.#output = new Output({ transferSyntaxUid, sink: () => {}, isSorting: false, mostHeldBytes: 0 });
    const words = { reasons: [], contact: { fr: '', en: '' } };
    const coercing = this.#coercion === undefined ? {} : { coercion: this.#coercion };
    this.#canonical = new Canonical({ plan: this.#plan, transferSyntaxUid, output: this.#output, words, ...coercing });
    return new DataSetReader({
      transferSyntaxUid,
      handler: combine(this.#canonical, this.#pixels),
      ...(this.#limits === undefined ? {} : { limits: this.#limits }),
    });
  }

  #finish(): Rehearsed {
    const original = this.#reading.end();
    const { meta } = this.#reading.header;
    const canonical = this.#canonical;
    canonical?.noteAdded();
    return {
      ...original,
      obstacles: this.#obstacles(),
      transferSyntaxUid: meta?.transferSyntaxUid ?? '',
      ...identityOf(canonical, meta),
      isSorting: canonical?.isOutOfOrder ?? false,
      modified: canonical?.originals.modified ?? [],
      changes: [...headerChanges(this.#reading.header), ...(canonical?.record.changes ?? [])],
      pixels: this.#pixels.digest(),
    };
  }

  #obstacles(): readonly Obstacle[] {
    const canonical = this.#canonical;
    if (canonical === undefined) return [...this.#plan.obstacles, obstacle('rewrite.unreadable')];
    const isDirectory = this.#reading.header.meta?.mediaStorageSopClassUid === MEDIA_STORAGE_DIRECTORY;
    const own = isDirectory ? obstacle('rewrite.directory') : (canonical.obstacle ?? this.#unwritable(canonical));
    const isOrder = own?.code === 'rewrite.order' && canonical.isOutOfOrder;
    return own === undefined || isOrder ? this.#plan.obstacles : [...this.#plan.obstacles, own];
  }

  #unwritable({ charset }: Canonical): Obstacle | undefined {
    const isIt = this.#coercion === undefined || isWritable(this.#coercion, charset);
    return isIt ? undefined : obstacle('rewrite.charset');
  }
}

/**
 * What the copy's header says the object is: the data set's word, else the old header's. An object that nobody names is announced as
 * nothing at all, as it was: half an announcement would be worse, and an invented name is not ours to give.
 */
function identityOf(
  canonical: Canonical | undefined,
  meta: FileMeta | undefined,
): Pick<Rehearsed, 'sopClassUid' | 'sopInstanceUid'> {
  const believed = (uid = ''): string => (isWellFormedUid(uid) ? uid : '');
  const sopClassUid = canonical?.uid(TAG.SOPClassUID) || believed(meta?.mediaStorageSopClassUid);
  const sopInstanceUid = canonical?.uid(TAG.SOPInstanceUID) || believed(meta?.mediaStorageSopInstanceUid);
  return sopClassUid === '' || sopInstanceUid === ''
    ? { sopClassUid: '', sopInstanceUid: '' }
    : { sopClassUid, sopInstanceUid };
}

function headerChanges({ isPreambleUsed }: HeaderSeen): readonly Change[] {
  const record = new ChangeRecord();
  if (isPreambleUsed) record.note('preamble');
  record.note('file-header');
  return record.changes;
}
