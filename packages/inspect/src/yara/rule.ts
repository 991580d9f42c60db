import { lineOf, type Token, tokensOf } from './tokens.ts';

/** A source of rules, as it lies in a file. */
export interface RuleSource {
  /** Name of the file, without its folder. */
  readonly name: string;
  readonly text: string;
}

/** A pattern of a rule: `$id = value modifiers`. */
export interface Pattern {
  readonly id: string;
  readonly value: Token;
  /** Behind its last modifier, in the source. */
  readonly to: number;
  readonly modifiers: ReadonlySet<string>;
}

/** A rule as it is written; what it means is YARA's to say. */
export interface Rule {
  readonly name: string;
  readonly line: number;
  /** Its place in the source, from its first word to its last brace. */
  readonly from: number;
  readonly to: number;
  readonly isPrivate: boolean;
  readonly isGlobal: boolean;
  readonly patterns: readonly Pattern[];
  readonly condition: readonly Token[];
}

/** A source cut into its rules. `include` names files: a set of rules holds what lies in its folder, and nothing else. */
export interface ReadSource {
  readonly rules: readonly Rule[];
  readonly includes: readonly number[];
  /** Lines that cannot be understood: YARA tells more of them. */
  readonly unreadable: readonly number[];
}

/** Reads the outline of a source. Never throws: what it does not understand YARA refuses with better words. */
export function readSource(text: string): ReadSource {
  const tokens = tokensOf(text);
  if (!isRead(tokens)) return { rules: [], includes: [], unreadable: [lineOf(text, tokens.at)] };
  const rules: Rule[] = [];
  const includes: number[] = [];
  const unreadable: number[] = [];
  let flags: Token[] = [];
  for (let at = 0; at < tokens.length; ) {
    const token = tokens[at] as Token;
    if (token.text === 'private' || token.text === 'global') flags.push(token);
    else if (token.text === 'rule' && token.kind === 'word') {
      const end = endOf(tokens, at);
      const rule = end === undefined ? undefined : ruleOf(text, tokens.slice(at, end), flags);
      if (end === undefined || rule === undefined) return { rules, includes, unreadable: [lineOf(text, token.from)] };
      rules.push(rule);
      [at, flags] = [end, []];
      continue;
    } else if (token.text === 'include' && token.kind === 'word') includes.push(lineOf(text, token.from));
    at += 1;
  }
  return { rules, includes, unreadable };
}

function isRead(tokens: ReturnType<typeof tokensOf>): tokens is readonly Token[] {
  return Array.isArray(tokens);
}

/** Behind the brace that closes the rule at `from`: hexadecimal values are words of their own, so that braces are the rules' alone. */
function endOf(tokens: readonly Token[], from: number): number | undefined {
  const end = tokens.findIndex((token, at) => at > from && token.kind === 'mark' && token.text === '}');
  return end < 0 ? undefined : end + 1;
}

const SECTIONS: ReadonlySet<string> = new Set(['meta', 'strings', 'condition']);

function ruleOf(source: string, tokens: readonly Token[], flags: readonly Token[]): Rule | undefined {
  const [first, name] = tokens;
  const last = tokens.at(-1);
  if (first === undefined || name === undefined || last === undefined) return undefined;
  const strings = sectionOf(tokens, 'strings');
  const condition = sectionOf(tokens, 'condition');
  if (condition.length === 0) return undefined;
  return {
    name: name.text,
    line: lineOf(source, first.from),
    from: flags[0]?.from ?? first.from,
    to: last.to,
    isPrivate: flags.some(({ text }) => text === 'private'),
    isGlobal: flags.some(({ text }) => text === 'global'),
    patterns: patternsOf(strings),
    condition,
  };
}

function isSection(tokens: readonly Token[], at: number): boolean {
  const { kind, text } = tokens[at] as Token;
  return kind === 'word' && SECTIONS.has(text) && tokens[at + 1]?.text === ':' && tokens[at + 1]?.kind === 'mark';
}

function sectionOf(tokens: readonly Token[], name: string): readonly Token[] {
  const from = tokens.findIndex((token, at) => token.text === name && isSection(tokens, at));
  if (from < 0) return [];
  const to = tokens.findIndex((_token, at) => at > from && isSection(tokens, at));
  return tokens.slice(from + 2, to < 0 ? -1 : to);
}

function patternsOf(tokens: readonly Token[]): Pattern[] {
  const patterns: Pattern[] = [];
  for (let at = 0; at + 2 < tokens.length; at += 1) {
    const [id, equals, value] = tokens.slice(at, at + 3) as [Token, Token, Token];
    if (!id.text.startsWith('$') || id.kind !== 'word' || equals.text !== '=') continue;
    const rest = tokens.slice(at + 3);
    const next = rest.findIndex(({ kind, text }) => kind === 'word' && text.startsWith('$'));
    const words = next < 0 ? rest : rest.slice(0, next);
    const modifiers = new Set(words.map(({ text }) => text));
    // One without a name of its own is `$`: it counts for `them` alone.
    patterns.push({ id: id.text, value, to: (words.at(-1) ?? value).to, modifiers });
  }
  return patterns;
}

/** The source without these rules, every other line where it was. */
export function without(text: string, rules: readonly Rule[]): string {
  let left = text;
  for (const { from, to } of rules) {
    const blank = text.slice(from, to).replace(/[^\n]/g, ' ');
    left = left.slice(0, from) + blank + left.slice(to);
  }
  return left;
}
