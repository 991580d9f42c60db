import { type ElementHead, EXPLICIT_VR_BIG_ENDIAN, TAG, transferSyntax } from '@leadglass/dicom';
import { uint32 } from '../bytes.ts';
import type { Inspector, Scene } from '../inspector.ts';
import { kindsOf } from '../kind.ts';
import { FrameHeaderFinder } from './codestream.ts';
import { emptyModule, frameCount, isOfModule, nativeBytes, type PixelModule, takeIn } from './pixel-module.ts';

const kind = kindsOf('encapsulated');

/** What compressed pixel data can be wrong about without decoding it. */
export const ENCAPSULATED_KINDS = {
  frameHeader: kind(
    'frame-larger',
    'malformed',
    'PS3.5 §8.2',
    'Une image compressée annonce des dimensions plus grandes que celles de l’objet : un décodeur y épuiserait ou y déborderait sa mémoire.',
    'A compressed frame declares larger dimensions than the object: a decoder would exhaust or overflow its memory on it.',
  ),
  frameSmaller: kind(
    'frame-smaller',
    'suspicious',
    'PS3.5 §8.2',
    'Une image compressée annonce des dimensions plus petites que celles de l’objet.',
    'A compressed frame declares smaller dimensions than the object.',
  ),
  frameImplausible: kind(
    'frame-implausible',
    'information',
    'PS3.5 §8.2.4',
    'L’en-tête d’une image compressée ne peut pas être celui d’une image DICOM ; les décodeurs la refusent.',
    'The header of a compressed frame cannot be that of a DICOM image; decoders refuse it.',
  ),
  tooFew: kind(
    'too-few-fragments',
    'malformed',
    'PS3.5 §A.4',
    'L’objet contient moins d’images compressées qu’il n’en annonce.',
    'The object holds fewer compressed frames than it declares.',
  ),
  empty: kind(
    'empty',
    'malformed',
    'PS3.5 §A.4',
    'L’objet annonce une image compressée et n’en contient pas.',
    'The object declares a compressed image and holds none.',
  ),
  offsetTable: kind(
    'offset-table',
    'malformed',
    'PS3.5 §A.4',
    'La table des images compressées désigne des données hors de l’objet ou n’a pas une forme possible.',
    'The table of compressed frames points outside the object or has an impossible form.',
  ),
  offsetTableOff: kind(
    'offset-table-off',
    'information',
    'PS3.5 §A.4',
    'La table des images compressées ne correspond pas exactement aux images ; c’est une particularité de certains appareils.',
    'The table of compressed frames does not match the frames exactly, a quirk of some devices.',
  ),
  absurd: kind(
    'absurd-size',
    'malformed',
    'PS3.5 §A.4',
    'Les dimensions annoncées sont démesurées pour la quantité de données compressées : un décodeur y épuiserait sa mémoire.',
    'The declared dimensions are absurd for the amount of compressed data: a decoder would exhaust its memory on it.',
  ),
} as const;

const MOST_PIXELS = 0xffff;
/** RLE packs at most 128 bytes into 2 (PS3.5 §G.3.1). */
const RLE_MOST = 64n;
/** Other codecs pack an even image almost to nothing, so only frames that are large by themselves are judged by ratio. */
const LARGE_FRAME_BYTES = 256n * 1024n * 1024n;
const MOST_RATIO = 100_000n;

/** Encapsulated pixel data of the object itself: offset table, fragments, and what each frame's own header claims (INSPECT-56 to 59). */
export function encapsulated(scene: Scene): Inspector {
  const eye = new EncapsulatedEye(scene);
  return {
    name: 'encapsulated',
    beginning: (head, bytes) => eye.beginning(head, bytes),
    fragments: (head) => eye.fragments(head),
    fragment: (index, length, offset) => eye.fragment(index, length, offset),
    value: (bytes) => eye.value(bytes),
    fragmentEnd: () => eye.fragmentEnd(),
    fragmentsEnd: () => eye.fragmentsEnd(),
  };
}

class EncapsulatedEye {
  readonly #scene: Scene;
  readonly #module: PixelModule = emptyModule();
  readonly #finder = new FrameHeaderFinder();
  readonly #table = new OffsetTable();
  /** Whether the pieces of the present fragment are wanted, and by whom. */
  #wants: 'nothing' | 'table' | 'header' = 'nothing';
  #isPixelData = false;
  #fragments = 0;
  #offset = 0;
  /** Bytes of fragments behind the table, item headers included: what its entries count (PS3.5 §A.4). */
  #span = 0;
  #compressed = 0;
  #areFramesJudged = false;

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  beginning(head: ElementHead, bytes: Uint8Array): void {
    if (head.depth !== 0 || head.tag >>> 16 !== 0x0028 || !isOfModule(head.tag)) return;
    takeIn(this.#module, head, bytes, this.#scene.context.transferSyntaxUid === EXPLICIT_VR_BIG_ENDIAN);
  }

  fragments(head: ElementHead): void {
    this.#isPixelData = head.depth === 0 && head.tag === TAG.PixelData;
    this.#offset = head.offset;
    this.#fragments = 0;
  }

  fragment(index: number, length: number, _offset: number): void {
    if (!this.#isPixelData) return;
    if (index === 0) {
      this.#wants = 'table';
      this.#table.begin(length);
      return;
    }
    this.#fragments += 1;
    this.#span += 8 + length;
    this.#compressed += length;
    this.#finder.restart();
    this.#wants = 'header';
  }

  value(bytes: Uint8Array): void {
    if (this.#wants === 'nothing') return;
    if (this.#wants === 'table') {
      this.#table.push(bytes);
      return;
    }
    this.#finder.push(bytes);
    if (this.#finder.isLooking) return;
    this.#wants = 'nothing';
    this.#judgeHeader();
  }

  fragmentEnd(): void {
    this.#wants = 'nothing';
  }

  fragmentsEnd(): void {
    if (!this.#isPixelData) return;
    this.#isPixelData = false;
    this.#judgeCounts();
    this.#judgeTable();
    this.#judgeSize();
  }

  #judgeHeader(): void {
    const header = this.#finder.header;
    const { rows, columns } = this.#module;
    if (header === undefined || rows < 1 || columns < 1 || this.#areFramesJudged) return;
    // Rows and Columns have 16 bits: what claims more is no frame header but noise, which no decoder believes either.
    if (header.rows > MOST_PIXELS || header.columns > MOST_PIXELS) {
      this.#find(ENCAPSULATED_KINDS.frameImplausible);
      return;
    }
    const isLarger = header.rows > rows || header.columns > columns;
    // A JPEG height of 0 is told later by a DNL segment (ISO 10918-1 §B.2.5).
    const isSmaller = (header.rows < rows && header.rows !== 0) || header.columns < columns;
    if (!isLarger && !isSmaller) return;
    this.#areFramesJudged = isLarger;
    this.#find(isLarger ? ENCAPSULATED_KINDS.frameHeader : ENCAPSULATED_KINDS.frameSmaller);
  }

  /** Video holds all its frames in one or more fragments that end where the encoder liked (PS3.5 §8.2.5 onwards). */
  #judgeCounts(): void {
    if (this.#fragments === 0 || this.#compressed === 0) this.#find(ENCAPSULATED_KINDS.empty);
    else if (!this.#isVideo() && this.#fragments < frameCount(this.#module)) this.#find(ENCAPSULATED_KINDS.tooFew);
  }

  #judgeTable(): void {
    const trouble = this.#table.trouble(this.#span);
    if (trouble === 'impossible') this.#find(ENCAPSULATED_KINDS.offsetTable);
    const isOff =
      trouble === 'off' ||
      (this.#table.entries > 0 && this.#table.entries !== frameCount(this.#module) && !this.#isVideo());
    if (trouble !== 'impossible' && isOff) this.#find(ENCAPSULATED_KINDS.offsetTableOff);
  }

  #judgeSize(): void {
    const { rows, columns, bitsAllocated, samplesPerPixel } = this.#module;
    if (rows < 1 || columns < 1 || bitsAllocated < 1) return;
    const full = nativeBytes({ ...this.#module, samplesPerPixel: Math.max(1, samplesPerPixel) });
    const compressed = BigInt(this.#compressed);
    const frame = full / BigInt(frameCount(this.#module));
    const isRle = transferSyntax(this.#scene.context.transferSyntaxUid)?.codec === 'rle';
    const isAbsurd = isRle ? full > compressed * RLE_MOST : frame > LARGE_FRAME_BYTES && full > compressed * MOST_RATIO;
    if (isAbsurd) this.#find(ENCAPSULATED_KINDS.absurd);
  }

  #isVideo(): boolean {
    const codec = transferSyntax(this.#scene.context.transferSyntaxUid)?.codec ?? 'other';
    return !FRAME_PER_FRAGMENT.has(codec);
  }

  #find(what: (typeof ENCAPSULATED_KINDS)[keyof typeof ENCAPSULATED_KINDS]): void {
    this.#scene.find(what, { path: '(7FE0,0010)', offset: this.#offset });
  }
}

/** Codecs whose frames each begin a fragment (PS3.5 §A.4): only there can fragments be counted against frames. */
const FRAME_PER_FRAGMENT: ReadonlySet<string> = new Set(['rle', 'jpeg', 'jpeg-ls', 'jpeg-2000', 'htj2k', 'jpeg-xl']);

/** The basic offset table as it comes by: checked entry by entry, only the last one and the highest are kept. */
class OffsetTable {
  entries = 0;
  #length = 0;
  readonly #held = new Uint8Array(4);
  #count = 0;
  #last = -1;
  #highest = 0;
  #isOff = false;

  begin(length: number): void {
    this.#length = length;
  }

  push(bytes: Uint8Array): void {
    for (const byte of bytes) {
      this.#held[this.#count] = byte;
      this.#count += 1;
      if (this.#count < 4) continue;
      this.#count = 0;
      this.#entry(uint32(this.#held, 0, false));
    }
  }

  /** `impossible`: not a whole number of entries, or beyond `span`, the bytes of the fragments. `off`: not ascending from 0. */
  trouble(span: number): 'impossible' | 'off' | undefined {
    if (this.#length % 4 !== 0) return 'impossible';
    // Offsets of more than 4 GB wrap in 32 bits: the extended table is meant for those (PS3.3 §C.7.6.3.1.8).
    if (span < 0x1_0000_0000 && this.entries > 0 && this.#highest >= Math.max(span, 1)) return 'impossible';
    return this.#isOff ? 'off' : undefined;
  }

  #entry(offset: number): void {
    if (this.entries === 0 ? offset !== 0 : offset <= this.#last) this.#isOff = true;
    this.entries += 1;
    this.#last = offset;
    if (offset > this.#highest) this.#highest = offset;
  }
}
