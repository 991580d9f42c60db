import { writeFileMeta } from '@leadglass/dicom';
import {
  DataSetInspection,
  FactsCollector,
  FIRST_INSPECTORS,
  type InspectionResult,
  type InspectorMaker,
  type ObjectFacts,
} from '@leadglass/inspect';
import type { Phi } from '@leadglass/kit';
import { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME, type Sha256 } from '@leadglass/model';
import type { Staged } from '@leadglass/vault';
import { CataloguedAttributes } from './catalogued.ts';

/** What a sink made of an object's bytes. They are written, not yet durable: that is the keeper's to see to. */
export interface Landed {
  readonly sha256: Sha256;
  readonly staged: Staged;
  /** To be called once the keeper has answered, whatever the answer: the place may then be used again when nothing points to it. */
  settled(): void;
}

/** One object's bytes on their way to disk: hashed, sealed, written. Plain bytes in; nothing is joined. */
export interface ObjectSink {
  /** Takes the next plain bytes. The view is valid during the call only. */
  write(view: Uint8Array): void;
  /** Seals the end and tells where the object lies. Rejects with a Fault when it could not be written. */
  finish(): Promise<Landed>;
  /** Gives the space back; nothing of the object is kept. Harmless after finish. */
  discard(): void;
}

/** What the C-STORE-RQ and its presentation context say of an object. */
export interface AnnouncedObject {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
}

/** An object received whole: looked at, hashed, sealed and written, not yet in custody. */
export interface ReceivedObject {
  readonly inspected: InspectionResult;
  /** What the object says that can be held against what is known. */
  readonly facts: ObjectFacts;
  /** What the catalogue keeps of it, as JSON. */
  readonly attributes: Phi<string>;
  /** The data set cannot be read to its end. */
  readonly isUnreadable: boolean;
  /** Undefined when the object cannot be read to its end: such bytes are not kept. */
  readonly kept: Landed | undefined;
  readonly metaBytes: number;
  readonly plainBytes: number;
}

/**
 * One object coming in, in one pass: every piece goes to the inspection and to the sink while it is still in the socket's buffer.
 * The sealed plain text is a whole Part 10 file (zero preamble, our file meta, the data set byte for byte as received), so that
 * the stock `age` tool and any DICOM reader are enough to get it back.
 */
export class ArrivalPipeline {
  readonly #sink: ObjectSink;
  readonly #inspection: DataSetInspection;
  readonly #facts: FactsCollector;
  readonly #catalogued = new CataloguedAttributes();
  readonly #metaBytes: number;
  #plainBytes: number;
  #isUnreadable = false;

  /**
   * @param isPixelDigestWanted the pixels are digested by themselves: a second hash over almost all of the object.
   * @param inspectors who looks at it; what those say who ask elsewhere is waited for in `finish`, within bounds of their own.
   */
  constructor(
    announced: AnnouncedObject,
    sink: ObjectSink,
    isPixelDigestWanted = false,
    inspectors: readonly InspectorMaker[] = FIRST_INSPECTORS,
  ) {
    this.#sink = sink;
    this.#facts = new FactsCollector(isPixelDigestWanted);
    const meta = writeFileMeta({
      ...announced,
      implementationClassUid: IMPLEMENTATION_CLASS_UID,
      implementationVersionName: IMPLEMENTATION_VERSION_NAME,
    });
    this.#inspection = new DataSetInspection({
      context: announced,
      inspectors: [...inspectors, this.#facts.maker, this.#catalogued.maker],
      lead: [meta],
    });
    this.#metaBytes = meta.byteLength;
    this.#plainBytes = meta.byteLength;
    sink.write(meta);
  }

  /** Bytes taken so far, file meta included. */
  get plainBytes(): number {
    return this.#plainBytes;
  }

  /** Takes the next piece of the data set. The view is valid during the call only. */
  push(view: Uint8Array): void {
    this.#plainBytes += view.byteLength;
    if (this.#isUnreadable) return;
    this.#inspection.push(view);
    if (this.#inspection.isDead) this.#giveUp();
    else this.#sink.write(view);
  }

  /** The data set is complete. Resolves once the bytes are written and late inspectors have spoken; rejects with the sink's Fault. */
  async finish(): Promise<ReceivedObject> {
    this.#inspection.end();
    if (this.#inspection.isDead && !this.#isUnreadable) this.#giveUp();
    // Begun before anything is waited for: the next object of the association may follow at once, in the same lane.
    const landing = this.#isUnreadable ? undefined : this.#sink.finish();
    const [kept, inspected] = await Promise.all([landing, this.#inspection.settled()]);
    return {
      inspected,
      facts: this.#facts.facts,
      attributes: this.#catalogued.json,
      isUnreadable: this.#isUnreadable,
      kept,
      metaBytes: this.#metaBytes,
      plainBytes: this.#plainBytes,
    };
  }

  /** The object will not be completed (abort, protocol fault). */
  discard(): void {
    this.#isUnreadable = true;
    this.#inspection.discard();
    this.#sink.discard();
  }

  // The rest of an unreadable object is taken off the wire and forgotten: the sender gets its answer at the end of the message.
  #giveUp(): void {
    this.#isUnreadable = true;
    this.#sink.discard();
  }
}
