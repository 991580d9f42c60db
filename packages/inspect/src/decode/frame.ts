/** A frame's pixels: rows from the top, pixel by pixel, samples together; numbers of 8, 16 or 32 bits, the low byte first. */
export interface DecodedFrame {
  readonly rows: number;
  readonly columns: number;
  readonly samples: number;
  readonly bits: 8 | 16 | 32;
  readonly isSigned: boolean;
  /** The decoder has made RGB of it, whatever the object calls its colours. */
  readonly isRgb: boolean;
  readonly pixels: Uint8Array;
}

/**
 * What came of a frame. `refused`: the decoder says it is damaged. `trapped`: the decoder broke on it. `larger`: by its own header larger
 * than the object says, not decoded. `too-large`: more pixels than are decoded here. `unsupported`: nothing here decodes this kind.
 */
export type DecodeOutcome =
  | { readonly kind: 'decoded'; readonly frame: DecodedFrame }
  | { readonly kind: 'refused' | 'trapped' | 'larger' | 'too-large' | 'unsupported' };

/** Samples of one frame that are decoded; JPEG 2000 takes some 12 bytes for each. The largest radiographs have 30 million. */
export const MOST_SAMPLES = 64 * 1024 * 1024;

export const REFUSED: DecodeOutcome = { kind: 'refused' };
export const UNSUPPORTED: DecodeOutcome = { kind: 'unsupported' };

/** A decoder's say, made a frame if it is one whole. */
export function decoded(frame: DecodedFrame): DecodeOutcome {
  const { rows, columns, samples, bits, pixels } = frame;
  return pixels.length >= (rows * columns * samples * bits) / 8 ? { kind: 'decoded', frame } : REFUSED;
}
