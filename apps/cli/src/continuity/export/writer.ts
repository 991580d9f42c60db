import { createHash } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { CHUNK_BYTES, type ChunkRange, type ExportSealer } from './sealing.ts';

/** Something in the export: where it lies, and what it is. */
export interface Stored extends ChunkRange {
  readonly bytes: number;
  readonly sha256: string;
}

const CHUNKS_A_FOLDER = 1_000;
const PAGE = new URL('./page.html', import.meta.url);
const CHARTS = new URL('./page-charts.js', import.meta.url);

/**
 * Writes an export into a folder: `index.html`, `data/head.js`, and the chunks as scripts. A page opened from a folder may not read files beside it (fetch of `file:` is
 * refused by Chromium), but it may load scripts: each chunk is one, that hands over its number and its sealed bytes. One chunk in memory.
 */
export class ExportWriter {
  readonly #folder: string;
  readonly #sealer: ExportSealer;
  readonly #made = new Set<string>();
  #written = 0;

  constructor(folder: string, sealer: ExportSealer) {
    this.#folder = folder;
    this.#sealer = sealer;
  }

  /** Bytes written so far. */
  get written(): number {
    return this.#written;
  }

  /** Number of the chunk that comes next. */
  get next(): number {
    return this.#sealer.count;
  }

  async add(pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Stored> {
    const hash = createHash('sha256');
    const first = this.#sealer.count;
    let held: Buffer[] = [];
    let [heldBytes, bytes] = [0, 0];
    for await (const piece of pieces) {
      hash.update(piece);
      bytes += piece.byteLength;
      held.push(Buffer.from(piece));
      heldBytes += piece.byteLength;
      if (heldBytes < CHUNK_BYTES) continue;
      const whole = Buffer.concat(held);
      let at = 0;
      for (; whole.byteLength - at >= CHUNK_BYTES; at += CHUNK_BYTES)
        await this.#chunk(whole.subarray(at, at + CHUNK_BYTES));
      held = [whole.subarray(at)];
      heldBytes = whole.byteLength - at;
    }
    if (heldBytes > 0) await this.#chunk(Buffer.concat(held));
    return { first, count: this.#sealer.count - first, bytes, sha256: hash.digest('hex') };
  }

  /** The last: what is in it, and the page. */
  async finish(manifest: object): Promise<void> {
    const { first, count } = await this.add([Buffer.from(JSON.stringify(manifest))]);
    const head = this.#sealer.head({ first, count });
    await this.#file(join('data', 'head.js'), `leadglassHead(${JSON.stringify(head)})\n`);
    await this.#file('index.html', await page());
  }

  async #chunk(plain: Uint8Array): Promise<void> {
    const { index, sealed } = this.#sealer.seal(plain);
    const folder = String(Math.floor(index / CHUNKS_A_FOLDER)).padStart(4, '0');
    await this.#file(join('data', folder, `${index}.js`), `leadglassChunk(${index},"${sealed.toString('base64')}")\n`);
  }

  async #file(name: string, content: string): Promise<void> {
    const place = join(this.#folder, name);
    const folder = join(place, '..');
    if (!this.#made.has(folder)) await mkdir(folder, { recursive: true, mode: 0o700 });
    this.#made.add(folder);
    const handle = await open(place, 'wx', 0o600);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    this.#written += content.length;
  }
}

/** The page, with Argon2id copied into it: it asks for nothing but its own chunks. */
async function page(): Promise<string> {
  const argon2 = createRequire(import.meta.url).resolve('hash-wasm/dist/argon2.umd.min.js');
  const [html, script, charts] = await Promise.all([PAGE, argon2, CHARTS].map((file) => readFile(file, 'utf8')));
  const inlined = (code = ''): string => code.replaceAll('</script', '<\\/script');
  return (html ?? '').replace('/*ARGON2*/', () => inlined(script)).replace('/*CHARTS*/', () => inlined(charts));
}
