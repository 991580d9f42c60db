import type { DecoderPool } from '../decoder-pool.ts';
import type { OpenObject } from './pourer.ts';
import type { WebRender } from './web-messages.ts';

/** Larger frames are not decoded. */
const MOST_FRAME_BYTES = 256 * 1024 * 1024;

/** One frame decoded and made a picture, its length first (4 bytes, big endian): 0 when there is none. */
export async function* rendered(
  decoders: DecoderPool,
  object: OpenObject,
  { ranges, image, form }: WebRender,
): AsyncGenerator<Uint8Array, void, undefined> {
  const bytes = ranges.reduce((sum, [from, to]) => sum + to - from, 0);
  const picture =
    bytes > MOST_FRAME_BYTES
      ? undefined
      : await decoders.render({ bytes, open: () => pieces(object, ranges) }, image, form);
  const head = Buffer.alloc(4);
  head.writeUInt32BE(picture?.length ?? 0);
  yield head;
  if (picture !== undefined) yield picture;
}

async function* pieces(
  object: OpenObject,
  ranges: readonly (readonly [number, number])[],
): AsyncGenerator<Uint8Array, void, undefined> {
  for (const [from, to] of ranges) yield* object.read(from, to);
}
