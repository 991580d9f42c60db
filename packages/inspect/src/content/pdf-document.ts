import { latin1 } from '../bytes.ts';
import { type Budget, Unpacking } from './inflate.ts';
import { isProgram } from './magic.ts';
import { ObjectStream } from './object-stream.ts';
import { PdfLexer } from './pdf-lexer.ts';
import { PdfScan, type PdfTrouble, type PdfWatcher, type StreamDictionary } from './pdf-scan.ts';

/** What is said of a whole document: what is active in it, and what could not be looked into. */
export type PdfSaying =
  | PdfTrouble
  | 'encrypted'
  | 'encrypted-objects'
  | 'hidden-objects'
  | 'unread-objects'
  | 'unpacked-too-much';

/** Bytes unpacked of one document's streams in all. */
export const PDF_BUDGET_BYTES = 16 * 2 ** 20;
const BEGINNING = 16;

/** One way of taking a stream's bytes in. */
interface Reading {
  push(bytes: Uint8Array): void;
  end(): void;
}

/** A PDF as it comes: its tokens, and those of the object streams packed inside. Each thing is said once. */
export class PdfDocument implements PdfWatcher {
  readonly #say: (what: PdfSaying) => void;
  readonly #said = new Set<PdfSaying>();
  readonly #lexer: PdfLexer;
  readonly #budget: Budget;
  #reading: Reading | undefined;
  #isEncrypted = false;
  #opaque = 0;

  constructor(say: (what: PdfSaying) => void, budget: Budget = { left: PDF_BUDGET_BYTES }) {
    this.#say = say;
    this.#budget = budget;
    this.#lexer = new PdfLexer(new PdfScan(this));
  }

  push(bytes: Uint8Array): void {
    this.#lexer.push(bytes);
  }

  end(): void {
    this.#lexer.end();
    this.streamEnd();
    if (this.#isEncrypted) this.trouble('encrypted');
    if (this.#opaque > 0) this.trouble(this.#isEncrypted ? 'encrypted-objects' : 'hidden-objects');
  }

  trouble(what: PdfSaying): void {
    if (this.#said.has(what)) return;
    this.#said.add(what);
    this.#say(what);
  }

  encrypted(): void {
    this.#isEncrypted = true;
  }

  stream(dictionary: StreamDictionary): void {
    this.streamEnd();
    const isObjects = dictionary.isObjects || (dictionary.first >= 0 && dictionary.hasCount);
    if (isObjects) this.#reading = this.#objects(dictionary);
    else if (dictionary.isAttachment) this.#reading = this.#attached(dictionary);
  }

  streamBytes(bytes: Uint8Array): void {
    this.#reading?.push(bytes);
  }

  streamEnd(): void {
    const reading = this.#reading;
    this.#reading = undefined;
    reading?.end();
  }

  #objects(dictionary: StreamDictionary): Reading | undefined {
    if (dictionary.hasPredictor) {
      this.trouble('unread-objects');
      return undefined;
    }
    // What is inside an object stream is no stream itself (ISO 32000-1 §7.5.7), so nothing is unpacked twice.
    const inner = new PdfScan({ ...NOBODY, trouble: (what) => this.trouble(what), encrypted: () => this.encrypted() });
    return this.#unpacked(dictionary, new ObjectStream(new PdfLexer(inner), dictionary.first), true);
  }

  #attached(dictionary: StreamDictionary): Reading | undefined {
    let beginning = '';
    const push = (bytes: Uint8Array): void => {
      if (beginning.length < BEGINNING) beginning += latin1(bytes.subarray(0, BEGINNING));
    };
    const end = (): void => {
      if (isProgram(beginning)) this.trouble('attached-program');
    };
    return this.#unpacked(dictionary, { push, end }, false);
  }

  #unpacked(dictionary: StreamDictionary, inner: Reading, mustBeRead: boolean): Reading | undefined {
    const { filters } = dictionary;
    if (filters?.length === 0) return inner;
    const isDeflate = filters?.length === 1 && (filters[0] === 'FlateDecode' || filters[0] === 'Fl');
    if (filters !== undefined && !isDeflate) {
      if (mustBeRead) this.#opaque += 1;
      return undefined;
    }
    const unpacking = new Unpacking(this.#budget, (bytes) => inner.push(bytes));
    const end = (): void => {
      unpacking.end();
      inner.end();
      if (unpacking.isOverBudget) this.trouble('unpacked-too-much');
      else if (unpacking.isBroken && mustBeRead) this.#opaque += 1;
    };
    return { push: (bytes) => unpacking.push(bytes), end };
  }
}

const NOBODY = {
  stream: (): void => undefined,
  streamBytes: (): void => undefined,
  streamEnd: (): void => undefined,
};
