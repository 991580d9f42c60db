/** What an XML (or HTML) text says, as far as its dangers need it. Names and texts are beginnings. */
export interface XmlTokens {
  /** `<?target data?>`. */
  instruction(target: string, data: string): void;
  /** `<!DOCTYPE …` up to its internal subset or end. */
  doctype(text: string): void;
  /** `<!ENTITY …>` or another declaration of the internal subset. length: of all of it, in characters; references: `&` and `%` behind what is kept. */
  declaration(text: string, length: number, references: number): void;
  doctypeEnd(): void;
  element(name: string): void;
  attribute(element: string, name: string, value: string): void;
  /** Characters between tags, in pieces. */
  text(characters: string): void;
}

type State =
  | 'text'
  | 'open'
  | 'tag-name'
  | 'tag'
  | 'attribute'
  | 'equals'
  | 'value'
  | 'instruction'
  | 'bang'
  | 'comment'
  | 'cdata'
  | 'doctype'
  | 'subset'
  | 'declaration';

const MOST_NAME = 64;
const MOST_VALUE = 1024;
/** Kept of a declaration, in characters. */
export const KEPT_DECLARATION = 4096;
const MOST_DOCTYPE = 1024;

const isBlank = (character: string): boolean =>
  character === ' ' || character === '\n' || character === '\r' || character === '\t';

/**
 * Cuts XML into tokens as it comes, in any split (XML 1.0 §2, §4). Tolerant: builds no tree, so what is not well formed is read on, as
 * browsers do. Memory: the beginning of the present token.
 */
export class XmlLexer {
  readonly #tokens: XmlTokens;
  #state: State = 'text';
  #kept = '';
  #element = '';
  #name = '';
  #quote = '';
  #length = 0;
  #references = 0;
  /** Where a declaration, comment or instruction leads back to. */
  #back: State = 'text';

  constructor(tokens: XmlTokens) {
    this.#tokens = tokens;
  }

  /** Takes the next characters. */
  push(characters: string): void {
    let at = 0;
    while (at < characters.length) {
      if (this.#state !== 'text') {
        this.#step(characters[at] ?? '');
        at += 1;
        continue;
      }
      const tag = characters.indexOf('<', at);
      const end = tag < 0 ? characters.length : tag;
      if (end > at) this.#tokens.text(characters.slice(at, end));
      if (tag >= 0) this.#enter('open');
      at = end + 1;
    }
  }

  #enter(state: State): void {
    this.#state = state;
    this.#kept = '';
  }

  #keep(character: string, most: number): void {
    if (this.#kept.length < most) this.#kept += character;
  }

  #step(character: string): void {
    switch (this.#state) {
      case 'open':
        return this.#open(character);
      case 'tag-name':
        return this.#tagName(character);
      case 'tag':
        return this.#tag(character);
      case 'attribute':
      case 'equals':
        return this.#attribute(character);
      case 'value':
        return this.#value(character);
      case 'bang':
        return this.#bang(character);
      case 'doctype':
        return this.#doctype(character);
      case 'subset':
        return this.#subset(character);
      case 'declaration':
        return this.#declaration(character);
      default:
        return this.#until(character);
    }
  }

  #open(character: string): void {
    this.#back = 'text';
    if (character === '?') this.#enter('instruction');
    else if (character === '!') this.#enter('bang');
    else if (character === '/') this.#closing();
    else if (/[\w:]/.test(character)) {
      this.#enter('tag-name');
      this.#keep(character, MOST_NAME);
    } else this.#enter('text');
  }

  /** A closing tag has no attributes that matter, but browsers read any. */
  #closing(): void {
    this.#element = '';
    this.#enter('tag');
  }

  #tagName(character: string): void {
    if (!isBlank(character) && character !== '>' && character !== '/') return this.#keep(character, MOST_NAME);
    this.#element = this.#kept;
    this.#tokens.element(this.#element);
    this.#enter(character === '>' ? 'text' : 'tag');
  }

  #tag(character: string): void {
    if (character === '>') this.#enter('text');
    else if (!isBlank(character) && character !== '/') {
      this.#enter('attribute');
      this.#keep(character, MOST_NAME);
    }
  }

  #attribute(character: string): void {
    if (this.#state === 'attribute') {
      if (character === '=') this.#nameOver();
      else if (character === '>' || character === '/') this.#enter(character === '>' ? 'text' : 'tag');
      else if (!isBlank(character)) this.#keep(character, MOST_NAME);
      return;
    }
    if (isBlank(character)) return;
    this.#enter('value');
    this.#quote = character === '"' || character === "'" ? character : '';
    if (this.#quote === '') this.#value(character);
  }

  #nameOver(): void {
    this.#name = this.#kept;
    this.#enter('equals');
  }

  #value(character: string): void {
    const isOver = this.#quote === '' ? isBlank(character) || character === '>' : character === this.#quote;
    if (!isOver) return this.#keep(character, MOST_VALUE);
    this.#tokens.attribute(this.#element, this.#name, this.#kept);
    this.#enter(this.#quote === '' && character === '>' ? 'text' : 'tag');
  }

  /** What `<!` begins is known by its first letters. */
  #bang(character: string): void {
    this.#kept += character;
    const word = this.#kept.toUpperCase();
    if (word === '--') {
      // Browsers take `<!-->` for a whole comment, so the two dashes count for its end too.
      this.#enter('comment');
      this.#kept = '--';
    } else if (word === '[CDATA[') this.#enter('cdata');
    else if (word === 'DOCTYPE') {
      this.#enter('doctype');
      this.#quote = '';
    } else if (!'--'.startsWith(word) && !'[CDATA['.startsWith(word) && !'DOCTYPE'.startsWith(word)) {
      const begun = this.#kept;
      this.#enter('declaration');
      this.#length = 0;
      this.#references = 0;
      this.#quote = '';
      for (const one of begun) this.#declaration(one);
    }
  }

  /** Comments, CDATA sections and instructions: over at their own end mark. */
  #until(character: string): void {
    const mark = this.#state === 'comment' ? '-->' : this.#state === 'cdata' ? ']]>' : '?>';
    const isInstruction = this.#state === 'instruction';
    this.#kept += character;
    if (this.#kept.endsWith(mark) || (this.#state === 'comment' && this.#kept.endsWith('--!>'))) {
      if (isInstruction) this.#instruction(this.#kept.slice(0, -mark.length));
      this.#enter(this.#back);
      return;
    }
    const most = isInstruction ? MOST_VALUE : mark.length;
    if (this.#kept.length > most + mark.length) {
      this.#kept = isInstruction
        ? this.#kept.slice(0, most) + this.#kept.slice(-mark.length)
        : this.#kept.slice(-mark.length);
    }
  }

  #instruction(text: string): void {
    const [, target = '', data = ''] = /^(\S*)\s*(.*)$/s.exec(text) ?? [];
    this.#tokens.instruction(target, data);
  }

  #doctype(character: string): void {
    const isQuoted = this.#quoted(character);
    if (isQuoted || (character !== '[' && character !== '>')) return this.#keep(character, MOST_DOCTYPE);
    this.#tokens.doctype(this.#kept);
    this.#enter(character === '[' ? 'subset' : 'text');
    if (character === '>') this.#tokens.doctypeEnd();
  }

  /** Inside `[ … ]`: declarations, comments, instructions, references to parameter entities. */
  #subset(character: string): void {
    if (this.#kept === '<') {
      this.#back = 'subset';
      if (character === '!') this.#enter('bang');
      else this.#enter(character === '?' ? 'instruction' : 'subset');
      return;
    }
    if (character === '<') this.#kept = '<';
    else if (character === ']') {
      this.#tokens.doctypeEnd();
      this.#element = '';
      this.#enter('tag');
    }
  }

  #declaration(character: string): void {
    this.#length += 1;
    // Outside a document type browsers take it for a comment that ends at the first `>`, quoted or not.
    const isQuoted = this.#quoted(character) && this.#back === 'subset';
    if (!isQuoted && character === '>') {
      this.#tokens.declaration(this.#kept, this.#length, this.#references);
      this.#enter(this.#back);
      return;
    }
    if (this.#kept.length >= KEPT_DECLARATION && (character === '&' || character === '%')) this.#references += 1;
    this.#keep(character, KEPT_DECLARATION);
  }

  /** Follows quotes. @returns whether the character is inside a pair. */
  #quoted(character: string): boolean {
    if (this.#quote === '') {
      if (character === '"' || character === "'") this.#quote = character;
      return false;
    }
    if (character === this.#quote) this.#quote = '';
    return true;
  }
}

const NAMED: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
  colon: ':',
  tab: '\t',
  newline: '\n',
};

/** A text with its character references (XML 1.0 §4.1, and HTML's few that hide URLs) replaced. */
export function withoutReferences(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(
    /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z]{2,7}));?/g,
    (whole, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined)
        return Object.hasOwn(NAMED, name.toLowerCase()) ? (NAMED[name.toLowerCase()] ?? whole) : whole;
      const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}
