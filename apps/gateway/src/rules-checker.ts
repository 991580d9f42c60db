import { SLOW_MS, tooSlow } from '@leadglass/inspect';
import { Malware } from './malware.ts';
import type { CheckedProblem, CheckedRule, FromChecker, ToChecker } from './rules-messages.ts';

/**
 * The process in which the site's rules are compiled and tried before anybody uses them: sandboxed as a decoder, it may break or hang, and is
 * ended when it does. Sets are checked one a process.
 */
const MOST_PROBLEMS = 1000;

async function check(site: ToChecker['site']): Promise<void> {
  const malware = await Malware.open(site);
  if (!(malware instanceof Malware)) return tell({ t: 'checked', problems: told(malware), rules: [] });
  const { set } = malware.engine;
  const problems: CheckedProblem[] = [];
  const slow = new Set<string>();
  for (const { rule, bytes } of set.trials('site')) {
    if (slow.has(rule.name)) continue;
    await tell({ t: 'trying', rule });
    const beganMs = performance.now();
    set.scan(bytes);
    if (performance.now() - beganMs <= SLOW_MS) continue;
    slow.add(rule.name);
    problems.push(tooSlow(rule.file, rule.line, rule.name));
  }
  await tell({ t: 'checked', problems: told(problems), rules: set.rules as CheckedRule[] });
}

function told(problems: readonly CheckedProblem[]): CheckedProblem[] {
  return problems.slice(0, MOST_PROBLEMS);
}

/** Resolves once it is sent: what comes next may never end. */
function tell(message: FromChecker): Promise<void> {
  return new Promise((resolve) => process.send?.(message, undefined, undefined, () => resolve()));
}

process.on('message', (message: ToChecker) => {
  void check(message.site).catch(() => process.exit(1));
});
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
