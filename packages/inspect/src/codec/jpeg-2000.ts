import { transferSyntax } from '@leadglass/dicom';
import {
  areDimensionsPlausible,
  type DeclaredImage,
  type HeaderReader,
  judgeComponents,
  judgeDimensions,
  judgePrecision,
  type Tell,
} from './image.ts';
import { be16, be32, type SegmentListener, Segments } from './segments.ts';

const SOC = 0x4f;
const CAP = 0x50;
const SIZ = 0x51;
const COD = 0x52;
const SOT = 0x90;
const SOD = 0x93;
const EOC = 0xd9;

/** Marker, length and parameters of SOT: what Psot counts besides the tile part's own bytes. */
const SOT_BYTES = 12;
const MOST_COMPONENTS = 16_384;
const MOST_TILES = 65_535;
/** ISO 15444-1 §A.6.1 and Table A.18. */
const MOST_LEVELS = 32;
const MOST_BLOCK_EXPONENT = 8;
const MOST_PRECISION = 38;
/** Bit of the code-block style that says high throughput (ISO 15444-15 §A.4), bit of Pcap for Part 15 (§A.3). */
const HT_STYLE = 0x40;
const HT_CAPABILITY = 0x0002_0000;
/** Kept of SIZ: dimensions, and the components that can be compared with a DICOM image. */
const SIZ_FIXED_BYTES = 36;

/** Reads the main header of a JPEG 2000 codestream and walks its tile parts by their lengths (INSPECT-175, 176). */
export class Jpeg2000Reader implements HeaderReader, SegmentListener {
  readonly #image: DeclaredImage;
  readonly #tell: Tell;
  readonly #segments: Segments;
  #hasSize = false;
  #tiles = 0;
  #parts = 0;
  #isOver = false;
  #hasCapability = false;

  constructor(image: DeclaredImage, tell: Tell) {
    this.#image = image;
    this.#tell = tell;
    this.#segments = new Segments(this, isWanted, isAlone);
  }

  get isDone(): boolean {
    return this.#segments.isDone;
  }

  push(bytes: Uint8Array): void {
    this.#segments.push(bytes);
  }

  segment(marker: number, body: Uint8Array, length: number): void {
    if (marker === SIZ) this.#size(body, length);
    else if (marker === CAP) this.#hasCapability = (be32(body, 0) & HT_CAPABILITY) !== 0;
    else if (marker === COD) this.#coding(body);
    else if (marker === SOT) this.#tilePart(body);
  }

  marker(marker: number): void {
    if (marker === EOC) this.#finish();
    // The data of a tile part that has no length of its own goes to the end.
    else if (marker === SOD) this.#segments.stop();
  }

  odd(): void {
    // Behind a tile part there is SOT or EOC: its length was wrong, and decoders look for the next one in their own ways.
    this.#tell(this.#parts > 0 ? 'cut' : 'odd-marker');
    if (this.#parts > 0) this.#finish();
  }

  broken(): void {
    this.#tell(this.#parts > 0 ? 'cut' : 'header');
    this.#finish();
  }

  end(): void {
    if (this.#parts === 0) this.#tell('no-data');
    else if (!this.#isOver && !this.#segments.isDone) this.#tell('cut');
  }

  #finish(): void {
    this.#isOver = true;
    this.#segments.stop();
  }

  #size(body: Uint8Array, length: number): void {
    const components = be16(body, 34);
    const isWhole = components >= 1 && components <= MOST_COMPONENTS && length === SIZ_FIXED_BYTES + 3 * components;
    if (this.#hasSize || !isWhole) {
      this.#tell('header');
      return;
    }
    this.#hasSize = true;
    const [right, bottom, left, top] = [be32(body, 2), be32(body, 6), be32(body, 10), be32(body, 14)];
    if (right <= left || bottom <= top) this.#tell('header');
    else judgeDimensions(this.#image, bottom - top, right - left, this.#tell);
    this.#tiles = tilesOf(body);
    const areTiles = this.#tiles >= 1 && this.#tiles <= MOST_TILES;
    if (!areTiles && areDimensionsPlausible(bottom - top, right - left)) this.#tell('tiles');
    judgeComponents(this.#image, components, this.#tell);
    this.#components(body.subarray(SIZ_FIXED_BYTES));
  }

  /** Each component: sign and precision, then its sampling across and down. A DICOM image samples none more coarsely (PS3.5 §8.2.4). */
  #components(body: Uint8Array): void {
    let most = 0;
    for (let at = 0; at + 2 < body.length; at += 3) {
      most = Math.max(most, ((body[at] ?? 0) & 0x7f) + 1);
      if (body[at + 1] !== 1 || body[at + 2] !== 1) this.#tell('header');
    }
    if (most > MOST_PRECISION) this.#tell('header');
    else judgePrecision(this.#image, most, this.#tell);
  }

  #coding(body: Uint8Array): void {
    const [progression, layers, levels] = [body[1] ?? 0, be16(body, 2), body[5] ?? 0];
    const [across, down, style, transform] = [body[6] ?? 0, body[7] ?? 0, body[8] ?? 0, body[9] ?? 0];
    const areBlocks =
      across <= MOST_BLOCK_EXPONENT && down <= MOST_BLOCK_EXPONENT && across + down <= MOST_BLOCK_EXPONENT;
    if (body.length < 10 || progression > 4 || layers === 0 || levels > MOST_LEVELS || !areBlocks || transform > 1) {
      this.#tell('header');
      return;
    }
    const isHighThroughput = (style & HT_STYLE) !== 0 || this.#hasCapability;
    const uid = this.#image.transferSyntaxUid;
    if (isHighThroughput !== (transferSyntax(uid)?.codec === 'htj2k')) this.#tell('process');
    else if (transform === 0 && LOSSLESS.some((tail) => uid.endsWith(tail))) this.#tell('process');
  }

  #tilePart(body: Uint8Array): void {
    const [tile, length] = [be16(body, 0), be32(body, 2)];
    this.#parts += 1;
    if (body.length !== 8 || tile >= this.#tiles || (length > 0 && length < SOT_BYTES + 2)) {
      this.#tell(this.#hasSize ? 'tiles' : 'header');
      this.#finish();
    } else if (length === 0) this.#segments.stop();
    else this.#segments.skip(length - SOT_BYTES);
  }
}

const LOSSLESS: readonly string[] = ['.4.90', '.4.201', '.4.202'];

function isWanted(marker: number): boolean {
  return marker === SIZ || marker === CAP || marker === COD || marker === SOT;
}

function isAlone(marker: number): boolean {
  return marker === SOC || marker === SOD || marker === EOC || (marker >= 0x30 && marker <= 0x3f);
}

/** Tiles of an image (ISO 15444-1 §B.3); 0 when their grid is impossible. */
function tilesOf(siz: Uint8Array): number {
  const axis = (end: number, origin: number, size: number, tileOrigin: number): number => {
    const isPossible = size > 0 && tileOrigin <= origin && tileOrigin + size > origin;
    return isPossible ? Math.ceil((end - tileOrigin) / size) : 0;
  };
  const across = axis(be32(siz, 2), be32(siz, 10), be32(siz, 18), be32(siz, 26));
  return across * axis(be32(siz, 6), be32(siz, 14), be32(siz, 22), be32(siz, 30));
}
