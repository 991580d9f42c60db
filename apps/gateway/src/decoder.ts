import { decodeFrame, FileInspection, FrameCollector } from '@leadglass/inspect';
import { CataloguedAttributes } from '@leadglass/relay';
import type { FromDecoder, ToDecoder } from './decoder-messages.ts';
import { AttributeReader } from './viewing/attribute-page.ts';
import { renderFrame } from './viewing/render-frame.ts';

/**
 * The process in which compressed images are decoded, started by DecoderHost under Node's permission model: it may read the program and
 * nothing else, has no network, no other process, writes nothing, and knows no key. It may break or hang: its host ends it then.
 */

/** What the memory of a codec may grow to. */
const MOST_WASM_BYTES = 1536 * 1024 * 1024;

interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** A codec that asks for more memory is told that there is none: it gives up in order, and the machine keeps what it has. */
function boundWasmMemory(): void {
  const { WebAssembly: wasm } = globalThis as unknown as { WebAssembly: { Memory: { prototype: WasmMemory } } };
  const { prototype } = wasm.Memory;
  const grow = prototype.grow;
  prototype.grow = function bounded(this: WasmMemory, pages: number): number {
    if (this.buffer.byteLength + pages * 65_536 > MOST_WASM_BYTES) throw new RangeError('bound of ours');
    return grow.call(this, pages);
  };
}

/** The present job: bytes are taken until they are all there, or no more are needed. */
interface Work {
  readonly message: ToDecoder;
  left: number;
  /** Whether it can answer already. */
  isEnough?(): boolean;
  take(bytes: Uint8Array): void;
  finish(): Promise<FromDecoder>;
}

function trial(message: ToDecoder & { readonly t: 'trial' }): Work {
  const pieces: Uint8Array[] = [];
  return {
    message,
    left: message.bytes,
    take: (bytes) => void pieces.push(bytes),
    async finish() {
      const { kind } = await decodeFrame(Buffer.concat(pieces), message.image);
      return { t: 'outcome', job: message.job, outcome: kind };
    },
  };
}

function preview(message: ToDecoder & { readonly t: 'preview' }): Work {
  const collector = new FrameCollector(message.wish);
  const inspection = new FileInspection({ inspectors: [collector.maker] });
  return {
    message,
    left: message.bytes,
    take: (bytes) => inspection.push(bytes),
    async finish() {
      inspection.end();
      const png = await collector.preview();
      return { t: 'previewed', job: message.job, png: Buffer.from(png ?? []).toString('base64') };
    },
  };
}

function attributes(message: ToDecoder & { readonly t: 'attributes' }): Work {
  const reader = new AttributeReader(message.question);
  return {
    message,
    left: message.bytes,
    take: (bytes) => reader.push(bytes),
    isEnough: () => reader.isFull,
    finish: async () => ({ t: 'attributes', job: message.job, page: reader.end() }),
  };
}

function render(message: ToDecoder & { readonly t: 'render' }): Work {
  const pieces: Uint8Array[] = [];
  return {
    message,
    left: message.bytes,
    take: (bytes) => void pieces.push(bytes),
    async finish() {
      const picture = await renderFrame(Buffer.concat(pieces), message);
      if (picture !== undefined) process.stdout.write(picture);
      return { t: 'rendered', job: message.job, bytes: picture?.length ?? 0 };
    },
  };
}

function catalogued(message: ToDecoder & { readonly t: 'catalogued' }): Work {
  const found = new CataloguedAttributes();
  const inspection = new FileInspection({ inspectors: [found.maker] });
  return {
    message,
    left: message.bytes,
    take: (bytes) => inspection.push(bytes),
    async finish() {
      const { isPast: isWhole } = found;
      inspection.end();
      return { t: 'catalogued', job: message.job, attributes: found.json.reveal(), isWhole };
    },
  };
}

function workOf(message: ToDecoder): Work {
  if (message.t === 'catalogued') return catalogued(message);
  if (message.t === 'trial') return trial(message);
  if (message.t === 'render') return render(message);
  return message.t === 'preview' ? preview(message) : attributes(message);
}

let work: Work | undefined;

function tell(message: FromDecoder): void {
  process.send?.(message, undefined, undefined, () => {});
}

function begin(message: ToDecoder): void {
  work = workOf(message);
  if (work.left === 0) void finish(work);
  else process.stdin.resume();
}

function take(bytes: Buffer): void {
  if (work === undefined) return;
  work.left -= bytes.length;
  work.take(bytes);
  if (work.left > 0 && work.isEnough?.() !== true) return;
  process.stdin.pause();
  void finish(work);
}

// Whatever is thrown ends the process: the host starts another.
async function finish(done: Work): Promise<void> {
  work = undefined;
  tell(await done.finish());
}

boundWasmMemory();
process.stdin.on('data', take);
process.stdin.pause();
process.on('message', begin);
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
tell({ t: 'ready' });
