import type { Scanner } from '@virustotal/yara-x';
import type { Binding } from './binding.ts';
import { Gate } from './gate.ts';
import { RULE_LIMITS, refusalsOf } from './limits.ts';
import { isAnchored, needOf } from './need.ts';
import { problemAt, problemOf, type RuleProblem } from './problem.ts';
import { type ReadSource, type Rule, type RuleSource, readSource, without } from './rule.ts';
import { trialsOf } from './trial.ts';

/** Whose rules they are: the name of their namespace, and the middle of their findings’ codes. */
export type Namespace = 'leadglass' | 'site';

/** Sources by who wrote them. */
export type RuleSources = Readonly<Record<Namespace, readonly RuleSource[]>>;

/** A rule of a set. */
export interface KnownRule {
  readonly namespace: Namespace;
  readonly file: string;
  readonly name: string;
  readonly line: number;
  /** Judged only where a content begins: its condition speaks of places or sizes. */
  readonly isAnchored: boolean;
  /** Needs no text a content could be searched for first: it costs a whole scan of each content it is shown (`isHeavy` in `rules list`). */
  readonly isHeavy: boolean;
}

/** A rule that is true of some bytes. */
export interface Match {
  readonly rule: KnownRule;
  readonly metadata: ReadonlyMap<string, string>;
  /** Whether a pattern of it was found, and not only a condition true. */
  readonly hasPattern: boolean;
}

/** One more match of a pattern says nothing new. */
const MOST_MATCHES = 16;
/** Asked of YARA although it does nothing in WebAssembly (1.20): the day it does, it counts. */
const TIMEOUT_MS = 2_000;

const NAMESPACES: readonly Namespace[] = ['leadglass', 'site'];

/** Rules, compiled or to be compiled when one of them is first asked, and the gate before them. `free` gives their memory back. */
export class RuleSet {
  readonly rules: readonly KnownRule[];
  readonly gate: Gate;
  readonly hasHeavy: boolean;
  readonly sources: RuleSources;
  readonly #read: readonly ReadRule[];
  readonly #compile: () => Scanner = unreachable;
  #scanner: Scanner | undefined;
  readonly #numbers: ReadonlyMap<string, number>;
  #isFreed = false;

  /** @param scanner compiled, or what compiles it at the first scan, and throws when that cannot be done. */
  constructor(sources: RuleSources, read: readonly ReadRule[], scanner: Scanner | (() => Scanner)) {
    this.sources = sources;
    this.#read = read;
    const needs = read.map(({ rule }) => needOf(rule));
    this.rules = read.map(({ namespace, file, rule }, at) => ({
      ...{ namespace, file, name: rule.name, line: rule.line },
      isAnchored: isAnchored(rule),
      isHeavy: needs[at] === undefined && !rule.isPrivate,
    }));
    this.gate = new Gate(needs);
    this.hasHeavy = this.rules.some(({ isHeavy }) => isHeavy);
    this.#numbers = new Map(this.rules.map(({ namespace, name }, at) => [`${namespace} ${name}`, at]));
    if (typeof scanner === 'function') this.#compile = scanner;
    else this.#scanner = scanner;
  }

  /** A content shorter than this no rule can be true of. */
  get leastBytes(): number {
    return this.hasHeavy ? 1 : this.gate.shortest;
  }

  get isFreed(): boolean {
    return this.#isFreed;
  }

  /** Compiles the rules if they are not: so that the first scan is no slower than the others. Throws as `scan`. */
  prepare(): void {
    this.#scanner ??= this.#compile();
  }

  /** The rules that are true of `bytes`. Throws what YARA throws: after a WebAssembly fault nothing of its binding can be used any more. */
  scan(bytes: Uint8Array): Match[] {
    this.prepare();
    const { matches }: { matches?: readonly unknown[] } = this.#scanner?.scan(bytes) ?? {};
    return (matches ?? []).flatMap((match) => this.#matchOf(match as RawMatch));
  }

  /** Every rule of `namespace` with the contents it has the most work on. Each is whole on its own and as long as a window. */
  *trials(namespace: Namespace): Generator<{ readonly rule: KnownRule; readonly bytes: Uint8Array }> {
    for (const [at, read] of this.#read.entries()) {
      const rule = this.rules[at];
      if (rule === undefined || rule.namespace !== namespace) continue;
      for (const bytes of trialsOf(read.rule)) yield { rule, bytes };
    }
  }

  /** Gives the compiled rules away: this set is not to be used any more. */
  takeScanner(): Scanner {
    this.prepare();
    this.#isFreed = true;
    return this.#scanner as Scanner;
  }

  free(): void {
    if (!this.#isFreed) this.#scanner?.free();
    this.#isFreed = true;
  }

  #matchOf({ identifier, namespace, metadata, patterns, isPrivate }: RawMatch): Match[] {
    const rule = this.rules[this.#numbers.get(`${namespace} ${identifier}`) ?? -1];
    if (rule === undefined || isPrivate) return [];
    const told = metadata.map(({ identifier: key, value }) => [key, wordOf(value)] as const);
    return [{ rule, metadata: new Map(told), hasPattern: patterns.some(({ matches }) => matches.length > 0) }];
  }
}

function unreachable(): never {
  throw new Error('a compiled set compiles nothing');
}

/** A match as YARA-X tells it. */
interface RawMatch {
  readonly identifier: string;
  readonly namespace: string;
  readonly isPrivate: boolean;
  readonly metadata: readonly { readonly identifier: string; readonly value: unknown }[];
  readonly patterns: readonly { readonly matches: readonly unknown[] }[];
}

/** A text with escapes in it comes as its bytes. */
function wordOf(value: unknown): string {
  return Array.isArray(value) ? Buffer.from(value).toString('utf8') : String(value);
}

interface ReadRule {
  readonly namespace: Namespace;
  readonly file: string;
  readonly rule: Rule;
}

/** A set, or all that is wrong with its sources at once. */
export type Compiled = { readonly set: RuleSet } | { readonly problems: readonly RuleProblem[] };

/**
 * A set of rules that were compiled before, here or elsewhere: YARA sees them when the gate first lets a content in.
 * @param started YARA, started by then.
 */
export function knownRules(sources: RuleSources, started: () => Binding): RuleSet {
  const read = NAMESPACES.flatMap((namespace) =>
    sources[namespace].flatMap(({ name, text }) =>
      readSource(text).rules.map((rule) => ({ namespace, file: name, rule })),
    ),
  );
  return new RuleSet(sources, read, () => {
    const compiled = compileRules(started(), sources);
    if ('problems' in compiled) throw new Error('rules that were known to be good are not');
    return compiled.set.takeScanner();
  });
}

/** Compiles `sources`. Throws only when the binding itself breaks. */
export function compileRules(binding: Binding, sources: RuleSources): Compiled {
  const read: ReadRule[] = [];
  const problems: RuleProblem[] = [];
  const compiler = new binding.Compiler();
  try {
    const outlines = new Map(NAMESPACES.flatMap((name) => sources[name]).map((one) => [one, readSource(one.text)]));
    addPatternsFirst(compiler, outlines);
    for (const namespace of NAMESPACES) {
      compiler.newNamespace(namespace);
      for (const source of sources[namespace]) {
        const outline = outlines.get(source) ?? readSource(source.text);
        read.push(...outline.rules.map((rule) => ({ namespace, file: source.name, rule })));
        const refused = tell(compiler, source);
        // Where YARA says what it does not understand, it says it better.
        const ours = refusalsOf(source, refused.length > 0 ? { ...outline, unreadable: [] } : outline);
        problems.push(...ours, ...refused);
      }
    }
    problems.push(...tooMany(sources, read));
    if (problems.length > 0) return { problems: once(problems) };
    const scanner = scannerOf(compiler);
    return scanner === undefined
      ? { problems: [problemOf('', compiler.errors[0] ?? '')] }
      : { set: new RuleSet(sources, read, scanner) };
  } finally {
    compiler.free();
  }
}

/** Patterns of one rule made by us. */
const PATTERNS_A_RULE = 500;

/**
 * Declares every pattern once, before any rule, where nothing restricts it. YARA-X (1.20) keeps a pattern that several rules share once, and
 * with it what the first of them asks of the file’s size or first bytes: the others would then miss it (INSPECT-347).
 */
function addPatternsFirst(
  compiler: InstanceType<Binding['Compiler']>,
  outlines: ReadonlyMap<RuleSource, ReadSource>,
): void {
  const patterns = new Set<string>();
  for (const [{ text }, { rules }] of outlines) {
    for (const rule of rules)
      for (const pattern of rule.patterns) patterns.add(text.slice(pattern.value.from, pattern.to));
  }
  const all = [...patterns];
  compiler.newNamespace('first');
  for (let from = 0; from < all.length; from += PATTERNS_A_RULE) {
    const part = all.slice(from, from + PATTERNS_A_RULE).map((value, at) => `$p${at} = ${value}\n`);
    try {
      compiler.addSource(`private rule p${from} { strings: ${part.join('')} condition: any of them }`);
    } catch (thrown) {
      // A pattern YARA refuses it refuses again where it stands, and there the person is told.
      if (isBroken(thrown)) throw thrown;
    }
  }
}

function tooMany(sources: RuleSources, read: readonly ReadRule[]): RuleProblem[] {
  const bytes = NAMESPACES.flatMap((name) => sources[name]).reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  if (read.length <= RULE_LIMITS.rules && bytes <= RULE_LIMITS.allBytes) return [];
  return [
    problemAt(
      '',
      0,
      'trop de règles : 5 000 et 4 Mio au plus ; retirez celles dont vous n’avez pas l’usage',
      'too many rules: 5,000 and 4 MiB at most; remove those you have no use for',
    ),
  ];
}

/** A line that YARA and we both refuse is told in YARA's words. */
function once(problems: readonly RuleProblem[]): RuleProblem[] {
  const told = new Set<string>();
  return problems.filter(({ file, line }) => {
    const key = `${file} ${line}`;
    return !told.has(key) && told.add(key);
  });
}

function tell(compiler: InstanceType<Binding['Compiler']>, { name, text }: RuleSource): RuleProblem[] {
  const before = compiler.errors.length;
  try {
    compiler.addSource(text);
    return [];
  } catch (thrown) {
    if (isBroken(thrown)) throw thrown;
    return compiler.errors.slice(before).map((message) => problemOf(name, message));
  }
}

/** Whether YARA itself broke, an access out of bounds or a stack that ran over, and did not only refuse. */
export function isBroken(thrown: unknown): boolean {
  return thrown instanceof Error && (thrown.name === 'RuntimeError' || thrown.name === 'RangeError');
}

/** Undefined when YARA refuses what it took file by file. */
function scannerOf(compiler: InstanceType<Binding['Compiler']>): Scanner | undefined {
  if (compiler.errors.length > 0) return undefined;
  const rules = compiler.build();
  try {
    const scanner = rules.scanner();
    scanner.setMaxMatchesPerPattern(MOST_MATCHES);
    scanner.setTimeoutMs(TIMEOUT_MS);
    return scanner;
  } finally {
    rules.free();
  }
}

/** The sources without `off`, every other line in its place. */
export function sourcesWithout(sources: RuleSources, off: readonly KnownRule[]): RuleSources {
  const cut = (namespace: Namespace): RuleSource[] =>
    sources[namespace].map(({ name, text }) => {
      const names = new Set(
        off.filter((rule) => rule.namespace === namespace && rule.file === name).map((rule) => rule.name),
      );
      return {
        name,
        text: without(
          text,
          readSource(text).rules.filter((rule) => names.has(rule.name)),
        ),
      };
    });
  return { leadglass: cut('leadglass'), site: cut('site') };
}
