import { z } from 'zod';
import { ObjectSchema } from './nouns.ts';

// vault.export: for each object a 4-byte big-endian length, that many bytes of JSON (ExportHead), then `plainBytes` bytes
// of Part 10 file; none when `fault` is set. A length of 0 ends it, so that a cut stream cannot pass for a whole one.

/** What stands before each object of an export. */
export const ExportHeadSchema = z.object({ object: ObjectSchema, fault: z.optional(z.string()) });
export type ExportHead = z.output<typeof ExportHeadSchema>;

const LONGEST_HEAD_BYTES = 64 * 1024;

/** The bytes before an object's own. */
export function encodeExportHead(head: z.input<typeof ExportHeadSchema>): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(head));
  const framed = new Uint8Array(4 + json.byteLength);
  new DataView(framed.buffer).setUint32(0, json.byteLength);
  framed.set(json, 4);
  return framed;
}

/** The end of an export. */
export const EXPORT_END: Uint8Array = new Uint8Array(4);

/** What the reader of an export is told, in order. `body` chunks belong to the last `head`; `bodyEnd` follows them. */
export interface ExportHandler {
  head(head: ExportHead): void;
  body(chunk: Uint8Array): void;
  bodyEnd(): void;
}

/** Reads an export from chunks of any size. Keeps no more than one head. */
export class ExportReader {
  readonly #handler: ExportHandler;
  #waiting: Uint8Array = new Uint8Array(0);
  #bodyLeft = 0;
  #isBody = false;
  #isEnded = false;

  constructor(handler: ExportHandler) {
    this.#handler = handler;
  }

  /** Whether the end was read: false after the last chunk means that the stream was cut. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Takes the next chunk. Throws RangeError when it cannot be an export. */
  write(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.byteLength) {
      if (this.#isEnded) throw new RangeError('bytes after the end of the export');
      at = this.#isBody ? this.#readBody(chunk, at) : this.#readHead(chunk, at);
    }
  }

  #readBody(chunk: Uint8Array, at: number): number {
    const end = Math.min(chunk.byteLength, at + this.#bodyLeft);
    this.#handler.body(chunk.subarray(at, end));
    this.#bodyLeft -= end - at;
    if (this.#bodyLeft === 0) this.#endBody();
    return end;
  }

  #endBody(): void {
    this.#isBody = false;
    this.#handler.bodyEnd();
  }

  /** Gathers the length and the JSON after it; returns where it stopped reading. */
  #readHead(chunk: Uint8Array, at: number): number {
    const wanted = this.#headBytes();
    const end = Math.min(chunk.byteLength, at + wanted - this.#waiting.byteLength);
    const joined = new Uint8Array(this.#waiting.byteLength + end - at);
    joined.set(this.#waiting);
    joined.set(chunk.subarray(at, end), this.#waiting.byteLength);
    this.#waiting = joined;
    if (joined.byteLength >= 4 && joined.byteLength === this.#headBytes()) this.#headComplete();
    return end;
  }

  #headBytes(): number {
    if (this.#waiting.byteLength < 4) return 4;
    const length = new DataView(this.#waiting.buffer).getUint32(0);
    if (length > LONGEST_HEAD_BYTES) throw new RangeError('not an export: head too long');
    return 4 + length;
  }

  #headComplete(): void {
    const json = this.#waiting.subarray(4);
    this.#waiting = new Uint8Array(0);
    if (json.byteLength === 0) {
      this.#isEnded = true;
      return;
    }
    const head = ExportHeadSchema.parse(JSON.parse(new TextDecoder().decode(json)));
    this.#bodyLeft = head.fault === undefined ? head.object.plainBytes : 0;
    this.#isBody = true;
    this.#handler.head(head);
    if (this.#bodyLeft === 0) this.#endBody();
  }
}
