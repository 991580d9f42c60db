/** A word of YARA's language. `regex` and `hex` hold what stands between their marks; `text` of a string is what it stands for, one character a byte. */
export interface Token {
  readonly kind: 'word' | 'number' | 'string' | 'regex' | 'hex' | 'mark';
  readonly text: string;
  /** Where it begins and ends in the source, in UTF-16 units. */
  readonly from: number;
  readonly to: number;
}

/** A source that cannot be cut into words: what YARA itself would refuse too. `at` is where. */
export interface Unreadable {
  readonly at: number;
}

/** Words of one source at most: a source is bounded, and so is this. */
const MOST_TOKENS = 500_000;
const SPACE = /(?:\s|\/\/[^\n]*|\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\/)+/y;
const WORD = /[$#@!]?[A-Za-z_][A-Za-z0-9_]*\*?|[$#@]|!(?!=)/y;
/** The value of a pattern between braces, whose comments may hold any mark. */
const HEX = /\{(?:[^}/]|\/\/[^\n]*|\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\/)*\}/y;
const NUMBER = /0x[0-9a-fA-F]+|0o[0-7]+|[0-9]+(?:\.[0-9]+)?(?:[KM]B)?/y;
const STRING = /"(?:[^"\\\n]|\\[^\n])*"/y;
const REGEX = /\/(?:[^/\\\n]|\\[^\n])+\/[is]{0,2}/y;
const MARK = /==|!=|<=|>=|<<|>>|\.\.|[{}()[\]:=<>+\-*\\%&|^~,.?]/y;

/** Cuts a source into words, comments left out. @returns the words, or where it stopped making sense. */
export function tokensOf(source: string): readonly Token[] | Unreadable {
  const tokens: Token[] = [];
  for (let at = 0; at < source.length; ) {
    at += lengthAt(SPACE, source, at);
    if (at >= source.length) break;
    const token = tokenAt(source, at, tokens.at(-1), tokens.at(-2));
    if (token === undefined || tokens.length >= MOST_TOKENS) return { at };
    tokens.push(token);
    at = token.to;
  }
  return tokens;
}

function tokenAt(source: string, at: number, last: Token | undefined, before: Token | undefined): Token | undefined {
  const isValue = last?.text === '=' && before?.text.startsWith('$') === true;
  if (source[at] === '{' && isValue) return matched('hex', HEX, source, at, (all) => all.slice(1, -1));
  const isRegex =
    source[at] === '/' && (isValue || last?.text === 'matches' || last?.text === '(' || last?.text === ',');
  if (isRegex) return matched('regex', REGEX, source, at, (all) => all);
  return (
    matched('word', WORD, source, at, (all) => all) ??
    matched('number', NUMBER, source, at, (all) => all) ??
    matched('string', STRING, source, at, meant) ??
    matched('mark', MARK, source, at, (all) => all)
  );
}

function matched(
  kind: Token['kind'],
  pattern: RegExp,
  source: string,
  from: number,
  read: (all: string) => string,
): Token | undefined {
  pattern.lastIndex = from;
  const [all] = pattern.exec(source) ?? [];
  return all === undefined ? undefined : { kind, text: read(all), from, to: from + all.length };
}

function lengthAt(pattern: RegExp, source: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0].length ?? 0;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** What a quoted text stands for: its bytes as YARA searches them, UTF-8. */
function meant(quoted: string): string {
  const inner = Buffer.from(quoted.slice(1, -1), 'utf8').toString('latin1');
  return inner.replace(/\\(x[0-9a-fA-F]{2}|[\s\S])/g, (_all, code: string) =>
    /^x.{2}$/.test(code) ? String.fromCharCode(Number.parseInt(code.slice(1), 16)) : (ESCAPES[code] ?? code),
  );
}

/** The line of a place in a source, from 1. */
export function lineOf(source: string, at: number): number {
  let line = 1;
  for (let next = source.indexOf('\n'); next >= 0 && next < at; next = source.indexOf('\n', next + 1)) line += 1;
  return line;
}
