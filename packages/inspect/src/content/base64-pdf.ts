import { PdfDocument, type PdfSaying } from './pdf-document.ts';

/** `%PDF-` in base64 (RFC 4648 §4). */
const MARK = 'JVBERi';
const QUANTUM = 4;

/** A PDF inside the text of an XML element, as CDA carries it (`representation="B64"`): unpacked as it comes and looked into. */
export class Base64Pdf {
  readonly #say: (what: PdfSaying) => void;
  #document: PdfDocument | undefined;
  #rest = '';
  #isJudged = false;

  constructor(say: (what: PdfSaying) => void) {
    this.#say = say;
  }

  /** The next characters of the element's text. */
  push(characters: string): void {
    if (this.#isJudged && this.#document === undefined) return;
    this.#rest += characters.replace(/\s+/g, '');
    if (!this.#isJudged) {
      if (this.#rest.length < MARK.length) return;
      this.#isJudged = true;
      if (this.#rest.startsWith(MARK)) this.#document = new PdfDocument(this.#say);
    }
    const whole = this.#rest.length - (this.#rest.length % QUANTUM);
    this.#document?.push(Buffer.from(this.#rest.slice(0, whole), 'base64'));
    this.#rest = this.#document === undefined ? '' : this.#rest.slice(whole);
  }

  /** Says that the element's text is over; another may begin. */
  end(): void {
    this.#document?.end();
    this.#document = undefined;
    this.#rest = '';
    this.#isJudged = false;
  }
}
