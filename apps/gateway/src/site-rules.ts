import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { RULE_LIMITS, type RuleProblem, type RuleSource } from '@leadglass/inspect';
import { type Clock, type Logger, type Text, type Timer, text } from '@leadglass/kit';
import { readRuleFiles } from '@leadglass/wire';
import { type CheckedRules, checkRules } from './rules-check.ts';
import type { CheckedRule } from './rules-messages.ts';

/** The folder is looked at so often; a change counts once two looks saw the same, so that a file half copied is not read. */
const LOOK_MS = 1_000;

export interface SiteRulesOptions {
  /** `<home>/rules`. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called when another set is in force: hand it to whoever inspects. */
  readonly use: (site: readonly RuleSource[]) => void;
  /** Called with what is to stand in the ledger. */
  readonly tell: (change: Text) => void;
  readonly check?: (site: readonly RuleSource[]) => Promise<CheckedRules>;
}

/** What `rules list` shows. */
export interface SiteRulesState {
  /** In force, ours among them; empty of site rules until a first check. */
  readonly rules: readonly CheckedRule[];
  /** Why what lies in the folder now is not in force. */
  readonly problems: readonly RuleProblem[];
}

/**
 * The site's own YARA rules, as the keeper sees them: texts in a folder. It reads and hands them on, and never compiles any: a sandboxed
 * process does, and only what passed there comes into force. What does not pass changes nothing.
 */
export class SiteRules {
  readonly #options: SiteRulesOptions;
  #site: readonly RuleSource[] = [];
  #rules: readonly CheckedRule[] = [];
  #problems: readonly RuleProblem[] = [];
  /** What the folder looked like when it was read last, and at the last look. */
  #readStamp = '';
  #seenStamp = '';
  #timer: Timer | undefined;
  #isStopped = false;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: SiteRulesOptions) {
    this.#options = options;
  }

  /** Sources in force. */
  get site(): readonly RuleSource[] {
    return this.#site;
  }

  get problems(): readonly RuleProblem[] {
    return this.#problems;
  }

  /** Takes up what lies there, and watches. Never rejects: what is wrong is told, and the gateway starts with our rules alone. */
  async start(): Promise<void> {
    this.#readStamp = this.#seenStamp = stampOf(this.#options.folder);
    if (this.#readStamp !== stampOf('')) await this.reload();
    this.#watch();
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  async state(): Promise<SiteRulesState> {
    await this.#last;
    if (this.#rules.length === 0) this.#rules = (await this.#check([])).rules;
    return { rules: this.#rules, problems: this.#problems };
  }

  /** Reads the folder now, and puts what it holds in force when nothing is wrong with it. Never rejects. */
  reload(): Promise<SiteRulesState> {
    const turn = this.#last.then(() => this.#reload());
    this.#last = turn;
    return turn;
  }

  async #reload(): Promise<SiteRulesState> {
    this.#readStamp = this.#seenStamp = stampOf(this.#options.folder);
    const { files, problems } = readRuleFiles(this.#options.folder, RULE_LIMITS);
    const checked = problems.length > 0 ? { problems, rules: [] } : await this.#check(files);
    this.#problems = checked.problems;
    if (checked.problems.length > 0) this.#refused(checked.problems);
    else this.#inForce(files, checked.rules);
    return { rules: this.#rules, problems: this.#problems };
  }

  #check(site: readonly RuleSource[]): Promise<CheckedRules> {
    return (this.#options.check ?? checkRules)(site);
  }

  #inForce(files: readonly RuleSource[], rules: readonly CheckedRule[]): void {
    const { log, use, tell } = this.#options;
    const isSame = JSON.stringify(files) === JSON.stringify(this.#site);
    this.#rules = rules;
    this.#site = files;
    if (isSame) return;
    use(files);
    const count = rules.filter(({ namespace }) => namespace === 'site').length;
    const sha256 = createHash('sha256').update(JSON.stringify(files)).digest('hex');
    log.info('rules.in-force', { files: files.length, rules: count, sha256 });
    tell(
      text(
        `règles YARA du site en vigueur : ${count} dans ${files.length} fichier${files.length > 1 ? 's' : ''} (SHA-256 ${sha256.slice(0, 16)})`,
        `YARA rules of the site in force: ${count} in ${files.length} file${files.length === 1 ? '' : 's'} (SHA-256 ${sha256.slice(0, 16)})`,
      ),
    );
  }

  #refused(problems: readonly RuleProblem[]): void {
    const { log, tell } = this.#options;
    const [first] = problems;
    for (const { file, line, text: sentence } of problems.slice(0, MOST_TOLD))
      log.error('rules.refused', { file, line, problem: sentence.en });
    const place = first === undefined || first.file === '' ? '' : ` ${first.file}:${first.line}`;
    tell(
      text(
        `règles YARA du site refusées, celles d’avant restent en vigueur :${place} ${first?.text.fr}`,
        `YARA rules of the site refused, those from before stay in force:${place} ${first?.text.en}`,
      ),
    );
  }

  #watch(): void {
    if (!this.#isStopped) this.#timer = this.#options.clock.after(LOOK_MS, () => void this.#look());
  }

  async #look(): Promise<void> {
    const stamp = stampOf(this.#options.folder);
    const isSettled = stamp === this.#seenStamp;
    this.#seenStamp = stamp;
    if (isSettled && stamp !== this.#readStamp) await this.reload();
    this.#watch();
  }
}

const MOST_TOLD = 20;

/** Names, sizes and times of what lies there: changes whenever a file does. */
function stampOf(folder: string): string {
  try {
    const names =
      folder === ''
        ? []
        : readdirSync(folder)
            .sort()
            .slice(0, 2 * RULE_LIMITS.files);
    return JSON.stringify(
      names.map((name) => {
        const stat = statSync(join(folder, name), { throwIfNoEntry: false });
        return [name, stat?.size, stat?.mtimeMs, stat?.ino];
      }),
    );
  } catch {
    return JSON.stringify([]);
  }
}
