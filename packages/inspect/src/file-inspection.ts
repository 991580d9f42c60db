import { type FileMeta, formatTag, type MetaIrregularity, Part10Reader, type ReaderLimits } from '@leadglass/dicom';
import { concatBytes } from '@leadglass/kit';
import { UNREADABLE } from '@leadglass/model';
import { DataSetInspection } from './data-set-inspection.ts';
import { FindingBox, type FindingLimits } from './findings.ts';
import { IdentityCollector } from './identity.ts';
import type { InspectionResult } from './inspection.ts';
import type { FindingKind, InspectorMaker } from './inspector.ts';
import { metaKind } from './inspectors/file-meta.ts';
import { inspectMetaValues } from './inspectors/meta-values.ts';
import { preambleTrouble } from './inspectors/preamble.ts';
import { MORE_STRUCTURE_KINDS } from './inspectors/structure.ts';

/** `DICM`, behind the preamble; alone at the start of a file that has none. */
const MAGIC_BYTES = 4;
const MAGIC = Buffer.from('DICM', 'latin1');
const NOTHING = new Uint8Array(0);
/** Kept of what stands before the data set. */
const MOST_BEGINNING_BYTES = 65_536;

export interface FileInspectionOptions {
  /** Inspectors of the data set; default FIRST_INSPECTORS. */
  readonly inspectors?: readonly InspectorMaker[];
  readonly limits?: FindingLimits;
  readonly readerLimits?: ReaderLimits;
  /** Who takes the data set in place of the inspectors: preamble and file meta alone are inspected here. */
  readonly dataSet?: { begin(meta: FileMeta): void; push(bytes: Uint8Array): void };
}

/** What inspection says of a file, and the header it read; `meta` is undefined when there is none to be read. */
export interface FileInspectionResult extends InspectionResult {
  readonly meta: FileMeta | undefined;
}

/** A Part 10 file under inspection: preamble, file meta, data set. Bytes are pushed; it never opens anything itself. */
export class FileInspection {
  readonly #options: FileInspectionOptions;
  readonly #box: FindingBox;
  readonly #reader: Part10Reader;
  readonly #irregularities: MetaIrregularity[] = [];
  #dataSet: DataSetInspection | undefined;
  #meta: FileMeta | undefined;
  #metaStart = 0;
  #beginning: Uint8Array = NOTHING;
  #result: FileInspectionResult | undefined;

  constructor(options: FileInspectionOptions = {}) {
    this.#options = options;
    this.#box = new FindingBox(options.limits);
    this.#reader = new Part10Reader({
      preamble: (bytes) => this.#preamble(bytes),
      metaIrregularity: (irregularity) => this.#metaIrregularity(irregularity),
      meta: (meta) => this.#startDataSet(meta),
      dataSet: (bytes) => (this.#options.dataSet ?? this.#dataSet)?.push(bytes),
    });
  }

  /** Takes the next bytes of the file, in any split; keeps no view of them. */
  push(chunk: Uint8Array): void {
    this.#reader.push(chunk);
  }

  /** Says that the file is over. May be called again: the same result. */
  end(): FileInspectionResult {
    this.#result ??= this.#finish();
    return this.#result;
  }

  /** The same, once late work is done too: what is asked of other processes. */
  async settled(): Promise<FileInspectionResult> {
    this.end();
    this.#result = this.#resultOf(await this.#dataSet?.settled());
    return this.#result;
  }

  #finish(): FileInspectionResult {
    this.#reader.end();
    if (this.#meta === undefined) this.#reportMeta();
    return this.#resultOf(this.#dataSet?.end());
  }

  #resultOf(result: InspectionResult | undefined): FileInspectionResult {
    const { verdict, findings, counted } = this.#box;
    const identity = result?.identity ?? new IdentityCollector().identity;
    return { verdict, findings, counted, identity, unfinished: result?.unfinished ?? [], meta: this.#meta };
  }

  #preamble(bytes: Uint8Array): void {
    this.#metaStart = bytes.length + MAGIC_BYTES;
    this.#beginning = concatBytes(bytes, MAGIC);
    const trouble = preambleTrouble(bytes);
    if (trouble !== undefined) this.#add(trouble, '', 0);
  }

  /** Kept until all are known: what one means depends on the others. As many as there are codes is enough. */
  #metaIrregularity(irregularity: MetaIrregularity): void {
    if (this.#irregularities.length < MOST_META_IRREGULARITIES || irregularity.isFatal)
      this.#irregularities.push(irregularity);
  }

  #reportMeta(): void {
    for (const irregularity of this.#irregularities) {
      const { tag, offset, isFatal } = irregularity;
      this.#add(metaKind(irregularity, this.#irregularities), tag === 0 ? '' : formatTag(tag), offset);
      if (isFatal) this.#add({ ...MORE_STRUCTURE_KINDS.unreadable, code: UNREADABLE }, '', offset);
    }
  }

  #startDataSet(meta: FileMeta): void {
    this.#meta = meta;
    if (this.#metaStart === 0 && !this.#irregularities.some((one) => one.code === 'no-magic'))
      this.#metaStart = MAGIC_BYTES;
    this.#reportMeta();
    inspectMetaValues(meta, (kind, path) => this.#add(kind, path, this.#metaStart));
    const { inspectors, readerLimits, dataSet } = this.#options;
    if (dataSet !== undefined) return dataSet.begin(meta);
    this.#dataSet = new DataSetInspection({
      context: {
        transferSyntaxUid: meta.transferSyntaxUid,
        sopClassUid: meta.mediaStorageSopClassUid,
        sopInstanceUid: meta.mediaStorageSopInstanceUid,
        dataSetOffset: this.#metaStart + meta.bytes.length,
        fileBeginning: concatBytes(this.#beginning, meta.bytes).subarray(0, MOST_BEGINNING_BYTES),
      },
      box: this.#box,
      lead: [this.#beginning, meta.bytes],
      ...(inspectors === undefined ? {} : { inspectors }),
      ...(readerLimits === undefined ? {} : { readerLimits }),
    });
  }

  #add(kind: FindingKind, path: string, offset: number): void {
    const { inspector, code, severity, text, cites } = kind;
    this.#box.add({ inspector, code, severity, path, offset, text, cites });
  }
}

const MOST_META_IRREGULARITIES = 64;

/** Inspects a whole file that is at hand in pieces. */
export function inspectFile(chunks: Iterable<Uint8Array>, options: FileInspectionOptions = {}): FileInspectionResult {
  const inspection = new FileInspection(options);
  for (const chunk of chunks) inspection.push(chunk);
  return inspection.end();
}
