/** Longest answer believed: a signature's name and a few words. */
const MOST_ANSWER_BYTES = 1024;
/** `3: stream: OK`, as clamd answers inside a session. */
const NUMBERED = /^([1-9][0-9]{0,9}): (.*)$/s;
const FOUND = /^stream: (.+) FOUND$/s;

/** One answer of clamd inside a session: which command it is to, and what it says. */
export interface ClamdAnswer {
  /** Counted from 1, as the commands of the session were sent; answers may come in another order. */
  readonly command: number;
  readonly said:
    | { readonly kind: 'ok' }
    /** `name` as it came: not yet fit to be shown. */
    | { readonly kind: 'found'; readonly name: string }
    /** A longer stream than clamd's own StreamMaxLength: it closes the session after saying so. */
    | { readonly kind: 'limit' }
    | { readonly kind: 'error' }
    | { readonly kind: 'text'; readonly text: string };
}

/**
 * Cuts what clamd sends into its answers (clamd(8): each ends with NUL, the delimiter of its command). Bounded: nothing is kept beyond
 * one answer of 1,024 bytes, and whoever says anything else is not believed again.
 */
export class ClamdAnswers {
  readonly #take: (answer: ClamdAnswer) => void;
  #begun = '';
  /** Whether it said what clamd does not say. */
  isNonsense = false;

  constructor(take: (answer: ClamdAnswer) => void) {
    this.#take = take;
  }

  /** Takes the next bytes, in any split. */
  push(bytes: Uint8Array): void {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
    for (let at = 0; at < text.length && !this.isNonsense; ) {
      const end = text.indexOf('\0', at);
      const piece = text.slice(at, end < 0 ? text.length : end);
      if (this.#begun.length + piece.length > MOST_ANSWER_BYTES) this.isNonsense = true;
      else if (end < 0) this.#begun += piece;
      else this.#ended(this.#begun + piece);
      at = end < 0 ? text.length : end + 1;
    }
  }

  #ended(line: string): void {
    this.#begun = '';
    const [, number = '', words = ''] = NUMBERED.exec(line) ?? [];
    if (number === '') this.isNonsense = true;
    else this.#take({ command: Number(number), said: saidBy(words) });
  }
}

function saidBy(words: string): ClamdAnswer['said'] {
  if (words === 'stream: OK') return { kind: 'ok' };
  const name = FOUND.exec(words)?.[1];
  if (name !== undefined) return { kind: 'found', name };
  if (words === 'INSTREAM size limit exceeded. ERROR') return { kind: 'limit' };
  return words.endsWith('ERROR') ? { kind: 'error' } : { kind: 'text', text: words };
}
