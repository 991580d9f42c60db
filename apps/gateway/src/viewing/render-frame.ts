import { decodeFrame, picture } from '@leadglass/inspect';
import type { ToDecoder } from '../decoder-messages.ts';

/** One frame as asked for: a picture, or its pixels alone; undefined when it cannot be decoded or shown. Called in a decoder process alone. */
export async function renderFrame(
  bytes: Uint8Array,
  { image, form }: ToDecoder & { readonly t: 'render' },
): Promise<Uint8Array | undefined> {
  const outcome = await decodeFrame(bytes, image);
  if (outcome.kind !== 'decoded') return undefined;
  const { frame } = outcome;
  const { type, quality, viewport, region, slope, intercept, window } = form;
  if (type === 'raw') {
    // Pixels of another shape than declared would be read as something else than they are.
    const isAsDeclared =
      frame.rows === image.rows && frame.columns === image.columns && frame.samples === image.samplesPerPixel;
    if (!isAsDeclared || frame.bits !== image.bitsAllocated) return undefined;
    return Buffer.concat([Uint8Array.of(frame.isRgb ? 1 : 0), frame.pixels]);
  }
  // A palette's numbers are no shades: shown as such they would be another image.
  if (image.photometric.startsWith('PALETTE')) return undefined;
  const { photometric, bitsStored, isSigned } = image;
  return picture(
    frame,
    { photometric, bitsStored, isSigned, slope, intercept, window },
    { type, quality, viewport, region },
  );
}
