/** Headers of a part: names in lower case. */
export type PartHeaders = ReadonlyMap<string, string>;

/** Who hears a multipart body. Views are valid during the call only. */
export interface MultipartHandler {
  part(headers: PartHeaders): void;
  data(bytes: Uint8Array): void;
  partEnd(): void;
}

/** Bounds of a multipart body. */
export interface MultipartLimits {
  readonly parts: number;
  readonly headerBytes: number;
  readonly headers: number;
  /** What may stand before the first delimiter. */
  readonly preambleBytes: number;
}

export const DEFAULT_MULTIPART_LIMITS: MultipartLimits = {
  parts: 10_000,
  headerBytes: 8192,
  headers: 16,
  preambleBytes: 8192,
};

/** Why a body is not read further. */
export type MultipartFault =
  | 'no-delimiter'
  | 'headers-too-long'
  | 'bad-header'
  | 'too-many-parts'
  | 'truncated'
  | 'bad-delimiter';

/** RFC 2046 §5.1.1, but for its bound of 70 characters: Orthanc’s has 73. */
const BOUNDARY = /^[0-9A-Za-z'()+_,./:=? -]{0,199}[0-9A-Za-z'()+_,./:=?-]$/;

/** Whether `value` may be a boundary. */
export function isBoundary(value: string): boolean {
  return BOUNDARY.test(value);
}

const CR = 0x0d;
const LF = 0x0a;
const DASH = 0x2d;
const NOTHING = Buffer.alloc(0);

type State = 'preamble' | 'delimiter' | 'headers' | 'data' | 'epilogue' | 'dead';

/**
 * Reads a multipart body (RFC 2046 §5.1, RFC 2387) as it comes, in any split: a part's data goes to the handler in views of what was pushed,
 * at most one delimiter's length is held back. What is wrong is in `fault`; nothing is told after it.
 */
export class MultipartReader {
  readonly #handler: MultipartHandler;
  readonly #limits: MultipartLimits;
  /** CRLF, two dashes, boundary. */
  readonly #delimiter: Buffer;
  #held: Buffer = NOTHING;
  #state: State = 'preamble';
  #parts = 0;
  #preambleBytes = 0;
  /** Bytes at the beginning of a part that are not its data. */
  #skip = 0;
  #fault: MultipartFault | undefined;

  constructor(boundary: string, handler: MultipartHandler, limits: MultipartLimits = DEFAULT_MULTIPART_LIMITS) {
    this.#delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1');
    this.#handler = handler;
    this.#limits = limits;
    // The first delimiter may stand at the very beginning, where no line end precedes it.
    this.#held = Buffer.from('\r\n', 'latin1');
  }

  /** What is wrong with the body, once it is. */
  get fault(): MultipartFault | undefined {
    return this.#fault;
  }

  /** Parts begun so far. */
  get parts(): number {
    return this.#parts;
  }

  push(chunk: Uint8Array): void {
    if (this.#state === 'dead' || this.#state === 'epilogue') return;
    const view = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let rest: Buffer | undefined = this.#held.length === 0 ? view : Buffer.concat([this.#held, view]);
    this.#held = NOTHING;
    while (rest !== undefined && rest.length > 0) rest = this.#step(rest);
  }

  /** No more comes: a body that has not ended is cut off. */
  end(): void {
    if (this.#state !== 'epilogue') this.#die(this.#state === 'preamble' ? 'no-delimiter' : 'truncated');
  }

  /** One step forward. @returns what is left to read; undefined when more has to come first. */
  #step(bytes: Buffer): Buffer | undefined {
    switch (this.#state) {
      case 'preamble':
      case 'data':
        return this.#content(bytes);
      case 'delimiter':
        return this.#afterDelimiter(bytes);
      case 'headers':
        return this.#headers(bytes);
      default:
        return undefined;
    }
  }

  #content(bytes: Buffer): Buffer | undefined {
    const found = bytes.indexOf(this.#delimiter);
    if (found >= 0) {
      this.#say(bytes.subarray(0, found));
      if (this.#state === 'data') this.#handler.partEnd();
      if (this.#state !== 'dead') this.#state = 'delimiter';
      return bytes.subarray(found + this.#delimiter.length);
    }
    // Where a delimiter may have begun.
    const kept = bytes.lastIndexOf(CR);
    const at = kept >= 0 && bytes.length - kept < this.#delimiter.length ? this.#earliest(bytes) : bytes.length;
    this.#say(bytes.subarray(0, at));
    this.#held = Buffer.from(bytes.subarray(at));
    return undefined;
  }

  /** The first place at the end of `bytes` from which on it is the beginning of a delimiter. */
  #earliest(bytes: Buffer): number {
    const from = Math.max(0, bytes.length - this.#delimiter.length + 1);
    for (let at = bytes.indexOf(CR, from); at >= 0; at = bytes.indexOf(CR, at + 1)) {
      const tail = bytes.subarray(at);
      if (this.#delimiter.subarray(0, tail.length).equals(tail)) return at;
    }
    return bytes.length;
  }

  #say(bytes: Buffer): void {
    if (bytes.length === 0) return;
    if (this.#state === 'data') {
      const skipped = Math.min(this.#skip, bytes.length);
      this.#skip -= skipped;
      if (skipped < bytes.length) this.#handler.data(bytes.subarray(skipped));
      return;
    }
    this.#preambleBytes += bytes.length;
    if (this.#preambleBytes > this.#limits.preambleBytes) this.#die('no-delimiter');
  }

  /** Two dashes end the body; blanks and a line end begin a part. */
  #afterDelimiter(bytes: Buffer): Buffer | undefined {
    if (bytes.length < 2) return this.#hold(bytes);
    if (bytes[0] === DASH && bytes[1] === DASH) {
      this.#state = 'epilogue';
      return undefined;
    }
    let at = 0;
    while (at < bytes.length && (bytes[at] === 0x20 || bytes[at] === 0x09)) at += 1;
    if (at > this.#limits.headerBytes) return this.#die('bad-delimiter');
    if (bytes.length < at + 2) return this.#hold(bytes);
    if (bytes[at] !== CR || bytes[at + 1] !== LF) return this.#die('bad-delimiter');
    this.#state = 'headers';
    // The line end also begins the empty line that ends no headers at all.
    return bytes.subarray(at);
  }

  #headers(bytes: Buffer): Buffer | undefined {
    const end = bytes.indexOf('\r\n\r\n', 0, 'latin1');
    if (end > this.#limits.headerBytes || (end < 0 && bytes.length > this.#limits.headerBytes))
      return this.#die('headers-too-long');
    if (end < 0) return this.#hold(bytes);
    const headers = headersOf(bytes.toString('latin1', 2, end), this.#limits.headers);
    if (headers === undefined) return this.#die('bad-header');
    this.#parts += 1;
    if (this.#parts > this.#limits.parts) return this.#die('too-many-parts');
    this.#state = 'data';
    this.#handler.part(headers);
    // The line end behind the headers may be the one that begins the next delimiter: of a part without data.
    this.#skip = 2;
    return bytes.subarray(end + 2);
  }

  #hold(bytes: Buffer): undefined {
    this.#held = Buffer.from(bytes);
  }

  #die(fault: MultipartFault): undefined {
    if (this.#state === 'dead') return;
    this.#state = 'dead';
    this.#fault = fault;
  }
}

function headersOf(text: string, most: number): PartHeaders | undefined {
  const headers = new Map<string, string>();
  if (text === '') return headers;
  const lines = text.split('\r\n', most + 1);
  if (lines.length > most) return undefined;
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    if (colon < 1 || !/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name)) return undefined;
    if (!headers.has(name)) headers.set(name, line.slice(colon + 1).trim());
  }
  return headers;
}
