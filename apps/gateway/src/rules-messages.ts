import type { RuleSource } from '@leadglass/inspect';
import { z } from 'zod';
import { shortText } from './message-parts.ts';

const problem = z.object({ file: z.string().max(200), line: z.int().min(0), text: shortText });
const rule = z.object({
  namespace: z.enum(['leadglass', 'site']),
  file: z.string().max(300),
  name: z.string().max(200),
  line: z.int().min(0),
  isAnchored: z.boolean(),
  isHeavy: z.boolean(),
});

/** What the checker says: the rule it is about to try, and at last what it found. */
export const fromChecker = z.discriminatedUnion('t', [
  z.object({ t: z.literal('trying'), rule }),
  z.object({ t: z.literal('checked'), problems: z.array(problem).max(1000), rules: z.array(rule).max(10_000) }),
]);
export type FromChecker = z.infer<typeof fromChecker>;
export type CheckedRule = z.infer<typeof rule>;
export type CheckedProblem = z.infer<typeof problem>;

/** What the keeper says to it, once. */
export interface ToChecker {
  readonly t: 'check';
  readonly site: readonly RuleSource[];
}
