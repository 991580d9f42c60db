import type { AbortReason, PduFault } from './pdu.ts';
import { ABORT_REASON } from './pdu.ts';
import { WHY } from './why.ts';

/** The first fault of a PDU; shared by all its readers, so that a whole table is read before anyone asks. */
interface FirstFault {
  fault: PduFault | undefined;
}

/**
 * Reads big-endian fields of a PDU in order. A field that does not fit in what encloses it is a fault, remembered once;
 * after it every read gives zero, nothing or '' and `remaining` is 0, so that loops end.
 */
export class FieldReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  readonly #first: FirstFault;
  #at: number;

  private constructor(bytes: Uint8Array, start: number, end: number, first: FirstFault) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    this.#first = first;
  }

  /** @param pdu a whole PDU; @param start offset of the first field to read. */
  static of(pdu: Uint8Array, start: number): FieldReader {
    return new FieldReader(pdu, Math.min(start, pdu.byteLength), pdu.byteLength, { fault: undefined });
  }

  get fault(): PduFault | undefined {
    return this.#first.fault;
  }

  get remaining(): number {
    return this.#first.fault === undefined ? this.#end - this.#at : 0;
  }

  /** Remembers a fault at the current place unless there is one already. */
  fail(reason: AbortReason, why: PduFault['why']): void {
    this.#first.fault ??= { reason, at: this.#at, why };
  }

  u8(): number {
    const at = this.#take(1);
    return at < 0 ? 0 : (this.#bytes[at] ?? 0);
  }

  u16(): number {
    const at = this.#take(2);
    return at < 0 ? 0 : (this.#bytes[at] ?? 0) * 0x100 + (this.#bytes[at + 1] ?? 0);
  }

  u32(): number {
    return this.u16() * 0x10000 + this.u16();
  }

  skip(bytes: number): void {
    this.#take(bytes);
  }

  /** A copy of the next bytes: what is kept must not hold on to the received chunk. */
  copy(bytes: number): Uint8Array {
    const at = this.#take(bytes);
    return at < 0 ? new Uint8Array(0) : Uint8Array.prototype.slice.call(this.#bytes, at, at + bytes);
  }

  /** Text without its outer padding (spaces, trailing NULs). What is not printable ASCII reads as `?`, so that no control character leaves the codec. */
  text(bytes: number): string {
    const at = this.#take(bytes);
    return at < 0 ? '' : printable(this.#bytes, at, at + bytes);
  }

  /** A reader over the next bytes alone; this one goes on after them. */
  within(bytes: number): FieldReader {
    const at = this.#take(bytes);
    return at < 0
      ? new FieldReader(this.#bytes, this.#end, this.#end, this.#first)
      : new FieldReader(this.#bytes, at, at + bytes, this.#first);
  }

  #take(bytes: number): number {
    if (this.#first.fault !== undefined) return -1;
    if (bytes > this.#end - this.#at) {
      this.fail(ABORT_REASON.invalidPduParameterValue, WHY.beyondEnd(bytes, this.#end - this.#at));
      return -1;
    }
    const at = this.#at;
    this.#at += bytes;
    return at;
  }
}

/** Visits the items of `fields` in order, each with a reader that cannot leave it. */
export function eachItem(fields: FieldReader, visit: (type: number, item: FieldReader) => void): void {
  while (fields.remaining > 0) {
    const type = fields.u8(); //          1    Item-type
    fields.skip(1); //                    2    Reserved
    const item = fields.within(fields.u16()); // 3-4  Item-length
    if (fields.fault !== undefined) return;
    visit(type, item);
  }
}

const SPACE = 0x20;
const TILDE = 0x7e;

/** The characters of `bytes[start, end)` without outer spaces and trailing NULs; `?` for what is not printable ASCII. */
export function printable(bytes: Uint8Array, start: number, end: number): string {
  let first = start;
  let last = end;
  while (last > first && (bytes[last - 1] === SPACE || bytes[last - 1] === 0)) last -= 1;
  while (first < last && bytes[first] === SPACE) first += 1;
  let text = '';
  for (let at = first; at < last; at += 1) {
    const code = bytes[at] ?? 0;
    text += code >= SPACE && code <= TILDE ? String.fromCharCode(code) : '?';
  }
  return text;
}
