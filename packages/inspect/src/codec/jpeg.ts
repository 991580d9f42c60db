import { transferSyntax } from '@leadglass/dicom';
import {
  type DeclaredImage,
  type HeaderReader,
  judgeComponents,
  judgeDimensions,
  judgePrecision,
  type Tell,
} from './image.ts';
import { areHuffmanTablesSound, arePresetsSound, areQuantizationTablesSound } from './jpeg-tables.ts';
import { be16, type SegmentListener, Segments } from './segments.ts';

const DHT = 0xc4;
const DAC = 0xcc;
const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const DQT = 0xdb;
const DHP = 0xde;
const SOF_LS = 0xf7;
const LSE = 0xf8;
const TEM = 0x01;

/** What a start of frame says (ISO 10918-1 §B.2.2, ISO 14495-1 §C.2.2). */
interface Frame {
  readonly marker: number;
  readonly bits: number;
  readonly rows: number;
  readonly columns: number;
  readonly components: readonly Component[];
}

interface Component {
  readonly id: number;
  readonly across: number;
  readonly down: number;
}

/** Reads the header of a JPEG or JPEG-LS frame up to its first scan and holds it against the declared image (INSPECT-170 to 174). */
export class JpegReader implements HeaderReader, SegmentListener {
  readonly #image: DeclaredImage;
  readonly #tell: Tell;
  readonly #segments: Segments;
  #frame: Frame | undefined;
  #isHierarchical = false;
  /** Where the first scan's data begins; -1 while there is none. */
  #dataStart = -1;
  #isBroken = false;
  #preset: Uint8Array | undefined;

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
    if (this.#segments.isDone && this.#dataStart < 0) this.#dataStart = this.#segments.seen;
  }

  segment(marker: number, body: Uint8Array, length: number): void {
    if (marker === DHT && !areHuffmanTablesSound(body, length)) this.#tell('tables');
    else if (marker === DQT && !areQuantizationTablesSound(body, length)) this.#tell('tables');
    else if (marker === LSE) this.#presets(body, length);
    else if (marker === DHP) this.#isHierarchical = true;
    else if (marker === SOS) this.#scan(body);
    else if (isStartOfFrame(marker)) this.#startOfFrame(marker, body);
  }

  marker(marker: number): void {
    if (marker !== EOI) return;
    this.#isBroken = true;
    this.#tell('no-data');
    this.#segments.stop();
  }

  odd(): void {
    this.#tell('odd-marker');
  }

  broken(): void {
    this.#isBroken = true;
    this.#tell('header');
  }

  end(frameBytes: number, tail: Uint8Array): void {
    if (this.#isBroken) return;
    if (!this.#segments.isDone) {
      this.#tell('no-data');
      return;
    }
    if (frameBytes - this.#dataStart < leastBytes(this.#frame)) this.#tell('no-data');
    else if (!endsWithEoi(tail)) this.#tell('cut');
  }

  #startOfFrame(marker: number, body: Uint8Array): void {
    if (this.#frame !== undefined && !this.#isHierarchical) this.#tell('header');
    const frame = frameOf(marker, body);
    if (frame === undefined) {
      this.#tell('header');
      return;
    }
    this.#frame = frame;
    judgeDimensions(this.#image, frame.rows, frame.columns, this.#tell);
    judgePrecision(this.#image, frame.bits, this.#tell);
    judgeComponents(this.#image, frame.components.length, this.#tell);
    if (!isDeclaredProcess(this.#image.transferSyntaxUid, marker, frame.bits)) this.#tell('process');
    if (marker === SOF_LS && this.#preset !== undefined) this.#presets(this.#preset, this.#preset.length);
  }

  /** Type 1 alone has limits to hold; type 4 gives dimensions past 65,535, which no DICOM image has. */
  #presets(body: Uint8Array, length: number): void {
    if (body[0] === 4) this.#tell('dimensions');
    else if (body[0] === undefined || body[0] === 0 || body[0] > 4) this.#tell('tables');
    if (body[0] !== 1) return;
    if (this.#frame === undefined) this.#preset = body.slice(0, 16);
    else if (length !== body.length || !arePresetsSound(body, this.#frame.bits)) this.#tell('tables');
  }

  #scan(body: Uint8Array): void {
    this.#segments.stop();
    const frame = this.#frame;
    const count = body[0] ?? 0;
    if (frame === undefined || !isScanSound(frame, body, count)) {
      this.#isBroken = true;
      this.#tell('header');
      return;
    }
    if (frame.marker === SOF_LS) this.#jpegLsScan(frame, body, count);
    else if (isLossless(frame.marker)) this.#losslessScan(frame, body, count);
  }

  #jpegLsScan(frame: Frame, body: Uint8Array, count: number): void {
    const [near, interleave] = [body[1 + 2 * count] ?? 0, body[2 + 2 * count] ?? 0];
    if (interleave > 2 || near > (2 ** frame.bits - 1) / 2) this.#tell('header');
    if (near > 0 && this.#image.transferSyntaxUid.endsWith('.4.80')) this.#tell('process');
  }

  /** Predictors 1 to 7 (ISO 10918-1 §H.1.2.1); 0 in hierarchical frames alone. Process 14 SV1 has predictor 1. */
  #losslessScan(frame: Frame, body: Uint8Array, count: number): void {
    const [predictor, shift] = [body[1 + 2 * count] ?? 0, (body[3 + 2 * count] ?? 0) & 0x0f];
    if (predictor > 7 || (predictor === 0 && !this.#isHierarchical) || shift >= frame.bits) this.#tell('header');
    else if (predictor !== 1 && this.#image.transferSyntaxUid.endsWith('.4.70')) this.#tell('process');
  }
}

function isStartOfFrame(marker: number): boolean {
  return marker === SOF_LS || (marker >= 0xc0 && marker <= 0xcf && marker !== DHT && marker !== 0xc8 && marker !== DAC);
}

function isWanted(marker: number): boolean {
  return [DHT, DQT, SOS, DHP, LSE].includes(marker) || isStartOfFrame(marker);
}

function isAlone(marker: number): boolean {
  return marker === TEM || marker === SOI || marker === EOI || (marker >= 0xd0 && marker <= 0xd7);
}

function isLossless(marker: number): boolean {
  return marker === 0xc3 || marker === 0xc7 || marker === 0xcb || marker === 0xcf;
}

function frameOf(marker: number, body: Uint8Array): Frame | undefined {
  const count = body[5] ?? 0;
  const frame = { marker, bits: body[0] ?? 0, rows: be16(body, 1), columns: be16(body, 3) };
  if (count === 0 || body.length !== 6 + 3 * count || frame.columns === 0) return undefined;
  if (frame.bits < 2 || frame.bits > 16) return undefined;
  const components = Array.from({ length: count }, (_, at) => componentOf(body, 6 + 3 * at));
  const areSound = components.every(({ across, down }) => across >= 1 && across <= 4 && down >= 1 && down <= 4);
  const isEachOnce = new Set(components.map(({ id }) => id)).size === count;
  const areTables = components.every((_, at) => (body[8 + 3 * at] ?? 0) <= 3 || marker === SOF_LS);
  return areSound && isEachOnce && areTables ? { ...frame, components } : undefined;
}

function componentOf(body: Uint8Array, at: number): Component {
  const factors = body[at + 1] ?? 0;
  return { id: body[at] ?? 0, across: factors >>> 4, down: factors & 0x0f };
}

/** One to four components, each of the frame and once (ISO 10918-1 §B.2.3); tables 0 to 3 but in JPEG-LS, which maps there. */
function isScanSound(frame: Frame, body: Uint8Array, count: number): boolean {
  if (count < 1 || count > 4 || body.length !== 4 + 2 * count) return false;
  const named = Array.from({ length: count }, (_, at) => body[1 + 2 * at] ?? 0);
  const known = new Set(frame.components.map(({ id }) => id));
  if (!named.every((id) => known.has(id)) || new Set(named).size !== count) return false;
  const tables = Array.from({ length: count }, (_, at) => body[2 + 2 * at] ?? 0);
  return frame.marker === SOF_LS || tables.every((table) => table >>> 4 <= 3 && (table & 0x0f) <= 3);
}

/** Starts of frame by transfer syntax (PS3.5 §8.2.1, §8.2.3, Table A.4-1); the retired ones are taken as they come. */
const PROCESSES: Readonly<Record<string, readonly number[]>> = {
  '.4.50': [0xc0],
  '.4.51': [0xc0, 0xc1],
  '.4.57': [0xc3],
  '.4.70': [0xc3],
  '.4.80': [SOF_LS],
  '.4.81': [SOF_LS],
};

function isDeclaredProcess(transferSyntaxUid: string, marker: number, bits: number): boolean {
  const tail = /\.4\.\d+$/.exec(transferSyntaxUid)?.[0] ?? '';
  if (marker === 0xc0 && bits !== 8) return false;
  const expected = PROCESSES[tail];
  if (expected !== undefined) return expected.includes(marker);
  return (transferSyntax(transferSyntaxUid)?.codec === 'jpeg-ls') === (marker === SOF_LS);
}

/**
 * The fewest bytes that a frame's scans can take: a block needs a bit for its DC code and one for its end of block, a lossless sample one bit.
 * Progressive, arithmetic and JPEG-LS coding have no such floor but must have something.
 */
function leastBytes(frame: Frame | undefined): number {
  if (frame === undefined || (frame.marker !== 0xc0 && frame.marker !== 0xc1 && frame.marker !== 0xc3)) return 1;
  const widest = Math.max(...frame.components.map(({ across }) => across));
  const highest = Math.max(...frame.components.map(({ down }) => down));
  const bits = frame.components.reduce((sum, { across, down }) => {
    const [columns, rows] = [Math.ceil((frame.columns * across) / widest), Math.ceil((frame.rows * down) / highest)];
    return sum + (frame.marker === 0xc3 ? columns * rows : Math.ceil(columns / 8) * Math.ceil(rows / 8) * 2);
  }, 0);
  return Math.max(1, Math.floor(bits / 8));
}

/** EOI, a byte of padding behind it or none (PS3.5 §A.4.1); devices pad with more. */
function endsWithEoi(tail: Uint8Array): boolean {
  for (let at = tail.length - 2; at >= 0; at -= 1) if (tail[at] === 0xff && tail[at + 1] === EOI) return true;
  return false;
}
