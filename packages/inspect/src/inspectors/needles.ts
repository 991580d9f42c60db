/** Shorter words are met by chance. */
export const SHORTEST_WORD = 4;
const LONGEST = 64;
/** A name of five parts, a number and other numbers, a birth date. */
const MOST = 16;
/** Written where there is no patient. */
const NOBODY =
  /^(ANON.*|UNKNOWN|INCONNUE?|PATIENT|PHANTOM|FANTOME|TEST.*|NONE|NULL|NAME|NOM|OTHER|SERVICE|DEMO|XXXX+|(.)\2*)$/;

/** As it is compared: bytes as Latin-1, small letters as capitals. */
export function folded(text: string): string {
  return text.toUpperCase();
}

/** The few words of a patient that are looked for elsewhere. Kept in memory while one object passes, and never told. */
export class Needles {
  readonly #words = new Set<string>();
  readonly #numbers = new Set<string>();

  get isEmpty(): boolean {
    return this.#words.size === 0;
  }

  /** The parts of a name (PS3.5 §6.2.1). */
  addName(name: string): void {
    for (const part of folded(name).split(/[\^= ,\\\0]+/, MOST)) this.#add(part);
  }

  /** A number, a birth date: also looked for as part of an identifier. */
  addNumber(value: string): void {
    for (const one of folded(value).split('\\', MOST)) {
      const bare = one.replace(/[\0 ]+$/, '').trimStart();
      if (this.#add(bare) && /^[1-9][0-9]{5,}$/.test(bare)) this.#numbers.add(bare);
    }
  }

  #add(word: string): boolean {
    if (word.length < SHORTEST_WORD || word.length > LONGEST || this.#words.size >= MOST || NOBODY.test(word))
      return false;
    this.#words.add(word);
    return true;
  }

  /**
   * Whether one of the words stands in `text` (folded) as a word of its own.
   * @param hasBefore text came before: what begins the text was judged with it.
   * @param hasMore text may follow: what ends the text is judged with it.
   */
  areIn(text: string, hasBefore = false, hasMore = false): boolean {
    for (const word of this.#words) {
      const last = text.length - word.length - (hasMore ? 1 : 0);
      let at = text.indexOf(word, hasBefore ? 1 : 0);
      for (; at >= 0 && at <= last; at = text.indexOf(word, at + 1))
        if (!isOfWord(text, at - 1) && !isOfWord(text, at + word.length)) return true;
    }
    return false;
  }

  /** Whether a component of the UID is the patient's number or birth date. */
  areInUid(uid: string): boolean {
    return this.#numbers.size > 0 && uid.split('.', LONGEST).some((component) => this.#numbers.has(component));
  }
}

/** How much of one piece must be looked at again with the next: the longest word, and a character on either side. */
export const NEEDLE_OVERLAP = LONGEST + 2;

/** Letters and digits, and whatever is no ASCII. */
function isOfWord(text: string, at: number): boolean {
  if (at < 0 || at >= text.length) return false;
  const code = text.charCodeAt(at);
  return (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || code >= 0x80;
}
