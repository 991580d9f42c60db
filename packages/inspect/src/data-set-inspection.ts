import { DataSetReader, type ReaderLimits } from '@leadglass/dicom';
import { Inspection, type InspectionOptions, type InspectionResult } from './inspection.ts';

export interface DataSetInspectionOptions extends InspectionOptions {
  /** Bounds of the reader; default DEFAULT_READER_LIMITS. */
  readonly readerLimits?: ReaderLimits;
  /** What precedes the data set in the object's file: preamble, `DICM`, file meta. For those who look at the object as a file. */
  readonly lead?: readonly Uint8Array[];
}

/** Reader and inspectors wired together: a data set's bytes in, a result out. For C-STORE, where no preamble or file meta comes. */
export class DataSetInspection {
  readonly #inspection: Inspection;
  readonly #reader: DataSetReader;

  constructor(options: DataSetInspectionOptions) {
    this.#inspection = new Inspection(options);
    for (const bytes of options.lead ?? []) this.#inspection.raw(bytes);
    this.#reader = new DataSetReader({
      transferSyntaxUid: options.context.transferSyntaxUid,
      handler: this.#inspection,
      ...(options.readerLimits === undefined ? {} : { limits: options.readerLimits }),
    });
  }

  /** Whether nothing more can be read: further bytes are ignored. */
  get isDead(): boolean {
    return this.#reader.isDead;
  }

  /** Takes the next bytes, in any split; keeps no view of them. */
  push(chunk: Uint8Array): void {
    this.#inspection.raw(chunk);
    this.#reader.push(chunk);
  }

  /** The object will not be completed: late work that was begun is taken back. */
  discard(): void {
    this.#inspection.discard();
  }

  /** Says that the data set is over. May be called again: the same result. */
  end(): InspectionResult {
    this.#reader.end();
    return this.#inspection.end();
  }

  /** The same, once late work is done too: what is asked of other processes. */
  settled(): Promise<InspectionResult> {
    this.#reader.end();
    return this.#inspection.settled();
  }
}

/** Inspects a whole data set that is at hand in pieces. */
export function inspectDataSet(options: DataSetInspectionOptions, chunks: Iterable<Uint8Array>): InspectionResult {
  const inspection = new DataSetInspection(options);
  for (const chunk of chunks) inspection.push(chunk);
  return inspection.end();
}
