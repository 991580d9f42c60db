import { ABORT_REASON, PDU_HEADER_BYTES, PDU_TYPE, PDV_HEADER_BYTES, type PduFault, type PduType } from './pdu.ts';
import { strangerWhy, WHY } from './why.ts';

/** What becomes of the variable field of a PDU whose header has been read. */
export const PASSAGE = {
  /** Gathered and given to `pdu` whole. The sink has checked the length against its limit. */
  collect: 0,
  /** P-DATA-TF: its values are given to `fragment` as they come. */
  stream: 1,
  /** Read past, unseen. */
  skip: 2,
  /** Nothing more is read from this connection. */
  stop: 3,
} as const;
export type Passage = (typeof PASSAGE)[keyof typeof PASSAGE];

/** Who a PduReader speaks to. */
export interface PduSink {
  /** A header was read; nothing of the variable field has been, nor has memory been taken for it. @param length its bytes, 0 to 2^32-1. */
  header(type: PduType, length: number): Passage;
  /** A collected PDU, header included; valid during the call only. */
  pdu(type: PduType, pdu: Uint8Array): void;
  /** A piece of a presentation data value: a view into the chunk, valid during the call only. `isLast` on the last piece of a last fragment. */
  fragment(contextId: number, isCommand: boolean, isLast: boolean, piece: Uint8Array): void;
  /** The bytes are no PDU. Nothing is read after this. */
  fault(fault: PduFault): void;
}

/** What the next byte belongs to. */
const AT = { header: 0, body: 1, pdvHeader: 2, fragment: 3, skipped: 4, nothing: 5 } as const;
type Place = (typeof AT)[keyof typeof AT];

const COMMAND = 0b01;
const LAST = 0b10;
const NO_BYTES = new Uint8Array(0);

/**
 * Cuts a byte stream into PDUs (PS3.8 §9.3.1) and P-DATA-TF into presentation data values (PS3.8 §9.3.5, Annex E), whatever the chunks.
 * Every length is checked against what encloses it before it is used. Memory: one collected PDU at most, of a length the sink agreed to.
 */
export class PduReader {
  readonly #sink: PduSink;
  readonly #scratch = new Uint8Array(Math.max(PDU_HEADER_BYTES, PDV_HEADER_BYTES));
  #place: Place = AT.header;
  /** Bytes of the scratch or of the body that are there. */
  #filled = 0;
  #body: Uint8Array = NO_BYTES;
  /** Bytes of the PDU's variable field not yet read (stream and skip). */
  #pduLeft = 0;
  /** Bytes of the presentation data value's fragment not yet read. */
  #pdvLeft = 0;
  #contextId = 0;
  #isCommand = false;
  #isLastFragment = false;

  constructor(sink: PduSink) {
    this.#sink = sink;
  }

  /** Reads nothing more, now and later. */
  stop(): void {
    this.#place = AT.nothing;
    this.#body = NO_BYTES;
  }

  /** Takes the next bytes of the connection; calls the sink for all they complete. */
  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.byteLength && this.#place !== AT.nothing) at = this.#step(chunk, at);
  }

  #step(chunk: Uint8Array, at: number): number {
    switch (this.#place) {
      case AT.fragment:
        return this.#readFragment(chunk, at);
      case AT.pdvHeader:
        return this.#readPdvHeader(chunk, at);
      case AT.header:
        return this.#readHeader(chunk, at);
      case AT.body:
        return this.#readBody(chunk, at);
      case AT.skipped:
        return this.#skip(chunk, at);
      case AT.nothing:
        return chunk.byteLength;
    }
  }

  /** Moves bytes into the scratch until it holds six; both headers have that length. */
  #fillScratch(chunk: Uint8Array, at: number): number {
    let from = at;
    while (this.#filled < PDU_HEADER_BYTES && from < chunk.byteLength) {
      this.#scratch[this.#filled] = chunk[from] ?? 0;
      this.#filled += 1;
      from += 1;
    }
    return from;
  }

  #readHeader(chunk: Uint8Array, at: number): number {
    // The first byte alone tells a stranger (HTTP, TLS, a port scan): no need to wait for six.
    if (this.#filled === 0 && !isPduType(chunk[at] ?? 0)) {
      this.#fault(ABORT_REASON.unrecognizedPdu, 0, strangerWhy(chunk.subarray(at)));
      return chunk.byteLength;
    }
    const next = this.#fillScratch(chunk, at);
    if (this.#filled === PDU_HEADER_BYTES) this.#endHeader();
    return next;
  }

  #endHeader(): void {
    const type = this.#scratch[0] as PduType; //                 1    PDU-type
    const length = u32(this.#scratch, 2); //                     3-6  PDU-length (2 is reserved, not tested)
    this.#filled = 0;
    const passage = this.#sink.header(type, length);
    if (this.#place === AT.nothing) return;
    this.#pduLeft = length;
    if (passage === PASSAGE.collect) this.#beginBody(length);
    else if (passage === PASSAGE.stream) this.#nextPdv();
    else if (passage === PASSAGE.skip) this.#place = length === 0 ? AT.header : AT.skipped;
    else this.stop();
  }

  #beginBody(length: number): void {
    this.#body = new Uint8Array(PDU_HEADER_BYTES + length);
    this.#body.set(this.#scratch.subarray(0, PDU_HEADER_BYTES));
    this.#filled = PDU_HEADER_BYTES;
    this.#place = AT.body;
    if (length === 0) this.#endBody();
  }

  #readBody(chunk: Uint8Array, at: number): number {
    const bytes = Math.min(this.#body.byteLength - this.#filled, chunk.byteLength - at);
    this.#body.set(chunk.subarray(at, at + bytes), this.#filled);
    this.#filled += bytes;
    if (this.#filled === this.#body.byteLength) this.#endBody();
    return at + bytes;
  }

  #endBody(): void {
    const pdu = this.#body;
    this.#body = NO_BYTES;
    this.#filled = 0;
    this.#place = AT.header;
    this.#sink.pdu(pdu[0] as PduType, pdu);
  }

  /** Between two presentation data values, or before the first: the PDU ends here, or has room for a header. */
  #nextPdv(): void {
    if (this.#pduLeft === 0) {
      this.#place = AT.header;
    } else if (this.#pduLeft < PDV_HEADER_BYTES) {
      this.#fault(ABORT_REASON.invalidPduParameterValue, -1, WHY.pdvOutsidePdu(PDV_HEADER_BYTES, this.#pduLeft));
    } else {
      this.#place = AT.pdvHeader;
    }
  }

  #readPdvHeader(chunk: Uint8Array, at: number): number {
    const next = this.#fillScratch(chunk, at);
    if (this.#filled === PDV_HEADER_BYTES) this.#endPdvHeader();
    return next;
  }

  #endPdvHeader(): void {
    const length = u32(this.#scratch, 0); //             1-4  Item-length: context id, control header and fragment
    this.#contextId = this.#scratch[4] ?? 0; //          5    Presentation-context-ID
    const control = this.#scratch[5] ?? 0; //            6    Message control header; bits 2 to 7 are not tested
    this.#filled = 0;
    // Compared without sums that could wrap: the item's length against what the PDU has left after the four bytes of that length.
    const left = this.#pduLeft - 4;
    if (length < 2 || length > left) {
      const why = length < 2 ? WHY.pdvTooShort(length) : WHY.pdvOutsidePdu(length, left);
      this.#fault(ABORT_REASON.invalidPduParameterValue, -1, why);
      return;
    }
    this.#isCommand = (control & COMMAND) !== 0;
    this.#isLastFragment = (control & LAST) !== 0;
    this.#pdvLeft = length - 2;
    this.#pduLeft -= PDV_HEADER_BYTES;
    if (this.#pdvLeft > 0) this.#place = AT.fragment;
    else this.#endPdv(NO_BYTES);
  }

  #readFragment(chunk: Uint8Array, at: number): number {
    const bytes = Math.min(this.#pdvLeft, chunk.byteLength - at);
    const piece = bytes === chunk.byteLength ? chunk : chunk.subarray(at, at + bytes);
    this.#pdvLeft -= bytes;
    this.#pduLeft -= bytes;
    if (this.#pdvLeft === 0) this.#endPdv(piece);
    else this.#sink.fragment(this.#contextId, this.#isCommand, false, piece);
    return at + bytes;
  }

  #endPdv(piece: Uint8Array): void {
    this.#sink.fragment(this.#contextId, this.#isCommand, this.#isLastFragment, piece);
    if (this.#place !== AT.nothing) this.#nextPdv();
  }

  #skip(chunk: Uint8Array, at: number): number {
    const bytes = Math.min(this.#pduLeft, chunk.byteLength - at);
    this.#pduLeft -= bytes;
    if (this.#pduLeft === 0) this.#place = AT.header;
    return at + bytes;
  }

  #fault(reason: PduFault['reason'], at: number, why: PduFault['why']): void {
    this.stop();
    this.#sink.fault({ reason, at, why });
  }
}

function isPduType(byte: number): boolean {
  return byte >= PDU_TYPE.associateRq && byte <= PDU_TYPE.abort;
}

function u32(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] ?? 0) * 0x1000000 + ((bytes[at + 1] ?? 0) << 16) + ((bytes[at + 2] ?? 0) << 8) + (bytes[at + 3] ?? 0)
  );
}
