import { createHash } from 'node:crypto';
import {
  combine,
  DataSetReader,
  encodingOf,
  type Irregularity,
  Part10Reader,
  type ReaderLimits,
  SILENT_HANDLER,
} from '@leadglass/dicom';
import { assert, type Text, text } from '@leadglass/kit';
import { Deflate } from 'fflate';
import { Canonical } from './canonical.ts';
import type { Coercion } from './coercion.ts';
import { rewriteFault } from './faults.ts';
import { fileHeader } from './header.ts';
import type { Obstacle } from './obstacle.ts';
import { Output } from './output.ts';
import { type PixelDigest, PixelHasher } from './pixel-hash.ts';
import type { DisarmPlan } from './plan.ts';
import type { RewritingSystem } from './provenance.ts';
import type { Change } from './record.ts';
import { FileReading, MOST_HELD_BYTES, type Rehearsed } from './rehearsal.ts';
import { Stamps } from './stamps.ts';

/** What is needed to write a disarmed copy. */
export interface DisarmOptions {
  readonly plan: DisarmPlan;
  /** Of the same bytes under the same plan; without obstacles. */
  readonly rehearsed: Rehearsed;
  readonly system: RewritingSystem;
  /** Whom to ask for a withdrawn document; stands in the notice. */
  readonly contact?: Text;
  /** Gets the copy's bytes in order. Views are valid during the call only. */
  readonly sink: (bytes: Uint8Array) => void;
  readonly limits?: ReaderLimits;
  /** What was rehearsed with. */
  readonly coercion?: Coercion;
}

/** What stands in the proof of a disarmed copy. Holds no values of the object but its UIDs. */
export interface DisarmReceipt {
  readonly changes: readonly Change[];
  /** Equal before and after, by independent readings of original and copy. */
  readonly pixels: { readonly before: PixelDigest; readonly after: PixelDigest };
  readonly original: { readonly sha256: string; readonly bytes: number };
  readonly copy: { readonly sha256: string; readonly bytes: number };
  readonly transferSyntaxUid: string;
  readonly sopInstanceUid: string;
}

const DEFAULT_CONTACT: Text = text(
  'la personne responsable de Leadglass dans votre établissement.',
  'the person responsible for Leadglass at your site.',
);

/** A copy cannot be made, or only another try can tell. */
export type DisarmOutcome =
  | { readonly receipt: DisarmReceipt; readonly obstacle?: undefined }
  | { readonly obstacle: Obstacle; readonly receipt?: undefined };

/**
 * The second reading: writes the disarmed copy of a Part 10 file, in the original's transfer syntax. One pass, bounded memory: what is
 * held is a value under treatment (1 MiB), or where elements are out of order all but the pixels (16 MiB).
 */
export class Disarmer {
  readonly #options: DisarmOptions;
  readonly #reading: FileReading;
  readonly #copy = createHash('sha256');
  readonly #check: CopyCheck;
  #copyBytes = 0;
  #deflate: Deflate | undefined;
  #output: Output | undefined;
  #canonical: Canonical | undefined;

  constructor(options: DisarmOptions) {
    assert(options.rehearsed.obstacles.length === 0, 'a copy is written of what was rehearsed without obstacle');
    this.#options = options;
    this.#check = new CopyCheck(options.limits);
    this.#reading = new FileReading(() => this.#start());
  }

  /** Takes the next bytes of the original; keeps no view of them. */
  push(chunk: Uint8Array): void {
    this.#reading.push(chunk);
  }

  /**
   * Ends the copy. The copy is only good when a receipt comes. Throws Fault: `rewrite.changed-between-passes`,
   * `rewrite.pixels-differ`, `rewrite.copy-unreadable`. To be called once.
   */
  end(): DisarmOutcome {
    const { rehearsed } = this.#options;
    const original = this.#reading.end();
    if (original.sha256 !== rehearsed.sha256) throw rewriteFault('rewrite.changed-between-passes');
    this.#output?.end();
    this.#deflate?.push(new Uint8Array(0), true);
    const obstacle = this.#canonical?.obstacle;
    if (obstacle !== undefined) return { obstacle };
    // One NUL makes the length of a deflate stream even (PS3.5 §A.5).
    if (this.#deflate !== undefined && this.#copyBytes % 2 === 1) this.#emit(new Uint8Array(1));
    const after = this.#check.end();
    if (after === undefined) throw rewriteFault('rewrite.copy-unreadable');
    if (after.sha256 !== rehearsed.pixels.sha256) throw rewriteFault('rewrite.pixels-differ');
    return { receipt: this.#receipt(original, after) };
  }

  #receipt(original: DisarmReceipt['original'], after: PixelDigest): DisarmReceipt {
    const { changes, pixels, transferSyntaxUid, sopInstanceUid } = this.#options.rehearsed;
    const copy = { sha256: this.#copy.digest('hex'), bytes: this.#copyBytes };
    return { changes, pixels: { before: pixels, after }, original, copy, transferSyntaxUid, sopInstanceUid };
  }

  #start(): DataSetReader {
    const { plan, rehearsed, system, contact, limits, coercion } = this.#options;
    const { transferSyntaxUid, sopClassUid, sopInstanceUid, isSorting, modified } = rehearsed;
    const { implementationClassUid, implementationVersionName } = system;
    const form = { implementationClassUid, implementationVersionName };
    this.#emit(fileHeader({ sopClassUid, sopInstanceUid, transferSyntaxUid, ...form }));
    const sink = this.#dataSetSink(transferSyntaxUid);
    this.#output = new Output({ transferSyntaxUid, sink, isSorting, mostHeldBytes: MOST_HELD_BYTES });
    const stamps = new Stamps(transferSyntaxUid, isSorting, system, modified, coercion?.source);
    const words = { reasons: plan.reasons, contact: contact ?? DEFAULT_CONTACT };
    const coercing = coercion === undefined ? {} : { coercion, isSorting };
    this.#canonical = new Canonical({ plan, transferSyntaxUid, output: this.#output, words, stamps, ...coercing });
    const handler = this.#canonical;
    return new DataSetReader({ transferSyntaxUid, handler, ...(limits === undefined ? {} : { limits }) });
  }

  #dataSetSink(transferSyntaxUid: string): (bytes: Uint8Array) => void {
    if (encodingOf(transferSyntaxUid) !== 'deflated') return (bytes) => this.#emit(bytes);
    const deflate = new Deflate({ level: DEFLATE_LEVEL }, (bytes) => this.#emit(bytes));
    this.#deflate = deflate;
    return (bytes) => deflate.push(bytes);
  }

  #emit(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#copyBytes += bytes.length;
    this.#copy.update(bytes);
    this.#check.push(bytes);
    this.#options.sink(bytes);
  }
}

/** fflate's own default. */
const DEFLATE_LEVEL = 6;

/** Reads the copy as it is written: its pixels, and that it is regular. */
class CopyCheck {
  readonly #pixels = new PixelHasher();
  readonly #reader: Part10Reader;
  #dataSet: DataSetReader | undefined;
  #isSound = true;

  constructor(limits: ReaderLimits | undefined) {
    this.#reader = new Part10Reader({
      preamble: () => {},
      metaIrregularity: (irregularity) => {
        if (irregularity.isFatal) this.#isSound = false;
      },
      meta: ({ transferSyntaxUid }) => {
        const eye = { ...SILENT_HANDLER, irregularity: (one: Irregularity) => this.#judge(one) };
        const handler = combine(this.#pixels, eye);
        this.#dataSet = new DataSetReader({ transferSyntaxUid, handler, ...(limits === undefined ? {} : { limits }) });
      },
      dataSet: (bytes) => this.#dataSet?.push(bytes),
    });
  }

  push(bytes: Uint8Array): void {
    this.#reader.push(bytes);
  }

  /** The pixels of the copy; undefined when it cannot be read to its end or is not in order. */
  end(): PixelDigest | undefined {
    this.#reader.end();
    this.#dataSet?.end();
    return this.#isSound && this.#dataSet !== undefined ? this.#pixels.digest() : undefined;
  }

  #judge({ code, isFatal }: Irregularity): void {
    if (isFatal || !ALLOWED.has(code)) this.#isSound = false;
  }
}

/** Irregularities a copy may have: sequences sent as UN, which are legal, and the lengths of fragments, which are never touched. */
const ALLOWED: ReadonlySet<Irregularity['code']> = new Set(['undefined-length-un', 'odd-length'] as const);
