import { latin1, uint32 } from '../bytes.ts';
import { urlTrouble } from './url.ts';

/** What can be wrong with an encapsulated model. */
export type MeshTrouble = 'short' | 'surplus' | 'text-form' | 'not-a-model' | 'outside-path' | 'command';

/** PS3.3 §A.85: binary STL has 80 free bytes, a count of triangles, and 50 bytes a triangle. */
const STL_HEAD_BYTES = 84;
const TRIANGLE_BYTES = 50;

/**
 * What is wrong with an STL model (PS3.3 §A.85.1) of `length` bytes.
 * @param first its first bytes, at least 84 unless it is shorter.
 */
export function stlTrouble(first: Uint8Array, length: number): MeshTrouble | undefined {
  const isText = /^\s*solid\b[^\0]*\b(?:facet|endsolid)\b/.test(latin1(first));
  if (length < STL_HEAD_BYTES) return isText ? 'text-form' : 'short';
  const wanted = STL_HEAD_BYTES + uint32(first, 80, false) * TRIANGLE_BYTES;
  // One byte more makes the length even (PS3.5 §8.1.1).
  if (length === wanted || length === wanted + 1) return undefined;
  if (isText) return 'text-form';
  return wanted > length ? 'short' : 'surplus';
}

const MOST_LINE = 512;

/** Lines of an OBJ or MTL model (PS3.3 §A.85.2, §A.85.3) as they come: what names a file, and what runs a program. */
export class MeshLines {
  readonly #say: (what: MeshTrouble) => void;
  #line = '';
  #isBinary = false;

  constructor(say: (what: MeshTrouble) => void) {
    this.#say = say;
  }

  push(bytes: Uint8Array): void {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    while (at < buffer.length) {
      const feed = buffer.indexOf(0x0a, at);
      const end = feed < 0 ? buffer.length : feed;
      if (this.#line.length < MOST_LINE)
        this.#line += latin1(buffer.subarray(at, Math.min(end, at + MOST_LINE))).slice(
          0,
          MOST_LINE - this.#line.length,
        );
      if (feed >= 0) this.#lineOver();
      at = end + 1;
    }
  }

  end(): void {
    this.#line = this.#line.replace(/[\0 ]+$/, '');
    this.#lineOver();
    if (this.#isBinary) this.#say('not-a-model');
  }

  #lineOver(): void {
    const line = this.#line;
    this.#line = '';
    if (/[\0-\x08\x0e-\x1f]/.test(line)) this.#isBinary = true;
    for (const part of line.split('\r')) this.#statement(part.trim());
  }

  /** Wavefront OBJ: `csh` runs a shell command, `call` reads another file; maps and libraries are named by path. */
  #statement(line: string): void {
    const [, word = '', rest = ''] = /^(-?\w+)\s+(.*)$/.exec(line) ?? [];
    if (word === 'csh' || word === '-csh') this.#say('command');
    else if (NAMES_FILE.test(word) && isOutside(rest)) this.#say('outside-path');
  }
}

const NAMES_FILE = /^(?:mtllib|maplib|call|shadow_obj|trace_obj|usemap|map_\w+|disp|decal|bump|norm|refl)$/i;

/** Whether a statement's arguments name a file beyond the document's own folder, or on the network. */
function isOutside(rest: string): boolean {
  return rest.split(/\s+/).some((one) => {
    const bare = one.replace(/^["']|["']$/g, '');
    return (
      /^[\\/]|^[A-Za-z]:[\\/]|(?:^|[\\/])\.\.(?:[\\/]|$)/.test(bare) ||
      urlTrouble(bare) !== undefined ||
      /^https?:/i.test(bare)
    );
  });
}
