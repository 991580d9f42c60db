import { latin1, uint32 } from '../bytes.ts';

/** What can be wrong in an MP4 or QuickTime container (ISO 14496-12). */
export type BoxTrouble = 'external-reference' | 'reference-movie' | 'other-codec' | 'broken-box';

/** Boxes that hold boxes on the way to references and codecs. */
const CONTAINERS: ReadonlySet<string> = new Set([
  'moov',
  'trak',
  'mdia',
  'minf',
  'dinf',
  'stbl',
  'moof',
  'traf',
  'mvex',
  'rmra',
  'rmda',
]);
/** Boxes looked into, with so many bytes of their own before their entries. */
const TABLES: ReadonlySet<string> = new Set(['dref', 'stsd', 'rdrf', 'cmov']);
const MOST_LEVELS = 16;
const MOST_TABLE = 4096;
const SELF_CONTAINED = 1;

const FAMILY: Readonly<Record<string, string>> = {
  avc1: 'h264',
  avc2: 'h264',
  avc3: 'h264',
  avc4: 'h264',
  mvc1: 'h264',
  hvc1: 'hevc',
  hev1: 'hevc',
  hvc2: 'hevc',
  dvh1: 'hevc',
  dvhe: 'hevc',
  mp4v: 'mpeg-4-part-2',
  vp08: 'vp8',
  vp09: 'vp9',
  av01: 'av1',
  jpeg: 'jpeg',
  mjpa: 'jpeg',
  mjpb: 'jpeg',
};

/** An MP4 container as it comes, in any split: boxes are entered or passed over by their lengths, media data at no cost. */
export class Boxes {
  readonly #codec: string;
  readonly #say: (what: BoxTrouble) => void;
  readonly #head = new Uint8Array(16);
  #held = 0;
  /** Bytes of the present box still to be passed over. */
  #skip = 0;
  #table: { readonly type: string; readonly bytes: Uint8Array; held: number } | undefined;
  /** Ends of the containers open, from the start. */
  readonly #ends: number[] = [];
  #at = 0;
  #isLost = false;

  /** @param codec as the transfer syntax names it: `h264`, `hevc`, `mpeg-2`. */
  constructor(codec: string, say: (what: BoxTrouble) => void) {
    this.#codec = codec;
    this.#say = say;
  }

  push(bytes: Uint8Array): void {
    let from = 0;
    while (from < bytes.length && !this.#isLost) {
      const taken =
        this.#table !== undefined
          ? this.#fill(bytes, from)
          : this.#skip > 0
            ? this.#pass(bytes, from)
            : this.#header(bytes, from);
      from += taken;
      this.#at += taken;
      if (this.#held > 0 && this.#isHeadWhole()) this.#open();
      this.#leave();
    }
  }

  #pass(bytes: Uint8Array, from: number): number {
    const taken = Math.min(this.#skip, bytes.length - from);
    this.#skip -= taken;
    return taken;
  }

  #header(bytes: Uint8Array, from: number): number {
    this.#head[this.#held] = bytes[from] ?? 0;
    this.#held += 1;
    return 1;
  }

  #isHeadWhole(): boolean {
    return this.#held === 16 || (this.#held === 8 && uint32(this.#head, 0, true) !== 1);
  }

  #open(): void {
    const type = latin1(this.#head.subarray(4, 8));
    const short = uint32(this.#head, 0, true);
    const size = short === 1 ? uint32(this.#head, 8, true) * 0x1_0000_0000 + uint32(this.#head, 12, true) : short;
    const body = short === 0 ? Number.MAX_SAFE_INTEGER : size - this.#held;
    const end = this.#at + body;
    this.#held = 0;
    if (body < 0 || !/^[\x20-\x7e\xa9]{4}$/.test(type)) this.#lose();
    else if (short !== 0 && end > (this.#ends.at(-1) ?? Number.POSITIVE_INFINITY)) this.#lose();
    else if (CONTAINERS.has(type) && this.#ends.length < MOST_LEVELS) {
      if (type === 'rmra') this.#say('reference-movie');
      this.#ends.push(end);
    } else if (TABLES.has(type)) this.#table = { type, bytes: new Uint8Array(Math.min(body, MOST_TABLE)), held: 0 };
    if (this.#table !== undefined || !CONTAINERS.has(type)) this.#skip = body;
    if (this.#table?.bytes.length === 0) this.#table = undefined;
  }

  #lose(): void {
    this.#isLost = true;
    this.#say('broken-box');
  }

  #leave(): void {
    if (this.#skip > 0 || this.#held > 0) return;
    while (this.#ends.length > 0 && this.#at >= (this.#ends.at(-1) ?? 0)) this.#ends.pop();
  }

  #fill(bytes: Uint8Array, from: number): number {
    const table = this.#table;
    if (table === undefined) return 0;
    const taken = Math.min(table.bytes.length - table.held, bytes.length - from);
    table.bytes.set(bytes.subarray(from, from + taken), table.held);
    table.held += taken;
    this.#skip -= taken;
    if (table.held === table.bytes.length) {
      this.#table = undefined;
      if (table.type === 'dref') this.#references(table.bytes);
      else if (table.type === 'stsd') this.#samples(table.bytes);
      else this.#say('reference-movie');
    }
    return taken;
  }

  /** §8.7.2: each entry says whether the media are in this file (flag 1) or elsewhere. */
  #references(bytes: Uint8Array): void {
    for (let at = 8; at + 12 <= bytes.length; ) {
      const size = uint32(bytes, at, true);
      const flags = uint32(bytes, at + 8, true) & 0xffffff;
      const where = latin1(bytes.subarray(at + 12, at + Math.min(size, 2048))).replace(/\0+$/, '');
      if ((flags & SELF_CONTAINED) === 0 && where !== '') this.#say('external-reference');
      if (size < 12) return;
      at += size;
    }
  }

  /** §8.5.2: the format of each track's samples. */
  #samples(bytes: Uint8Array): void {
    for (let at = 8; at + 8 <= bytes.length; ) {
      const size = uint32(bytes, at, true);
      const family = FAMILY[latin1(bytes.subarray(at + 4, at + 8))];
      if (family !== undefined && family !== this.#codec && this.#codec !== '') this.#say('other-codec');
      if (size < 8) return;
      at += size;
    }
  }
}

/** The containers PS3.5 §8.2.5 to §8.2.9 allow or real devices write, and those that can hold programs or links. */
export type VideoForm = 'mp4' | 'elementary' | 'foreign' | 'unknown';

/** What form a video's first bytes have, at least 16 unless it is shorter. */
export function videoForm(first: Uint8Array): VideoForm {
  const head = latin1(first);
  if (/^.{4}(?:ftyp|moov|mdat|wide|free|skip|pnot|styp|sidx|moof)/s.test(head)) return 'mp4';
  // Start codes of MPEG-2, H.264 and HEVC streams, and packets of a transport stream (188 or 192 bytes).
  if (/^\0{2,}\x01/.test(head) || head.startsWith('G') || head[4] === 'G') return 'elementary';
  const isForeign = /^(?:RIFF|\x1a\x45\xdf\xa3|\x30\x26\xb2\x75|FLV|[CFZ]WS|OggS|MZ|\x7fELF|PK|%PDF|\s*<|#!)/.test(
    head,
  );
  return isForeign ? 'foreign' : 'unknown';
}
