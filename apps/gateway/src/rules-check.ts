import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type RuleProblem, type RuleSource, tooSlow } from '@leadglass/inspect';
import { text } from '@leadglass/kit';
import { sandboxFlags } from './intake-pool.ts';
import { type CheckedRule, fromChecker, type ToChecker } from './rules-messages.ts';

const CHECKER_ENTRY = fileURLToPath(new URL('./rules-checker.ts', import.meta.url));
const HEAP_MB = 256;
/** For starting and compiling. */
const START_MS = 60_000;
/** For each trial. */
const SILENCE_MS = 20_000;
/** For all of it. */
const ALL_MS = 180_000;

/** What a check came to: the rules when there are no problems, ours among them. */
export interface CheckedRules {
  readonly problems: readonly RuleProblem[];
  readonly rules: readonly CheckedRule[];
}

/**
 * Has `site` compiled together with our own rules, and each of its rules tried, in a sandboxed process that may be lost. Never rejects: a
 * checker that breaks or hangs is a problem of the rule it was at.
 * @param entry what it runs; tests put something worse in its place. @param silenceMs so long may one trial last.
 */
export function checkRules(
  site: readonly RuleSource[],
  { entry = CHECKER_ENTRY, silenceMs = SILENCE_MS }: { readonly entry?: string; readonly silenceMs?: number } = {},
): Promise<CheckedRules> {
  const child = fork(entry, [], {
    execArgv: [...sandboxFlags(), `--max-old-space-size=${HEAP_MB}`],
    env: {},
    serialization: 'json',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  return new Promise((resolve) => {
    let trying: CheckedRule | undefined;
    const over = (checked: CheckedRules): void => {
      clearTimeout(silence);
      clearTimeout(all);
      child.kill('SIGKILL');
      resolve(checked);
    };
    const lost = (): void => over({ problems: [lostAt(trying)], rules: [] });
    let silence = setTimeout(lost, START_MS);
    const all = setTimeout(lost, ALL_MS);
    child.on('error', lost);
    child.once('exit', lost);
    child.on('message', (raw) => {
      const said = fromChecker.safeParse(raw);
      if (!said.success) return lost();
      if (said.data.t === 'checked') return over(said.data);
      trying = said.data.rule;
      clearTimeout(silence);
      silence = setTimeout(lost, silenceMs);
    });
    child.send({ t: 'check', site } satisfies ToChecker, () => {});
  });
}

function lostAt(rule: CheckedRule | undefined): RuleProblem {
  if (rule !== undefined) return tooSlow(rule.file, rule.line, rule.name);
  return {
    file: '',
    line: 0,
    text: text(
      'ces règles n’ont pas pu être contrôlées : le contrôle s’est arrêté ou a trop duré ; déposez-en moins à la fois',
      'these rules could not be checked: the check stopped or took too long; put fewer there at a time',
    ),
  };
}
