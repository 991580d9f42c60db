import {
  DataSetReader,
  type ElementHead,
  EXPLICIT_VR_BIG_ENDIAN,
  hasLongLength,
  SILENT_HANDLER,
  TAG,
  type Tag,
  type TokenHandler,
} from '@leadglass/dicom';
import type { DeclaredImage } from '@leadglass/inspect';
import { CallBroken, type FileRange } from './call.ts';
import type { Source } from './source.ts';

/** Where pixel data lies in a data set, and what the object says of it. */
export interface ObjectMap {
  readonly image: DeclaredImage;
  /** Declared; at least 1. */
  readonly frames: number;
  readonly slope: number;
  readonly intercept: number;
  readonly window: { readonly center: number; readonly width: number } | undefined;
  readonly pixels:
    | { readonly kind: 'none' }
    | { readonly kind: 'native'; readonly tag: Tag; readonly range: FileRange }
    /** `items`: where the first item, the offset table, begins. `table`: extended offset table, when there is one. */
    | { readonly kind: 'fragments'; readonly items: number; readonly table: OffsetTable | undefined };
}

export interface OffsetTable {
  readonly offsets: readonly number[];
  readonly lengths: readonly number[];
}

const PIXEL_TAGS: ReadonlySet<Tag> = new Set([TAG.PixelData, TAG.FloatPixelData, TAG.DoubleFloatPixelData]);
const NUMBERS: Readonly<Record<Tag, string>> = {
  [TAG.SamplesPerPixel]: 'samplesPerPixel',
  [TAG.Rows]: 'rows',
  [TAG.Columns]: 'columns',
  [TAG.BitsAllocated]: 'bitsAllocated',
  [TAG.BitsStored]: 'bitsStored',
  [TAG.PixelRepresentation]: 'isSigned',
  [TAG.PlanarConfiguration]: 'isPlanar',
};
const TEXTS: Readonly<Record<Tag, string>> = {
  [TAG.PhotometricInterpretation]: 'photometric',
  [TAG.NumberOfFrames]: 'frames',
  2625616: 'center',
  2625617: 'width',
  2625618: 'intercept',
  2625619: 'slope',
};
/** Such values of functional groups count where the top level has none; the first of them. */
const AT_ANY_DEPTH: ReadonlySet<string> = new Set(['center', 'width', 'intercept', 'slope']);
const MOST_VALUE_BYTES = 256;
/** Of an extended offset table: a million frames. */
const MOST_TABLE_BYTES = 8_000_000;

/** Bytes of an element's header on the wire (PS3.5 §7.1). */
export function headerBytes(head: Pick<ElementHead, 'vr' | 'isVrExplicit'>): number {
  return head.isVrExplicit && hasLongLength(head.vr) ? 12 : 8;
}

/** Reads a data set as far as its pixel data. */
class MapScan implements TokenHandler {
  readonly #isBigEndian: boolean;
  readonly #values = new Map<string, { readonly value: string | number; readonly depth: number }>();
  readonly #tables = new Map<Tag, Buffer>();
  #name: string | undefined;
  #depth = 0;
  #tag: Tag = 0;
  #pieces: Uint8Array[] = [];
  pixels: ObjectMap['pixels'] = { kind: 'none' };

  constructor(transferSyntaxUid: string) {
    this.#isBigEndian = transferSyntaxUid === EXPLICIT_VR_BIG_ENDIAN;
  }

  get isDone(): boolean {
    return this.pixels.kind !== 'none';
  }

  element(head: ElementHead): void {
    this.#name = undefined;
    if (this.isDone) return;
    const { tag, depth, length } = head;
    if (depth === 0 && PIXEL_TAGS.has(tag)) {
      const from = head.offset + headerBytes(head);
      this.pixels = { kind: 'native', tag, range: [from, from + length] };
      return;
    }
    const isTable = depth === 0 && (tag === TAG.ExtendedOffsetTable || tag === TAG.ExtendedOffsetTableLengths);
    const name = NUMBERS[tag] ?? TEXTS[tag] ?? (isTable ? 'table' : undefined);
    const isWanted = name !== undefined && (depth === 0 || AT_ANY_DEPTH.has(name));
    if (!isWanted || length > (isTable ? MOST_TABLE_BYTES : MOST_VALUE_BYTES)) return;
    [this.#name, this.#tag, this.#depth, this.#pieces] = [name, tag, depth, []];
  }

  value(bytes: Uint8Array): void {
    if (this.#name !== undefined) this.#pieces.push(new Uint8Array(bytes));
  }

  elementEnd(): void {
    const name = this.#name;
    this.#name = undefined;
    if (name === undefined) return;
    const bytes = Buffer.concat(this.#pieces);
    if (name === 'table') this.#tables.set(this.#tag, bytes);
    else if (this.#depth < (this.#values.get(name)?.depth ?? Number.POSITIVE_INFINITY))
      this.#values.set(name, { value: this.#read(bytes), depth: this.#depth });
  }

  fragments(head: ElementHead): void {
    if (head.depth !== 0 || this.isDone) return;
    this.pixels = { kind: 'fragments', items: head.offset + 12, table: this.#table() };
  }

  readonly sequence = SILENT_HANDLER.sequence;
  readonly item = SILENT_HANDLER.item;
  readonly itemEnd = SILENT_HANDLER.itemEnd;
  readonly sequenceEnd = SILENT_HANDLER.sequenceEnd;
  readonly fragment = SILENT_HANDLER.fragment;
  readonly fragmentEnd = SILENT_HANDLER.fragmentEnd;
  readonly fragmentsEnd = SILENT_HANDLER.fragmentsEnd;
  readonly irregularity = SILENT_HANDLER.irregularity;

  number(name: string, otherwise: number): number {
    const value = Number(this.#values.get(name)?.value ?? otherwise);
    return Number.isFinite(value) ? value : otherwise;
  }

  text(name: string): string {
    return String(this.#values.get(name)?.value ?? '');
  }

  #read(bytes: Buffer): string | number {
    if (NUMBERS[this.#tag] === undefined)
      return (bytes.toString('latin1').split('\\')[0] ?? '').replace(/\0/g, '').trim();
    if (bytes.length < 2) return -1;
    return this.#isBigEndian ? bytes.readUInt16BE(0) : bytes.readUInt16LE(0);
  }

  #table(): OffsetTable | undefined {
    const [offsets, lengths] = [TAG.ExtendedOffsetTable, TAG.ExtendedOffsetTableLengths].map((tag) =>
      this.#tables.get(tag),
    );
    if (offsets === undefined || lengths === undefined || offsets.length !== lengths.length || offsets.length < 8)
      return undefined;
    return { offsets: wholes(offsets), lengths: wholes(lengths) };
  }
}

function wholes(bytes: Buffer): number[] {
  return Array.from({ length: Math.floor(bytes.length / 8) }, (_, at) => Number(bytes.readBigUInt64LE(at * 8)));
}

/**
 * Pushes a data set into `handler` until it says that it has enough, and gives after each piece what `taken` has by then.
 * @param from where to begin: at an element of the top level.
 */
export async function* walk(
  source: Source,
  handler: TokenHandler,
  isDone: () => boolean,
  from: number,
  taken: () => Uint8Array | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = new DataSetReader({ transferSyntaxUid: source.transferSyntaxUid, handler });
  for await (const piece of source.from(from)) {
    reader.push(piece);
    const made = taken();
    if (made !== undefined) yield made;
    if (isDone()) return;
    // Only what could be read to its end was ever kept: part of it must not pass for the whole.
    if (reader.isDead) throw new CallBroken();
  }
  reader.end();
  const rest = taken();
  if (rest !== undefined) yield rest;
}

/** The map of an object: its data set is read to its pixel data and no further. */
export async function mapOf(source: Source): Promise<ObjectMap> {
  const scan = new MapScan(source.transferSyntaxUid);
  for await (const nothing of walk(
    source,
    scan,
    () => scan.isDone,
    0,
    () => undefined,
  ))
    void nothing;
  const image = {
    transferSyntaxUid: source.transferSyntaxUid,
    rows: scan.number('rows', -1),
    columns: scan.number('columns', -1),
    samplesPerPixel: scan.number('samplesPerPixel', 1),
    bitsAllocated: scan.number('bitsAllocated', -1),
    bitsStored: scan.number('bitsStored', -1),
    photometric: scan.text('photometric').slice(0, 64),
    isSigned: scan.number('isSigned', 0) === 1,
    isPlanar: scan.number('isPlanar', 0) === 1,
  };
  const [center, width] = [scan.number('center', Number.NaN), scan.number('width', Number.NaN)];
  return {
    image,
    frames: Math.max(1, Math.trunc(scan.number('frames', 1))),
    slope: scan.number('slope', 1),
    intercept: scan.number('intercept', 0),
    window: Number.isFinite(center) && width >= 1 ? { center, width } : undefined,
    pixels: scan.pixels,
  };
}
