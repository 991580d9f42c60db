import { latin1 } from '../bytes.ts';
import { Stored } from './deflated.ts';
import type { Depot, Reader } from './depot.ts';

const BLOCK = 512;
const MARK = 'ustar';
const MARK_AT = 257;
const TYPE_AT = 156;
/** Of what is a file with contents (POSIX.1-2017 pax §ustar); the rest are links, folders and notes. */
const FILES = '0\x007';

/** Whether a beginning is that of a tar archive. */
export function isTar(beginning: Uint8Array): boolean {
  return latin1(beginning.subarray(MARK_AT, MARK_AT + MARK.length)) === MARK;
}

/** A tar archive: headers of one block, contents padded to whole blocks. */
export class Tar implements Reader {
  readonly #depot: Depot;
  readonly #header = new Uint8Array(BLOCK);
  #held = 0;
  #file: Stored | undefined;
  /** Padding behind a file, or contents that are none. */
  #skip = 0;

  constructor(depot: Depot) {
    this.#depot = depot;
  }

  push(bytes: Uint8Array): readonly Uint8Array[] | undefined {
    let rest = bytes;
    while (rest.length > 0) {
      if (this.#file !== undefined) rest = this.#inFile(this.#file, rest);
      else if (this.#skip > 0) rest = this.#passed(rest);
      else rest = this.#gathered(rest);
      if (this.#held === BLOCK && !this.#begin()) return [this.#header, rest];
    }
    return undefined;
  }

  end(): readonly Uint8Array[] {
    return this.#file?.end() ?? [this.#header.subarray(0, this.#held)];
  }

  #inFile(file: Stored, bytes: Uint8Array): Uint8Array {
    const rest = file.push(bytes);
    if (rest !== undefined) this.#file = undefined;
    return rest?.[0] ?? bytes.subarray(bytes.length);
  }

  #passed(bytes: Uint8Array): Uint8Array {
    const passed = Math.min(this.#skip, bytes.length);
    this.#skip -= passed;
    return bytes.subarray(passed);
  }

  #gathered(bytes: Uint8Array): Uint8Array {
    const taken = Math.min(BLOCK - this.#held, bytes.length);
    this.#header.set(bytes.subarray(0, taken), this.#held);
    this.#held += taken;
    return bytes.subarray(taken);
  }

  /** @returns whether the block is a header. */
  #begin(): boolean {
    const size = sizeOf(this.#header);
    if (!isTar(this.#header) || size < 0) return false;
    this.#held = 0;
    const padding = (BLOCK - (size % BLOCK)) % BLOCK;
    const isFile = FILES.includes(String.fromCharCode(this.#header[TYPE_AT] ?? 0)) && size > 0;
    this.#skip = isFile ? padding : size + padding;
    if (!isFile) return true;
    this.#depot.open('tar');
    this.#file = new Stored(this.#depot, size);
    return true;
  }
}

/** Twelve characters in octal; -1 when they are none. */
function sizeOf(header: Uint8Array): number {
  const digits = latin1(header.subarray(124, 136))
    .replace(/[\0 ]+$/, '')
    .trimStart();
  return /^[0-7]{1,12}$/.test(digits) ? Number.parseInt(digits, 8) : -1;
}
