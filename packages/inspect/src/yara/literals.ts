import type { Pattern } from './rule.ts';
import type { Token } from './tokens.ts';

/** Bytes that must stand somewhere for a pattern to match: one character a byte. `isAnyCase`: ASCII letters in either case. */
export interface Literal {
  readonly text: string;
  readonly isAnyCase: boolean;
}

/** Shorter ones stand everywhere by chance. */
export const LEAST_LITERAL = 4;
/** Four bytes at every fourth place find all literals of seven. */
export const COARSE_LITERAL = 7;
/** More of a literal is not looked at before YARA does. */
const MOST_LITERAL = 16;
/** Alternatives of one pattern beyond which it counts as having no literal. */
const MOST_ALTERNATIVES = 32;

/**
 * Of each way a pattern can match, one literal it cannot match without; undefined when there is none to be found. Always on the safe side:
 * what is not understood has no literal.
 */
export function literalsOf({ value, modifiers }: Pattern): readonly Literal[] | undefined {
  if (modifiers.has('xor') || modifiers.has('base64') || modifiers.has('base64wide')) return undefined;
  const runs = runsOf(value);
  if (runs === undefined || runs.length > MOST_ALTERNATIVES) return undefined;
  const isAnyCase = modifiers.has('nocase') || (value.kind === 'regex' && /\/[is]*i[is]*$/.test(value.text));
  const isWide = modifiers.has('wide');
  const literals: Literal[] = [];
  for (const alternative of runs) {
    const best = bestOf(alternative);
    if (best === '') return undefined;
    if (!isWide || modifiers.has('ascii')) literals.push({ text: best.slice(0, MOST_LITERAL), isAnyCase });
    if (isWide) literals.push({ text: widened(best).slice(0, MOST_LITERAL), isAnyCase });
  }
  return literals.every(({ text }) => text.length >= LEAST_LITERAL) ? literals : undefined;
}

const widened = (text: string): string =>
  [...text]
    .map((one) => `${one}\0`)
    .join('')
    .slice(0, -1);

/** The alternatives of a value, each as the runs of bytes that stand in it one after the other. */
function runsOf({ kind, text }: Token): readonly (readonly string[])[] | undefined {
  if (kind === 'string') return [[text]];
  if (kind === 'hex') return [hexRuns(text)];
  if (kind === 'regex') return regexRuns(text.slice(1, text.lastIndexOf('/')));
  return undefined;
}

/** The run that is worth most: different bytes, and none of those that fill pictures. */
function bestOf(runs: readonly string[]): string {
  let best = '';
  let most = 0;
  for (const run of runs) {
    const cut = bestCut(run);
    const worth = worthOf(cut);
    if (worth > most) [best, most] = [cut, worth];
  }
  return best;
}

function bestCut(run: string): string {
  let best = run.slice(0, MOST_LITERAL);
  for (let at = 1; at + MOST_LITERAL <= run.length && at < 256; at += 1) {
    const cut = run.slice(at, at + MOST_LITERAL);
    if (worthOf(cut) > worthOf(best)) best = cut;
  }
  return best;
}

function worthOf(text: string): number {
  const seen = new Set(text);
  let worth = text.length >= COARSE_LITERAL ? 4 : 0;
  for (const one of seen) worth += one === '\0' || one === '\xff' || one === ' ' ? 0.25 : 1;
  return text.length < LEAST_LITERAL ? 0 : worth;
}

/** `4D 5A ?? [2-4] ( 50 | 51 ) 45`: what stands in brackets or has a wildcard is no literal, and ends the run before it. */
function hexRuns(text: string): string[] {
  const runs = [''];
  let depth = 0;
  const plain = text.replace(/\/\/[^\n]*|\/\*[\s\S]*?\*\//g, ' ');
  for (const [part] of plain.matchAll(/\[[^\]]*\]|[()|]|~?[0-9a-fA-F?]{2}/g)) {
    if (part === '(') depth += 1;
    else if (part === ')') depth -= 1;
    const isByte = depth === 0 && /^[0-9a-fA-F]{2}$/.test(part);
    if (isByte) runs.push((runs.pop() ?? '') + String.fromCharCode(Number.parseInt(part, 16)));
    else runs.push('');
  }
  return runs;
}

const PLAIN_ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f', v: '\v', a: '\x07' };

/** The alternatives of a regular expression outside all groups; a group, a class and what may be absent end a run. */
function regexRuns(expression: string): string[][] | undefined {
  const reading = new RegexReading();
  const parts = /\\x[0-9a-fA-F]{2}|\\[\s\S]|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]|\{[0-9]*,?[0-9]*\}|[\s\S]/g;
  for (const [part] of Buffer.from(expression, 'utf8').toString('latin1').matchAll(parts)) reading.take(part);
  return reading.isWhole ? reading.alternatives : undefined;
}

class RegexReading {
  readonly alternatives: string[][] = [['']];
  #depth = 0;
  #isOdd = false;

  get isWhole(): boolean {
    return this.#depth === 0 && !this.#isOdd;
  }

  take(part: string): void {
    if (part === '(') this.#depth += 1;
    if (this.#depth > 0) {
      if (part === ')') this.#depth -= 1;
      this.#end();
    } else this.#plain(part);
  }

  #plain(part: string): void {
    if (part === ')') this.#isOdd = true;
    else if (part === '|') this.alternatives.push(['']);
    else if (part === '?' || part === '*' || /^\{.+/.test(part)) this.#drop();
    else if (part === '+' || part === '.' || part === '^' || part === '$' || part.startsWith('[')) this.#end();
    else this.#byte(byteOf(part));
  }

  get #runs(): string[] {
    return this.alternatives.at(-1) as string[];
  }

  #end(): void {
    this.#runs.push('');
  }

  /** The last byte may be absent. */
  #drop(): void {
    this.#runs.push((this.#runs.pop() ?? '').slice(0, -1), '');
  }

  #byte(byte: string | undefined): void {
    if (byte === undefined) this.#end();
    else this.#runs.push((this.#runs.pop() ?? '') + byte);
  }
}

function byteOf(part: string): string | undefined {
  // Beyond ASCII a character is several bytes, of which a quantifier takes all.
  if (!part.startsWith('\\')) return part.charCodeAt(0) < 0x80 ? part : undefined;
  const code = part.slice(1);
  if (/^x[0-9a-fA-F]{2}$/.test(code)) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
  if (/^[A-Za-z0-9]$/.test(code)) return PLAIN_ESCAPES[code];
  return code;
}
