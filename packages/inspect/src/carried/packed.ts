import { latin1, uint16, uint32 } from '../bytes.ts';
import { ZLIB_HEADER_BYTES } from '../content/inflate.ts';
import { Base64 } from './base64.ts';
import { Deflated, Limited, Stored } from './deflated.ts';
import type { Depot, Reader } from './depot.ts';
import { Headed, Skipping } from './headed.ts';

/** A local header without its signature (APPNOTE 6.3.10 §4.3.7). */
const LOCAL_BYTES = 26;
const LONGEST_NAME = 1024;
const MOST_VERSION = 63;
const STORED = 0;
const DEFLATED = 8;
const IS_ENCRYPTED = 1;
const HAS_DESCRIPTOR = 8;
/** Sizes in the extra field, or unknown. */
const WIDE = 0xffffffff;
const METHODS: ReadonlySet<number> = new Set([0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 14, 18, 19, 93, 95, 96, 97, 98, 99]);

function hasControls(bytes: Uint8Array): boolean {
  return bytes.some((byte) => byte < 0x20);
}

/** One file of a ZIP archive, behind `PK 03 04`. */
export function zipMember(depot: Depot): Reader {
  return new Headed(LOCAL_BYTES, LOCAL_BYTES + LONGEST_NAME, (header) => {
    const nameBytes = uint16(header, 22, false);
    if (!isLocal(header)) return undefined;
    if (header.length < LOCAL_BYTES + nameBytes) return LOCAL_BYTES + nameBytes;
    if (hasControls(header.subarray(LOCAL_BYTES))) return undefined;
    depot.open('zip');
    return new Skipping(uint16(header, 24, false), zipBody(depot, header));
  });
}

function isLocal(header: Uint8Array): boolean {
  const nameBytes = uint16(header, 22, false);
  const isSized = nameBytes >= 1 && nameBytes <= LONGEST_NAME;
  return isSized && (header[0] ?? 0) <= MOST_VERSION && METHODS.has(uint16(header, 4, false));
}

/** Whether bytes begin as a ZIP archive does, its first file's name and all. */
export function isZipStart(bytes: Uint8Array): boolean {
  if (!latin1(bytes.subarray(0, 4)).startsWith('PK\x03\x04')) return false;
  const header = bytes.subarray(4);
  return isLocal(header) && !hasControls(header.subarray(LOCAL_BYTES, LOCAL_BYTES + uint16(header, 22, false)));
}

function zipBody(depot: Depot, header: Uint8Array): Reader {
  const [flags, method, length] = [uint16(header, 2, false), uint16(header, 4, false), uint32(header, 14, false)];
  const isSized = (flags & HAS_DESCRIPTOR) === 0 && length !== WIDE;
  const isClosed = (flags & IS_ENCRYPTED) !== 0 || (method !== STORED && method !== DEFLATED);
  if (isClosed) depot.stopped('closed');
  // Stored without a length: its bytes lie open in what holds them, and are looked at there.
  if (isClosed || (method === STORED && !isSized)) return new Stored(depot, 0);
  if (method === STORED) return new Stored(depot, length);
  const inner = new Deflated(depot, { packing: 'zip', headerBytes: 0, isOpen: true });
  return isSized ? new Limited(inner, length) : inner;
}

/** A gzip header without its first three bytes (RFC 1952 §2.3). */
const GZIP_BYTES = 7;
/** Names and notes in it are short; a longer one is told as closed. */
const MOST_GZIP_HEADER = 256;
const MOST_SYSTEM = 13;

/** One gzip member, behind `1F 8B 08`. */
export function gzipMember(depot: Depot): Reader {
  return new Headed(GZIP_BYTES, MOST_GZIP_HEADER, (header) => {
    const [flags = 0] = header;
    const [extra = 0, system = 0] = header.subarray(5);
    if ((flags & 0xe0) !== 0 || ![0, 2, 4].includes(extra) || (system > MOST_SYSTEM && system !== 0xff))
      return undefined;
    const end = gzipHeaderEnd(header, flags);
    if (end > MOST_GZIP_HEADER) depot.stopped('closed');
    if (end > MOST_GZIP_HEADER) return undefined;
    return end > header.length ? end : new Deflated(depot, { packing: 'gzip', headerBytes: 0 });
  });
}

/** Where the header ends; beyond what is held when more of it must come. */
function gzipHeaderEnd(header: Uint8Array, flags: number): number {
  let end = GZIP_BYTES;
  if ((flags & 4) !== 0) {
    if (header.length < end + 2) return end + 2;
    end += 2 + uint16(header, end, false);
  }
  for (const flag of [8, 16]) {
    if ((flags & flag) === 0) continue;
    const nul = header.length > end ? header.indexOf(0, end) : -1;
    if (nul < 0) return Math.max(header.length, end) + 1;
    end = nul + 1;
  }
  return (flags & 2) === 0 ? end : end + 2;
}

/** Whether two bytes are a zlib header without a preset dictionary (RFC 1950 §2.2). */
export function isZlib(first: number, second: number): boolean {
  return (first & 0x0f) === 8 && first >>> 4 <= 7 && (second & 0x20) === 0 && ((first << 8) | second) % 31 === 0;
}

/** A zlib stream from its first byte. */
export function zlibMember(depot: Depot): Reader {
  return new Deflated(depot, { packing: 'zlib', headerBytes: ZLIB_HEADER_BYTES });
}

/** Of one stream of a document so much is looked at: pictures are large, and what hides as a file stands at the front. */
export const PDF_STREAM_BYTES = 4 * 2 ** 20;
const STREAM_BYTES = 4;

/** A packed stream of a PDF, behind the word `stream` and the end of its line (ISO 32000-1 §7.3.8.1). */
export function pdfStream(depot: Depot): Reader {
  return new Headed(STREAM_BYTES, STREAM_BYTES, (header) => {
    const [first = 0, second = 0] = header;
    const at = first === 0x0d ? (second === 0x0a ? 2 : 1) : first === 0x0a ? 1 : 0;
    if (at === 0 || !isZlib(header[at] ?? 0, header[at + 1] ?? 0)) return undefined;
    const stream = new Deflated(depot, { packing: 'pdf', headerBytes: ZLIB_HEADER_BYTES, most: PDF_STREAM_BYTES });
    stream.push(header.subarray(at));
    return stream;
  });
}

const LEAD_BYTES = 256;
/** A word of text has no sixty letters. */
const RUN = /[A-Za-z0-9+/]{60}/;

/** What follows the word `base64` (RFC 2397, MIME, CDA): the text that begins somewhere behind it. */
export function base64Behind(depot: Depot): Reader {
  return new Headed(LEAD_BYTES, LEAD_BYTES, (header) => {
    const at = latin1(header).search(RUN);
    if (at < 0) return undefined;
    const text = new Base64(depot);
    return text.push(header.subarray(at)) === undefined ? text : undefined;
  });
}
