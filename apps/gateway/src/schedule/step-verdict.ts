import { type Text, text } from '@leadglass/kit';
import type { StepMessage } from '@leadglass/records';
import type { ErrandEnd } from './errands.ts';
import { NO_LONGER_UPDATED } from './step-host.ts';

/** PS3.7 Annex C. */
const STATUS = {
  processingFailure: 0x0110,
  duplicateInstance: 0x0111,
  resourceLimitation: 0x0213,
  outOfResources: 0xa700,
} as const;
/** Warnings of N-CREATE and N-SET: attribute list error, attribute value out of range, and PS3.7 §C.4's class B. */
const WARNINGS: ReadonlySet<number> = new Set([0x0001, 0x0107, 0x0116]);
/** What passes. */
const PASSING: ReadonlySet<number> = new Set([
  STATUS.processingFailure,
  STATUS.resourceLimitation,
  STATUS.outOfResources,
]);
/** Tries of a message that is answered with what passes, and does not. */
const MOST_ATTEMPTS = 30;

/** What becomes of a message that was sent. */
export type StepVerdict =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'again' }
  | { readonly kind: 'refused'; readonly why: Text };

/**
 * What becomes of a message on a step by how sending it ended. An upstream that has it already counts as delivered only where an earlier try of
 * ours, whose answer was not heard, can have brought it there: anything else is told to a person.
 * @param message as it was before this try.
 */
export function judgeStep(
  { kind, isSent, attempts }: Pick<StepMessage, 'kind' | 'isSent' | 'attempts'>,
  { isSent: isSentNow, status, errorId, why }: ErrandEnd,
): StepVerdict {
  // Nobody answered, or it does not offer the service for now: nothing was asked of it.
  if (status === undefined || !isSentNow) return { kind: 'again' };
  if (status === 0 || WARNINGS.has(status) || (status & 0xf000) === 0xb000) return { kind: 'delivered' };
  const isThere =
    kind === 'create'
      ? status === STATUS.duplicateInstance
      : status === STATUS.processingFailure && errorId === NO_LONGER_UPDATED;
  if (isThere) return isSent ? { kind: 'delivered' } : { kind: 'refused', why: kind === 'create' ? TAKEN : FINAL };
  if (PASSING.has(status) && attempts < MOST_ATTEMPTS) return { kind: 'again' };
  return { kind: 'refused', why: why ?? REFUSED };
}

const TAKEN = text(
  'cette étape y existe déjà sans que nous l’ayons envoyée',
  'this step exists there already though we had not sent it',
);
const FINAL = text('cette étape y est déjà close', 'this step is closed there already');
const REFUSED = text('le système ne l’accepte pas', 'the system does not accept it');
