import { loopDepth } from './need.ts';
import { problemAt, type RuleProblem } from './problem.ts';
import type { ReadSource, Rule, RuleSource } from './rule.ts';

/** Bounds of a set of rules. */
export const RULE_LIMITS = {
  /** Files of a folder. */
  files: 256,
  /** Of one file, in bytes. */
  fileBytes: 1024 * 1024,
  /** Of all files, in bytes. */
  allBytes: 4 * 1024 * 1024,
  rules: 5_000,
  /** Of a text or a hexadecimal value in a rule: a longer one would not fit the overlap of two windows. */
  patternBytes: 4_096,
} as const;

/** What we do not take although YARA would. */
export function refusalsOf({ name, text }: RuleSource, { includes, unreadable, rules }: ReadSource): RuleProblem[] {
  const problems: RuleProblem[] = [];
  const bytes = Buffer.byteLength(text);
  if (bytes > RULE_LIMITS.fileBytes)
    problems.push(problemAt(name, 0, 'fichier de plus de 1 Mio ; partagez-le', 'file of more than 1 MiB; split it'));
  for (const line of includes)
    problems.push(
      problemAt(
        name,
        line,
        '« include » n’est pas admis ; déposez l’autre fichier dans le même dossier',
        '“include” is not allowed; put the other file into the same folder',
      ),
    );
  for (const line of unreadable)
    problems.push(
      problemAt(name, line, 'la règle ne peut pas être lue à partir d’ici', 'the rule cannot be read from here on'),
    );
  return [...problems, ...rules.flatMap((rule) => refusalsOfRule(name, rule))];
}

function refusalsOfRule(file: string, rule: Rule): RuleProblem[] {
  const problems: RuleProblem[] = [];
  if (loopDepth(rule) > 1)
    problems.push(
      problemAt(
        file,
        rule.line,
        `règle ${rule.name} : une boucle « for » dans une autre peut durer des heures ; écrivez-la autrement`,
        `rule ${rule.name}: a “for” loop inside another can take hours; write it otherwise`,
      ),
    );
  if (rule.patterns.some(({ value }) => value.kind !== 'regex' && value.text.length > lengthOf(value.kind)))
    problems.push(
      problemAt(
        file,
        rule.line,
        `règle ${rule.name} : un motif de plus de 4 096 octets ne serait pas retrouvé partout ; raccourcissez-le`,
        `rule ${rule.name}: a pattern of more than 4,096 bytes would not be found everywhere; shorten it`,
      ),
    );
  return problems;
}

/** Of the written form: a byte of a hexadecimal value takes three characters. */
const lengthOf = (kind: string): number => (kind === 'hex' ? 3 : 1) * RULE_LIMITS.patternBytes;
