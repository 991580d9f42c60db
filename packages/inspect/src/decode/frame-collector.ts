import { type ElementHead, TAG, type Tag, transferSyntax } from '@leadglass/dicom';
import { latin1 } from '../bytes.ts';
import { DeclaredCollector } from '../codec/collected.ts';
import { Frames } from '../codec/frames.ts';
import { type DeclaredImage, familyOf } from '../codec/image.ts';
import type { Inspector, InspectorMaker, Scene } from '../inspector.ts';
import { decodeFrame } from './decode.ts';
import { MOST_SAMPLES } from './frame.ts';
import { nativeFrameBytes } from './native.ts';
import { preview, type View } from './preview.ts';

/** The most that is kept of one frame, in bytes. */
const MOST_FRAME_BYTES = 4 * MOST_SAMPLES;

const NUMBERS = new Map<Tag, 'center' | 'width' | 'intercept' | 'slope'>([
  [0x00281050, 'center'],
  [0x00281051, 'width'],
  [0x00281052, 'intercept'],
  [0x00281053, 'slope'],
]);

/** Which image of an object is wanted, and how. */
export interface PreviewWish {
  /** Counted from 0, which is its default. */
  readonly frame?: number;
  /** In place of the object's own. */
  readonly window?: { readonly center: number; readonly width: number };
}

/**
 * Collects one frame of an object's own pixel data, compressed or not, and how it is shown: hand `maker` to an inspection, push the
 * object, then ask for `preview`. Keeps one frame; what is too large gives no preview.
 */
export class FrameCollector {
  readonly #wish: PreviewWish;
  readonly #frame: number;
  #declared: DeclaredCollector | undefined;
  #image: DeclaredImage | undefined;
  readonly #pieces: Uint8Array[] = [];
  #bytes = 0;
  #wanted = 0;
  /** Bytes of uncompressed frames before the one wanted. */
  #before = 0;
  #isTooLarge = false;
  /** By name: top-level values go before those of functional groups. */
  readonly #numbers = new Map<string, { readonly value: number; readonly depth: number }>();

  constructor(wish: PreviewWish = {}) {
    this.#wish = wish;
    this.#frame = wish.frame ?? 0;
  }

  readonly maker: InspectorMaker = (scene) => {
    const declared = new DeclaredCollector(scene.context.transferSyntaxUid);
    this.#declared = declared;
    return {
      name: 'frame',
      beginning: (head, bytes) => {
        declared.beginning(head, bytes);
        this.#number(head, bytes);
      },
      ...(transferSyntax(scene.context.transferSyntaxUid)?.kind === 'encapsulated'
        ? this.#compressed(scene, declared)
        : this.#native(declared)),
    };
  };

  /** A PNG of that frame, at most PREVIEW_SIDE a side; undefined when there is none such, or it cannot be decoded. */
  async preview(): Promise<Uint8Array | undefined> {
    const image = this.#image;
    if (image === undefined || this.#isTooLarge) return undefined;
    const outcome = await decodeFrame(Buffer.concat(this.#pieces), image);
    return outcome.kind === 'decoded' ? preview(outcome.frame, this.#view(image)) : undefined;
  }

  #compressed(scene: Scene, declared: DeclaredCollector): Partial<Inspector> {
    const family = familyOf(scene.context.transferSyntaxUid);
    let isWanted = false;
    const listener = {
      begin: (frame: number): void => {
        isWanted = frame === this.#frame;
        if (isWanted) this.#begin(declared.image, MOST_FRAME_BYTES);
      },
      bytes: (piece: Uint8Array): void => {
        if (isWanted) this.#take(piece);
      },
      end: (): void => {
        isWanted = false;
      },
      over: (): void => {},
    };
    const frames = new Frames(
      listener,
      () => family,
      () => declared.frames === 1,
    );
    return frames.listening();
  }

  #native(declared: DeclaredCollector): Partial<Inspector> {
    return {
      element: (head) => {
        this.#wanted = 0;
        if (head.depth === 0 && head.tag === TAG.PixelData) this.#beginNative(declared);
      },
      value: (bytes) => {
        if (this.#wanted === 0) return;
        const skipped = Math.min(this.#before, bytes.length);
        this.#before -= skipped;
        const rest = bytes.subarray(skipped);
        if (this.#bytes < this.#wanted) this.#take(rest.subarray(0, this.#wanted - this.#bytes));
      },
    };
  }

  #beginNative({ image, frames }: DeclaredCollector): void {
    if (this.#frame >= frames) return;
    const bytes = nativeFrameBytes(image);
    // Frames of single bits follow one another without a gap (PS3.5 §8.1.1): only those that begin a byte are shown.
    const bits = this.#frame * image.rows * image.columns * image.samplesPerPixel * image.bitsAllocated;
    if (bits % 8 !== 0) return;
    this.#before = bits / 8;
    this.#begin(image, bytes);
  }

  #begin(image: DeclaredImage, wanted: number): void {
    this.#image = image;
    this.#wanted = wanted;
    this.#isTooLarge = wanted > MOST_FRAME_BYTES;
    if (this.#isTooLarge) this.#wanted = 0;
  }

  #take(piece: Uint8Array): void {
    if (this.#bytes + piece.length > MOST_FRAME_BYTES) this.#isTooLarge = true;
    if (this.#isTooLarge) return;
    this.#bytes += piece.length;
    // Not `slice`: of a Buffer that is a view, and whoever reads may use its own again.
    this.#pieces.push(new Uint8Array(piece));
  }

  #number(head: ElementHead, bytes: Uint8Array): void {
    const name = NUMBERS.get(head.tag);
    if (name === undefined || this.#declared === undefined) return;
    const value = Number.parseFloat(latin1(bytes).split('\\')[0] ?? '');
    const known = this.#numbers.get(name);
    if (!Number.isFinite(value) || (known !== undefined && known.depth <= head.depth)) return;
    this.#numbers.set(name, { value, depth: head.depth });
  }

  #view({ photometric, bitsStored, isSigned }: DeclaredImage): View {
    const of = (name: string): number | undefined => this.#numbers.get(name)?.value;
    const [center, width] = [of('center'), of('width')];
    const own = center === undefined || width === undefined ? undefined : { center, width };
    const window = this.#wish.window ?? own;
    const slope = of('slope') ?? 1;
    return {
      photometric,
      bitsStored,
      isSigned,
      slope: slope === 0 ? 1 : slope,
      intercept: of('intercept') ?? 0,
      window,
    };
  }
}
