import { type Text, text } from '@leadglass/kit';
import type { OwedHl7 } from '@leadglass/records';

/** How one try ended. */
export interface Hl7End {
  /** The message was on the wire: its receiver may have it. */
  readonly isSent: boolean;
  /** What it answered to this very message; absent where it did not. */
  readonly answer?: { readonly code: string; readonly text: string };
  /** Why there is no answer. */
  readonly why?: Text;
}

export type Hl7Verdict =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'again' }
  | { readonly kind: 'refused'; readonly why: Text };

/** Tries of what a receiver rejects for now. */
const MOST_REJECTED = 30;

/**
 * What becomes of a message (v2.5.1 §2.9.2, §2.9.3; table 0008). AA and CA: it has it. AE and CE: the message is wrong, and sending it again
 * changes nothing. AR and CR: not now. No answer: it is sent again, as the same message, for as long as it takes.
 */
export function judgeHl7({ attempts }: Pick<OwedHl7, 'attempts'>, { answer }: Hl7End): Hl7Verdict {
  switch (answer?.code) {
    case 'AA':
    case 'CA':
      return { kind: 'delivered' };
    case 'AE':
    case 'CE':
      return { kind: 'refused', why: IN_ERROR };
    case 'AR':
    case 'CR':
      return attempts + 1 < MOST_REJECTED ? { kind: 'again' } : { kind: 'refused', why: REJECTED };
    default:
      return { kind: 'again' };
  }
}

const IN_ERROR = text(
  'il juge le message erroné ; ce qu’il en dit : ./leadglass hl7-destination messages --answer',
  'it finds the message in error; what it says of it: ./leadglass hl7-destination messages --answer',
);
const REJECTED = text(`il l’a rejeté ${MOST_REJECTED} fois de suite`, `it rejected it ${MOST_REJECTED} times in a row`);
