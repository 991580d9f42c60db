import { DeclaredCollector } from '../codec/collected.ts';
import { Frames, LEAD_BYTES } from '../codec/frames.ts';
import { type CodecWord, type Family, familyOf, familyShown, type HeaderReader, type Tell } from '../codec/image.ts';
import { JpegReader } from '../codec/jpeg.ts';
import { Jpeg2000Reader } from '../codec/jpeg-2000.ts';
import { CODEC_KINDS } from '../codec/kinds.ts';
import { RleReader } from '../codec/rle.ts';
import type { Inspector, Scene } from '../inspector.ts';

/** Compressed frames of the object itself: what each one's own header says, against the declared image (INSPECT-170 to 179). Decodes nothing. */
export function codec(scene: Scene): Inspector {
  const eye = new CodecEye(scene);
  const frames = new Frames(
    eye,
    () => eye.family,
    () => eye.declared.frames === 1,
  );
  return {
    name: 'codec',
    beginning: (head, bytes) => eye.declared.beginning(head, bytes),
    ...frames.listening(),
  };
}

/** First four bytes of a JPEG 2000 file's signature box (ISO 15444-1 §I.5.1). */
const BOX: readonly number[] = [0, 0, 0, 0x0c];

class CodecEye {
  readonly declared: DeclaredCollector;
  readonly family: Family | undefined;
  readonly #scene: Scene;
  /** Each kind is told once an object: a hundred frames have the same header. */
  readonly #told = new Set<CodecWord>();
  #reader: HeaderReader | undefined;
  /** The frame begins as no codestream does: its length tells whether it is plain pixels. */
  #isStrange = false;
  #frames = 0;
  #frameBytes = 0;
  #offset = 0;
  readonly #tail = new Uint8Array(LEAD_BYTES);
  #tailBytes = 0;

  constructor(scene: Scene) {
    this.#scene = scene;
    this.declared = new DeclaredCollector(scene.context.transferSyntaxUid);
    this.family = familyOf(scene.context.transferSyntaxUid);
  }

  begin(_frame: number, lead: Uint8Array, offset: number): void {
    this.#offset = offset;
    this.#frames += 1;
    [this.#frameBytes, this.#tailBytes, this.#isStrange] = [0, 0, false];
    this.#reader = this.#readerOf(lead);
  }

  bytes(piece: Uint8Array): void {
    this.#frameBytes += piece.length;
    this.#keepTail(piece);
    const reader = this.#reader;
    if (reader !== undefined && !reader.isDone) reader.push(piece);
  }

  end(): void {
    this.#reader?.end(this.#frameBytes, this.#tail.subarray(LEAD_BYTES - this.#tailBytes));
    this.#reader = undefined;
    if (this.#isStrange) this.#tell(this.#isNative() ? 'native' : 'no-image');
  }

  /** As many fragments as frames are declared, and one of them begins as no frame does: it hides behind the one before. */
  over(fragments: number): void {
    const { frames } = this.declared;
    const isMarked = this.family === 'jpeg' || this.family === 'jpeg-2000';
    if (isMarked && frames > 1 && fragments === frames && this.#frames < frames) this.#tell('no-image');
  }

  readonly #tell: Tell = (word) => {
    if (this.#told.has(word)) return;
    this.#told.add(word);
    this.#scene.find(CODEC_KINDS[word], { path: '(7FE0,0010)', offset: this.#offset });
  };

  #readerOf(lead: Uint8Array): HeaderReader | undefined {
    // A stream of deflate has no header to speak of: the trial decoding unpacks it, up to the image's size.
    if (this.family === 'deflate') return undefined;
    const shown = familyShown(lead);
    const image = this.declared.image;
    if (shown === 'jpeg') {
      if (this.family !== 'jpeg') this.#tell('other-codec');
      return new JpegReader(image, this.#tell);
    }
    if (shown === 'jpeg-2000') {
      if (this.family !== 'jpeg-2000') this.#tell('other-codec');
      return new Jpeg2000Reader(image, this.#tell);
    }
    if (this.family === 'rle') return new RleReader(image, this.#tell);
    this.#strange(lead);
    return undefined;
  }

  #strange(lead: Uint8Array): void {
    if (this.family === 'jpeg-2000' && BOX.every((byte, at) => lead[at] === byte)) this.#tell('wrapped');
    // Too short to begin a frame: cut, not something else.
    else if (lead.length < LEAD_BYTES) this.#tell('no-data');
    else this.#isStrange = true;
  }

  /** As long as the frame's pixels would be uncompressed, give or take the byte that makes it even. */
  #isNative(): boolean {
    const { rows, columns, samplesPerPixel, bitsAllocated } = this.declared.image;
    const surplus = this.#frameBytes - Math.ceil((rows * columns * samplesPerPixel * bitsAllocated) / 8);
    return Math.min(rows, columns, samplesPerPixel, bitsAllocated) > 0 && (surplus === 0 || surplus === 1);
  }

  #keepTail(piece: Uint8Array): void {
    const kept = Math.min(LEAD_BYTES, piece.length);
    if (kept < LEAD_BYTES) this.#tail.copyWithin(0, kept);
    this.#tail.set(piece.subarray(piece.length - kept), LEAD_BYTES - kept);
    this.#tailBytes = Math.min(LEAD_BYTES, this.#tailBytes + kept);
  }
}
