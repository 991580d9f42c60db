import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { concatBytes } from '@leadglass/kit';
import type { DeclaredImage } from '../codec/image.ts';
import { element, file, identity, imageModule } from '../test-data.ts';
import type { DecodeOutcome } from './frame.ts';

// Frames that DCMTK and GDCM code, and what they make of them again.

/** A picture to be coded. */
export interface Picture {
  readonly rows: number;
  readonly columns: number;
  readonly samples: 1 | 3;
  readonly stored: 8 | 12 | 16;
}

/** Why tests with these programs are skipped; false where all are there, or have to be. */
export function unlessInstalled(...tools: readonly string[]): string | false {
  if (process.env.LEADGLASS_REQUIRE_PEERS === '1') return false;
  const missing = tools.filter((tool) => spawnSync(tool, ['--version']).error !== undefined);
  return missing.length === 0 ? false : `${missing.join(', ')} not installed`;
}

/** Slopes, edges, a checkerboard and what looks like noise, over all bits stored. */
export function pixelsOf({ rows, columns, samples, stored }: Picture): Uint8Array {
  const count = rows * columns * samples;
  const pixels = stored === 8 ? new Uint8Array(count) : new Uint16Array(count);
  const most = 2 ** stored - 1;
  for (let at = 0; at < count; at += 1) {
    const [x, y] = [Math.floor(at / samples) % columns, Math.floor(at / samples / columns)];
    const noise = Math.imul(at + 1, 0x9e3779b1) >>> 22;
    const slope = x < columns / 2 ? x * 37 + y * 11 + (at % samples) * 400 : ((x + y) & 1) * most;
    pixels[at] = (y < rows / 2 ? slope : (most >> 1) + noise) & most;
  }
  return new Uint8Array(pixels.buffer);
}

/** What the object around a frame says. */
export function declared(picture: Picture, transferSyntaxUid: string, photometric?: string): DeclaredImage {
  const { rows, columns, samples, stored } = picture;
  return {
    transferSyntaxUid,
    rows,
    columns,
    samplesPerPixel: samples,
    bitsAllocated: stored === 8 ? 8 : 16,
    bitsStored: stored,
    photometric: photometric ?? (samples === 1 ? 'MONOCHROME2' : 'RGB'),
    isSigned: false,
    isPlanar: false,
  };
}

/** A program and its words before the two files. */
export type Command = readonly [tool: string, ...options: readonly string[]];

/** Codes pictures and decodes them, in files of its own. */
export class ForeignCoder {
  readonly #folder = mkdtempSync(join(tmpdir(), 'leadglass-frames-'));
  #count = 0;

  /** The frame that `coder` makes of a picture, and its pixels as `decoder` makes them of it again. */
  coded(
    picture: Picture,
    coder: Command,
    decoder: Command,
  ): { readonly frame: Uint8Array; readonly pixels: Uint8Array } {
    this.#count += 1;
    const [plain, packed, unpacked] = ['plain', 'packed', 'unpacked'].map((one) =>
      join(this.#folder, `${this.#count}-${one}.dcm`),
    ) as [string, string, string];
    writeFileSync(plain, fileOf(picture));
    run([...coder, plain, packed]);
    run([...decoder, packed, unpacked]);
    return { frame: this.#written(packed), pixels: this.#written(unpacked) };
  }

  dispose(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** The last item of the pixel data, or its value, as DCMTK writes it out. */
  #written(path: string): Uint8Array {
    const folder = `${path}.items`;
    mkdirSync(folder);
    run(['dcmdump', '-q', '+W', folder, path]);
    const items = readdirSync(folder).toSorted((a, b) => a.length - b.length || a.localeCompare(b));
    return new Uint8Array(readFileSync(join(folder, items.at(-1) ?? '')));
  }
}

function fileOf(picture: Picture): Uint8Array {
  const { rows, columns, samples, stored } = picture;
  const colour = samples === 3 ? { samples, photometric: 'RGB' } : {};
  const depth = { allocated: stored === 8 ? 8 : 16, stored, high: stored - 1 };
  const module = Buffer.from(imageModule({ rows, columns, ...colour, ...depth }));
  const behindColour = module.indexOf(Buffer.from('28001000', 'hex'));
  const planar = samples === 3 ? element(0x00280006, 'US', 0) : new Uint8Array(0);
  const image = concatBytes(module.subarray(0, behindColour), planar, module.subarray(behindColour));
  const pixels = pixelsOf(picture);
  const even = pixels.length % 2 === 0 ? pixels : concatBytes(pixels, new Uint8Array(1));
  const tail = concatBytes(element(0x00280103, 'US', 0), element(0x7fe00010, 'OW', even));
  return file(concatBytes(identity(), image, tail));
}

function run([tool, ...words]: Command): void {
  const { status, stderr } = spawnSync(tool, words, { encoding: 'utf8' });
  assert.equal(status, 0, `${tool}: ${stderr}`);
}

/** The pixels of what has to be decoded. */
export function decodedPixels(outcome: DecodeOutcome): Uint8Array {
  assert.equal(outcome.kind, 'decoded');
  const { buffer, byteOffset, byteLength } = outcome.kind === 'decoded' ? outcome.frame.pixels : new Uint8Array(0);
  return new Uint8Array(buffer, byteOffset, byteLength);
}
