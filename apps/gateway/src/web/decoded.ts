import { TAG, type Tag, transferSyntax } from '@leadglass/dicom';
import type { DeclaredImage } from '@leadglass/inspect';
import { CallBroken, type FileRange } from './call.ts';
import type { Exchange } from './exchange.ts';
import { sourceOf } from './source.ts';
import type { RenderForm, WebInstance } from './web-messages.ts';

/** Codecs that the sandboxed decoder undoes. */
const DECODABLE: ReadonlySet<string> = new Set(['jpeg', 'jpeg-ls', 'jpeg-2000', 'htj2k', 'rle', 'deflate', 'none']);

/** Whether frames compressed so can be decoded here, as far as the transfer syntax tells. */
export function isDecodable(transferSyntaxUid: string): boolean {
  return DECODABLE.has(transferSyntax(transferSyntaxUid)?.codec ?? '');
}

/** The frames of a compressed object, decoded as they are asked for. */
export interface DecodedFrames {
  readonly image: DeclaredImage;
  readonly count: number;
  readonly frameBytes: number;
  /** What the object says of its pixels once they are decoded. */
  readonly attributes: ReadonlyMap<Tag, Uint8Array>;
  /** Throws CallBroken when it cannot be decoded after all. */
  frame(index: number): Promise<Uint8Array>;
  /** Where the data set goes on behind them. */
  end(): Promise<number>;
}

/** Longest value with a defined length (PS3.5 §7.1). */
const MOST_LENGTH = 0xfffffffe;
const RAW: RenderForm = { type: 'raw', quality: 90, slope: 1, intercept: 0 };
/** Before the pixels: whether the decoder made RGB of them. */
const FLAG_BYTES = 1;

/** The frames of `instance`; undefined when there are none, or the first cannot be decoded. */
export async function decodedFrames(exchange: Exchange, instance: WebInstance): Promise<DecodedFrames | undefined> {
  const { image, frames } = await exchange.maps.map(exchange.call, instance);
  const places = await exchange.maps.places(exchange.call, instance);
  const first = await decodedFrame(exchange, instance, 0);
  if (places === undefined || first === undefined) return undefined;
  const { rows, columns, samplesPerPixel, bitsAllocated } = image;
  const frameBytes = (rows * columns * samplesPerPixel * bitsAllocated) / 8;
  if (first.pixels.length !== frameBytes || frameBytes * frames > MOST_LENGTH) return undefined;
  return {
    image,
    count: frames,
    frameBytes,
    attributes: attributesOf(image, first.isRgb),
    frame: async (index) => {
      const decoded = index === 0 ? first : await decodedFrame(exchange, instance, index);
      if (decoded?.pixels.length !== frameBytes) throw new CallBroken();
      return decoded.pixels;
    },
    end: places.end,
  };
}

/** One frame, from 0, as Explicit VR Little Endian has it; undefined when it cannot be decoded. */
export async function decodedFrame(
  { call, maps }: Exchange,
  instance: WebInstance,
  index: number,
): Promise<{ readonly pixels: Uint8Array; readonly isRgb: boolean } | undefined> {
  const { image } = await maps.map(call, instance);
  const ranges = await (await maps.places(call, instance))?.of(index);
  const inFile = ranges === undefined ? undefined : fileRanges(sourceOf(call, instance), ranges);
  if (inFile === undefined) return undefined;
  const raw = await call.render(instance, inFile, image, RAW);
  return raw === undefined ? undefined : { pixels: raw.subarray(FLAG_BYTES), isRgb: raw[0] === 1 };
}

/** The same stretches in the file; undefined for what lies nowhere as it is (a deflated data set). */
export function fileRanges(
  source: ReturnType<typeof sourceOf>,
  ranges: readonly FileRange[],
): readonly FileRange[] | undefined {
  const found = ranges.map((range) => source.fileRange(range));
  return found.every((range) => range !== undefined) ? found : undefined;
}

/** Samples lie together, and colours are RGB where the decoder made them so. */
function attributesOf({ samplesPerPixel, photometric }: DeclaredImage, isRgb: boolean): ReadonlyMap<Tag, Uint8Array> {
  if (samplesPerPixel < 3) return new Map();
  const name = isRgb ? 'RGB ' : undefined;
  const written = name ?? (photometric === 'YBR_FULL_422' ? 'YBR_FULL' : undefined);
  return new Map<Tag, Uint8Array>([
    [TAG.PlanarConfiguration, new Uint8Array(2)],
    ...(written === undefined ? [] : [[TAG.PhotometricInterpretation, Buffer.from(written, 'latin1')] as const]),
  ]);
}
