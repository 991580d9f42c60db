import { fromBase64, VERSION_LINE } from './primitives.ts';

/** Longest header read, in bytes. */
export const LONGEST_HEADER_BYTES = 65_536;
/** Most stanzas read. */
export const MOST_STANZAS = 64;

/** One recipient stanza: arguments (the first is its type) and body. */
export interface Stanza {
  readonly args: readonly string[];
  readonly body: Uint8Array;
}

/** An age header as it stands in the file. */
export interface Header {
  readonly stanzas: readonly Stanza[];
  /** The text the MAC covers, up to and including `---`. */
  readonly covered: string;
  /** 32 bytes. */
  readonly mac: Uint8Array;
  /** Length of the header in bytes; the payload nonce follows. */
  readonly bytes: number;
}

const ARGUMENTS = /^-> [\x21-\x7e]+(?: [\x21-\x7e]+)*$/;
const BODY_COLUMNS = 64;

/** Reads lines of a text without copying it. */
class Lines {
  readonly #text: string;
  at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The next line without its line feed; undefined when no line feed follows. */
  next(): string | undefined {
    const end = this.#text.indexOf('\n', this.at);
    if (end === -1) return undefined;
    const line = this.#text.slice(this.at, end);
    this.at = end + 1;
    return line;
  }
}

/** The body under an argument line: full lines of 64 columns, then one shorter line. */
function readBody(lines: Lines): Uint8Array | undefined {
  let text = '';
  for (;;) {
    const line = lines.next();
    if (line === undefined || line.length > BODY_COLUMNS) return undefined;
    text += line;
    if (line.length < BODY_COLUMNS) return fromBase64(text);
  }
}

function readEnd(line: string): Uint8Array | undefined {
  const mac = line.startsWith('--- ') ? fromBase64(line.slice(4)) : undefined;
  return mac?.byteLength === 32 ? mac : undefined;
}

/** The age v1 header at the start of `bytes` (at most 64 KiB), or undefined: not one, over a limit, or not complete. C2SP age, Header. */
export function parseHeader(bytes: Uint8Array): Header | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, LONGEST_HEADER_BYTES)).toString(
    'latin1',
  );
  if (!text.startsWith(VERSION_LINE)) return undefined;
  const lines = new Lines(text);
  lines.next();
  const stanzas: Stanza[] = [];
  for (;;) {
    const start = lines.at;
    const line = lines.next();
    if (line === undefined) return undefined;
    if (line.startsWith('---')) {
      const mac = readEnd(line);
      if (mac === undefined || stanzas.length === 0) return undefined;
      return { stanzas, covered: text.slice(0, start + 3), mac, bytes: lines.at };
    }
    const body = ARGUMENTS.test(line) && stanzas.length < MOST_STANZAS ? readBody(lines) : undefined;
    if (body === undefined) return undefined;
    stanzas.push({ args: line.slice(3).split(' '), body });
  }
}
