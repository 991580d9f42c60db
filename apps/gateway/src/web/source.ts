import { createInflateRaw } from 'node:zlib';
import { EXPLICIT_VR_LITTLE_ENDIAN, encodingOf } from '@leadglass/dicom';
import type { Call, FileRange } from './call.ts';
import type { WebInstance } from './web-messages.ts';

/** An object's data set, read at any place; a deflated one as if it lay there inflated. Places are counted from its beginning. */
export interface Source {
  readonly instance: WebInstance;
  /** How what is read is encoded. */
  readonly transferSyntaxUid: string;
  /** Where it lies in the file; undefined for a deflated one. */
  fileRange(range: FileRange): FileRange | undefined;
  read(range: FileRange): AsyncGenerator<Uint8Array, void, undefined>;
  /** From a place to the end, more at a time the further it gets: who stops early has little read in vain. */
  from(offset: number): AsyncGenerator<Uint8Array, void, undefined>;
}

const FIRST_BYTES = 64 * 1024;
const MOST_BYTES = 8 * 1024 * 1024;
/** As far as a deflated data set is inflated. */
const MOST_INFLATED_BYTES = 4 * 2 ** 30;

/** The data set of a granted object. */
export function sourceOf(call: Call, instance: WebInstance): Source {
  return encodingOf(instance.transferSyntaxUid) === 'deflated' ? deflated(call, instance) : plain(call, instance);
}

function plain(call: Call, instance: WebInstance): Source {
  const { metaBytes, plainBytes, transferSyntaxUid } = instance;
  const fileRange = ([from, to]: FileRange): FileRange => [metaBytes + from, Math.min(metaBytes + to, plainBytes)];
  return {
    instance,
    transferSyntaxUid,
    fileRange,
    read: (range) => call.read(instance, fileRange(range)),
    async *from(offset) {
      let step = FIRST_BYTES;
      for (let at = offset; metaBytes + at < plainBytes; at += step, step = Math.min(MOST_BYTES, step * 2))
        yield* call.read(instance, fileRange([at, at + step]));
    },
  };
}

function deflated(call: Call, instance: WebInstance): Source {
  const { metaBytes, plainBytes } = instance;
  const from = async function* (offset: number, to = MOST_INFLATED_BYTES): AsyncGenerator<Uint8Array, void, undefined> {
    let at = 0;
    for await (const piece of inflated(call.read(instance, [metaBytes, plainBytes]))) {
      const cut = piece.subarray(Math.max(0, offset - at), Math.max(0, to - at));
      at += piece.length;
      if (cut.length > 0) yield cut;
      if (at >= to) return;
    }
  };
  return {
    instance,
    transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN,
    fileRange: () => undefined,
    read: ([first, last]) => from(first, last),
    from: (offset) => from(offset),
  };
}

/** Raw deflate undone piece by piece. The object was inflated when it came in: it is sound, and its size was judged. */
async function* inflated(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void, undefined> {
  const inflate = createInflateRaw();
  const fed = (async () => {
    for await (const piece of pieces) {
      if (inflate.destroyed) return;
      if (!inflate.write(piece))
        await new Promise<void>((resolve) => inflate.once('drain', resolve).once('close', resolve));
    }
    inflate.end();
  })().catch((thrown: unknown) => void inflate.destroy(thrown instanceof Error ? thrown : undefined));
  try {
    for await (const piece of inflate) yield piece as Buffer;
  } finally {
    inflate.destroy();
    await fed;
  }
}
