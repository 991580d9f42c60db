import { type Binding, loadBinding, type Starter, startBinding } from './binding.ts';
import type { RuleProblem } from './problem.ts';
import {
  compileRules,
  type KnownRule,
  knownRules,
  type Match,
  RuleSet,
  type RuleSources,
  sourcesWithout,
} from './rule-set.ts';

/** A scan that takes longer switches off the rules it was made for. */
export const SLOW_MS = 2_000;
/** WebAssembly memory beyond which a set of rules is not taken. */
const MOST_HEAP_BYTES = 512 * 1024 * 1024;
/** Faults of YARA after which it is not started again: something is wrong that a new start does not mend. */
const MOST_FAULTS = 8;

/** How the engine does. */
export interface EngineState {
  /** Rules switched off since the set came into force: too slow, or YARA broke on them. */
  readonly off: readonly KnownRule[];
  /** Whether nothing can be scanned now. */
  readonly isDown: boolean;
}

export interface EngineOptions {
  /** Reads the bytes at YARA_WASM: at the start, and again when YARA broke. */
  readonly wasm: () => Uint8Array;
  /** Milliseconds, monotonic. */
  readonly nowMs: () => number;
  /** Called when a rule was switched off, or YARA broke. */
  readonly changed?: (state: EngineState) => void;
}

/** What came of a scan: matches, or `undefined` when YARA could not look. */
export type Scanned = readonly Match[] | undefined;

/**
 * YARA in this process: one set of rules in force, replaced as a whole. Two sets live at most, the one in force and the one before, for
 * objects that began under it.
 */
export class YaraEngine {
  readonly #options: EngineOptions;
  readonly #starter: Starter;
  /** Undefined until it is needed, where the rules were known to be good. */
  #binding: Binding | undefined;
  #set: RuleSet;
  #before: RuleSet | undefined;
  #off: KnownRule[] = [];
  #isDown = false;
  #faults = 0;

  private constructor(options: EngineOptions, starter: Starter, rules: RuleSources | RuleSet, binding?: Binding) {
    this.#options = options;
    this.#starter = starter;
    this.#binding = binding;
    this.#set = rules instanceof RuleSet ? rules : knownRules(rules, this.#started);
  }

  /** Starts YARA with `sources`, or tells all that is wrong with them. */
  static async open(
    options: EngineOptions,
    sources: RuleSources,
  ): Promise<{ readonly engine: YaraEngine } | { readonly problems: readonly RuleProblem[] }> {
    const starter = await loadBinding();
    const binding = starter(options.wasm());
    const compiled = compileRules(binding, sources);
    return 'problems' in compiled ? compiled : { engine: new YaraEngine(options, starter, compiled.set, binding) };
  }

  /**
   * The same with rules that were compiled and tried before: YARA is started when the gate first lets a content in, which on most days is
   * never. It would cost every process half a second and 60 MB.
   */
  static async openKnown(options: EngineOptions, sources: RuleSources): Promise<YaraEngine> {
    return new YaraEngine(options, await loadBinding(), sources);
  }

  readonly #started = (): Binding => {
    this.#binding ??= this.#starter(this.#options.wasm());
    return this.#binding;
  };

  /** The set in force. */
  get set(): RuleSet {
    return this.#set;
  }

  get state(): EngineState {
    return { off: this.#off, isDown: this.#isDown };
  }

  /** Bytes of WebAssembly memory, 0 before YARA is started. It never shrinks: YARA uses again what was freed. */
  get heapBytes(): number {
    return this.#binding?.memory.buffer.byteLength ?? 0;
  }

  /**
   * Puts another set in force for the objects that begin from now on. @returns what is wrong with it: then the old one stays. Before YARA is
   * started nothing is looked for: the set was tried before, as the first one was.
   */
  replace(sources: RuleSources): readonly RuleProblem[] {
    if (this.#binding === undefined) {
      this.#off = [];
      this.#use(knownRules(sources, this.#started));
      return [];
    }
    const compiled = compileRules(this.#binding, sources);
    if ('problems' in compiled) return compiled.problems;
    if (this.heapBytes > MOST_HEAP_BYTES) {
      compiled.set.free();
      return [TOO_LARGE];
    }
    this.#off = [];
    this.#use(compiled.set);
    return [];
  }

  /**
   * Scans `bytes`, which must be the whole of what the rules shall see.
   * @param set the one the object began with; one that is gone gives way to the one in force.
   * @param wanted numbers of the rules the gate let the bytes in for: they answer for a scan that hangs or breaks.
   */
  scan(set: RuleSet, bytes: Uint8Array, wanted: ReadonlySet<number>): Scanned {
    if (this.#isDown) return undefined;
    const used = set.isFreed ? this.#set : set;
    try {
      used.prepare();
      const beganMs = this.#options.nowMs();
      const matches = used.scan(bytes);
      if (this.#options.nowMs() - beganMs > SLOW_MS) this.#switchOff(rulesOf(set, wanted));
      return matches;
    } catch {
      this.#broke(rulesOf(set, wanted));
      return undefined;
    }
  }

  #use(set: RuleSet): void {
    this.#before?.free();
    this.#before = this.#set;
    this.#set = set;
  }

  #switchOff(rules: readonly KnownRule[]): void {
    this.#off = [...this.#off, ...rules];
    const set = this.#left(this.#started(), this.#set, rules);
    if (set === undefined) this.#isDown = true;
    else this.#use(set);
    this.#options.changed?.(this.state);
  }

  /** What is left of `set` without `rules`. When others speak of one of them, and mean nothing without it, all of the site's go. */
  #left(binding: Binding, set: RuleSet, rules: readonly KnownRule[]): RuleSet | undefined {
    const some = compileRules(binding, sourcesWithout(set.sources, rules));
    if ('set' in some) return some.set;
    const site = set.rules.filter(({ namespace }) => namespace === 'site');
    this.#off = [...new Set([...this.#off, ...site])];
    const ours = compileRules(binding, sourcesWithout({ ...set.sources, site: [] }, rules));
    return 'set' in ours ? ours.set : undefined;
  }

  /** After a fault the whole instance is lost: a new one takes the rules without those that broke it. */
  #broke(rules: readonly KnownRule[]): void {
    this.#faults += 1;
    this.#isDown = true;
    this.#off = [...this.#off, ...rules];
    this.#options.changed?.(this.state);
    if (this.#faults <= MOST_FAULTS) void this.#startAgain(rules).catch(() => {});
  }

  async #startAgain(rules: readonly KnownRule[]): Promise<void> {
    const binding = await startBinding(this.#options.wasm());
    const set = this.#left(binding, this.#set, rules);
    if (set === undefined) return;
    [this.#binding, this.#set, this.#before, this.#isDown] = [binding, set, undefined, false];
    this.#options.changed?.(this.state);
  }
}

function rulesOf(set: RuleSet, numbers: ReadonlySet<number>): KnownRule[] {
  return [...numbers].flatMap((number) => set.rules[number] ?? []);
}

const TOO_LARGE: RuleProblem = {
  file: '',
  line: 0,
  text: {
    fr: 'ces règles demandent plus de 512 Mio de mémoire ; retirez-en',
    en: 'these rules take more than 512 MiB of memory; remove some',
  },
};
