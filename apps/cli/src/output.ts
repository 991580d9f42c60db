import type { Language, Text } from '@leadglass/kit';

/** Something to print to; a terminal or not. */
export interface Sink {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

export type Colour = 'red' | 'green' | 'yellow' | 'grey' | 'bold';

const CODES: Readonly<Record<Colour, readonly [string, string]>> = {
  red: ['\x1b[31m', '\x1b[39m'],
  green: ['\x1b[32m', '\x1b[39m'],
  yellow: ['\x1b[33m', '\x1b[39m'],
  grey: ['\x1b[90m', '\x1b[39m'],
  bold: ['\x1b[1m', '\x1b[22m'],
};

/** Control characters (C0, C1), those that turn the direction of writing, and those that cannot be seen. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** `value` with everything a terminal would obey, and everything invisible, replaced by `?`: a peer chose some of these characters. */
export function safe(value: string): string {
  return value.replace(UNSAFE, '?');
}

/** A cell of a table: text, or text with a colour. */
export type Cell = string | number | { readonly value: string; readonly colour: Colour };

const WIDTH = 100;
const GAP = '  ';

/** Prints for people (sentences, tables) or for programs (JSON), never both. */
export class Output {
  readonly language: Language;
  readonly isJson: boolean;
  readonly #out: Sink;
  readonly #err: Sink;
  readonly #isColoured: boolean;

  constructor(
    language: Language,
    isJson: boolean,
    out: Sink,
    err: Sink,
    environment: Readonly<Record<string, string | undefined>>,
  ) {
    this.language = language;
    this.isJson = isJson;
    this.#out = out;
    this.#err = err;
    // https://no-color.org: present and not empty.
    this.#isColoured = out.isTTY === true && (environment.NO_COLOR ?? '') === '' && environment.TERM !== 'dumb';
  }

  /** The sentence in the language of this run. */
  of(sentence: Text): string {
    return sentence[this.language];
  }

  /** Whether something on one line may be redrawn. */
  get isLive(): boolean {
    return this.#err.isTTY === true && !this.isJson;
  }

  /** Whether what is printed is read by the person in front of it, and kept nowhere. */
  get isTerminal(): boolean {
    return this.#out.isTTY === true && !this.isJson;
  }

  /** Width of the terminal, at most 100. */
  get width(): number {
    return Math.min(this.#err.columns ?? WIDTH, WIDTH);
  }

  paint(colour: Colour, value: string): string {
    const [on, off] = CODES[colour];
    return this.#isColoured ? `${on}${value}${off}` : value;
  }

  /** A line for people; nothing with --json. */
  line(value: string | Text = '', colour?: Colour): void {
    if (this.isJson) return;
    const plain = safe(typeof value === 'string' ? value : this.of(value));
    this.#out.write(`${colour === undefined ? plain : this.paint(colour, plain)}\n`);
  }

  /** A value for programs; nothing without --json. `isCompact`: one line, for streams of values. */
  json(value: unknown, isCompact = false): void {
    if (!this.isJson) return;
    // A program may print it to a terminal all the same: JSON escapes C0 itself, these it would let through.
    const body = JSON.stringify(value, undefined, isCompact ? undefined : 2);
    this.#out.write(`${body.replace(/[\x7f-\x9f\u2028\u2029\p{Cf}]/gu, escapeUnit)}\n`);
  }

  /** Text kept as it is (YAML, a proof), line by line made safe. */
  block(value: string): void {
    if (!this.isJson) this.#out.write(`${value.replace(/\n$/, '').split('\n').map(safe).join('\n')}\n`);
  }

  /** To the error stream, whatever the form. */
  error(value: string, colour?: Colour): void {
    const plain = safe(value);
    this.#err.write(`${colour !== undefined && this.#err.isTTY === true ? this.paint(colour, plain) : plain}\n`);
  }

  /** Redraws the last line of the error stream; only when `isLive`. */
  redraw(value: string): void {
    if (this.isLive) this.#err.write(`\r\x1b[2K${safe(value)}`);
  }

  /** A table of at most 100 columns: what does not fit is cut in the widest column. */
  table(heads: readonly Text[], rows: readonly (readonly Cell[])[]): void {
    if (this.isJson) return;
    const body = rows.map((row) => row.map(cellOf));
    const widths = fit(
      heads.map((head, column) => Math.max(this.of(head).length, ...body.map((row) => row[column]?.value.length ?? 0))),
    );
    const draw = (cells: readonly { value: string; colour?: Colour }[]) => {
      const drawn = cells.map(({ value, colour }, column) => {
        const cut = cutTo(value, widths[column] ?? 0);
        const padded = column === cells.length - 1 ? cut : cut.padEnd(widths[column] ?? 0);
        return colour === undefined ? padded : this.paint(colour, padded);
      });
      this.#out.write(`${drawn.join(GAP).trimEnd()}\n`);
    };
    draw(heads.map((head) => ({ value: this.of(head), colour: 'grey' as const })));
    for (const row of body) draw(row);
  }
}

function escapeUnit(character: string): string {
  return [...Array(character.length).keys()]
    .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
    .join('');
}

function cellOf(cell: Cell): { value: string; colour?: Colour } {
  if (typeof cell === 'object') return { value: safe(cell.value), colour: cell.colour };
  return { value: safe(String(cell)) };
}

function cutTo(value: string, width: number): string {
  return value.length <= width ? value : `${value.slice(0, Math.max(0, width - 1))}…`;
}

/** Narrows the widest column until all fit in the width. */
function fit(widths: readonly number[]): number[] {
  const fitted = [...widths];
  const room = WIDTH - GAP.length * (widths.length - 1);
  for (let excess = fitted.reduce((a, b) => a + b, 0) - room; excess > 0; ) {
    const widest = fitted.indexOf(Math.max(...fitted));
    const second = Math.max(...fitted.filter((_, column) => column !== widest), 8);
    const cut = Math.min(excess, Math.max(1, (fitted[widest] ?? 0) - second));
    fitted[widest] = (fitted[widest] ?? 0) - cut;
    excess -= cut;
  }
  return fitted;
}
