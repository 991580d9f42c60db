import { type Literal, literalsOf } from './literals.ts';
import type { Rule } from './rule.ts';
import type { Token } from './tokens.ts';

/** What a content must hold for a rule to be true of it: one of the literals anywhere, or one of the beginnings at its very start. */
export interface Need {
  readonly literals: readonly Literal[];
  readonly starts: readonly string[];
}

/** Parentheses deeper than this are not looked into: the rule counts as needing nothing. */
const MOST_DEPTH = 32;

/**
 * What must be there for `rule` to be true, or undefined when nothing can be said. On the safe side in all: a condition, or a part of one,
 * that is not understood needs nothing. So a content without it can be passed over unseen, and nothing is missed.
 */
export function needOf(rule: Rule): Need | undefined {
  return needOfTokens(rule.condition, rule, 0);
}

function needOfTokens(tokens: readonly Token[], rule: Rule, depth: number): Need | undefined {
  if (tokens.length === 0 || depth > MOST_DEPTH) return undefined;
  const either = split(tokens, 'or');
  if (either.length > 1) return union(either.map((part) => needOfTokens(part, rule, depth + 1)));
  const all = split(tokens, 'and');
  if (all.length > 1) return leastOf(all.map((part) => needOfTokens(part, rule, depth + 1)));
  const inner = insideOf(tokens);
  return inner === undefined ? needOfTerm(tokens, rule) : needOfTokens(inner, rule, depth + 1);
}

/** Cut at a word of the lowest rank, outside parentheses: nothing binds weaker than `or`, and `and` comes next. */
function split(tokens: readonly Token[], word: 'or' | 'and'): readonly (readonly Token[])[] {
  const parts: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    depth += isOpening(token) ? 1 : isClosing(token) ? -1 : 0;
    if (depth === 0 && token.kind === 'word' && token.text === word) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}

const isOpening = ({ kind, text }: Token): boolean => kind === 'mark' && (text === '(' || text === '[');
const isClosing = ({ kind, text }: Token): boolean => kind === 'mark' && (text === ')' || text === ']');

/** What stands in one pair of parentheses around all. */
function insideOf(tokens: readonly Token[]): readonly Token[] | undefined {
  if (tokens[0]?.text !== '(' || tokens[0].kind !== 'mark') return undefined;
  let depth = 0;
  const end = tokens.findIndex((token) => {
    depth += isOpening(token) ? 1 : isClosing(token) ? -1 : 0;
    return depth === 0;
  });
  return end === tokens.length - 1 ? tokens.slice(1, -1) : undefined;
}

function union(needs: readonly (Need | undefined)[]): Need | undefined {
  if (needs.length === 0 || needs.includes(undefined)) return undefined;
  const known = needs as readonly Need[];
  return { literals: known.flatMap(({ literals }) => literals), starts: known.flatMap(({ starts }) => starts) };
}

/** The one that is needed least often: with the fewest ways, and the longest of them. A beginning alone (`MZ`) is rarer than any. */
function leastOf(needs: readonly (Need | undefined)[]): Need | undefined {
  const known = needs.filter((need) => need !== undefined);
  return known.sort((a, b) => costOf(a) - costOf(b))[0];
}

function costOf({ literals, starts }: Need): number {
  return literals.reduce((sum, { text }) => sum + 1 + 8 / text.length, starts.length / 100);
}

const QUANTIFIER = /^(any|all|[1-9][0-9]*)$/;

function needOfTerm(tokens: readonly Token[], rule: Rule): Need | undefined {
  const [first, second] = tokens;
  if (first === undefined) return undefined;
  if (/^\$[A-Za-z_]/.test(first.text) && first.kind === 'word' && isPlace(tokens.slice(1)))
    return needOfPatterns([first.text], rule);
  if (/^#[A-Za-z_]/.test(first.text) && isPositive(tokens.slice(1)))
    return needOfPatterns([`$${first.text.slice(1)}`], rule);
  if (second?.text === 'of' && QUANTIFIER.test(first.text)) return needOfSet(first.text, tokens.slice(2), rule);
  return startOf(tokens);
}

/** Nothing, `at X` or `in (X..Y)` behind a pattern. */
function isPlace(rest: readonly Token[]): boolean {
  return rest.length === 0 || rest[0]?.text === 'at' || rest[0]?.text === 'in';
}

/** `> n`, `>= 1` or more, `== 1` or more. */
function isPositive([relation, number, ...more]: readonly Token[]): boolean {
  if (relation === undefined || number?.kind !== 'number' || more.length > 0) return false;
  const value = Number.parseInt(number.text, 10);
  return relation.text === '>' || ((relation.text === '>=' || relation.text === '==') && value > 0);
}

function needOfSet(quantifier: string, rest: readonly Token[], rule: Rule): Need | undefined {
  const isThem = rest[0]?.text === 'them';
  const end = isThem ? 1 : rest.findIndex(isClosing) + 1;
  if (end === 0 || (!isThem && rest[0]?.text !== '(') || !isPlace(rest.slice(end))) return undefined;
  const words = isThem
    ? ['$*']
    : rest
        .slice(1, end - 1)
        .filter(({ text }) => text !== ',')
        .map(({ text }) => text);
  if (!words.every((word) => /^\$[A-Za-z0-9_]*\*?$/.test(word))) return undefined;
  if (quantifier !== 'all') return needOfPatterns(words, rule);
  const each = patternsNamed(words, rule).map((pattern) => union([needOfLiterals(literalsOf(pattern))]));
  return leastOf(each);
}

function patternsNamed(words: readonly string[], rule: Rule) {
  const isNamed = (id: string) =>
    words.some((word) => (word.endsWith('*') ? id.startsWith(word.slice(0, -1)) : id === word));
  return rule.patterns.filter(({ id }) => isNamed(id));
}

function needOfPatterns(words: readonly string[], rule: Rule): Need | undefined {
  return union(patternsNamed(words, rule).map((pattern) => needOfLiterals(literalsOf(pattern))));
}

function needOfLiterals(literals: readonly Literal[] | undefined): Need | undefined {
  return literals === undefined ? undefined : { literals, starts: [] };
}

const WIDTH: Readonly<Record<string, number>> = {
  uint8: 1,
  uint16: 2,
  uint32: 4,
  uint8be: 1,
  uint16be: 2,
  uint32be: 4,
};

/** `uint16(0) == 0x5A4D`: the content begins with `MZ`. */
function startOf(tokens: readonly Token[]): Need | undefined {
  const [name, open, place, close, equals, number, ...more] = tokens;
  const width = WIDTH[name?.text ?? ''];
  if (width === undefined || open?.text !== '(' || place?.text !== '0' || close?.text !== ')') return undefined;
  if (equals?.text !== '==' || number?.kind !== 'number' || !/^(0x[0-9a-fA-F]+|[0-9]+)$/.test(number.text))
    return undefined;
  const value = Number(number.text);
  if (more.length > 0 || value >= 2 ** (8 * width)) return undefined;
  const bytes = Buffer.alloc(width);
  bytes.writeUIntLE(value, 0, width);
  if (name?.text.endsWith('be')) bytes.reverse();
  return { literals: [], starts: [bytes.toString('latin1')] };
}

/** Words of a condition that speak of places, sizes or the whole content: such a rule is judged where a content begins, and nowhere else. */
const ANCHORS =
  /^(at|in|filesize|entrypoint|u?int(8|16|32)(be)?|@.*|!.+|pe|elf|macho|dotnet|dex|lnk|crx|math|hash|magic|cuckoo|time|string|vt|console)$/;

/** Whether the rule's condition speaks of where in a content something stands, or of the content as a whole. */
export function isAnchored({ condition }: Rule): boolean {
  return condition.some(({ kind, text }) => kind === 'word' && ANCHORS.test(text));
}

/** How deep loops stand in loops in the rule's condition: YARA's own time limit does nothing in WebAssembly, so that two are one too many. */
export function loopDepth({ condition }: Rule): number {
  let deepest = 0;
  let parentheses = 0;
  const open: { readonly outside: number; hasBody: boolean }[] = [];
  for (const token of condition) {
    const last = open.at(-1);
    if (isOpening(token)) parentheses += 1;
    else if (isClosing(token)) {
      parentheses -= 1;
      if (last?.hasBody && parentheses === last.outside) open.pop();
    } else if (token.text === ':' && token.kind === 'mark' && last !== undefined) last.hasBody = true;
    else if (token.kind === 'word' && token.text === 'for') {
      open.push({ outside: parentheses, hasBody: false });
      deepest = Math.max(deepest, open.length);
    }
  }
  return deepest;
}
