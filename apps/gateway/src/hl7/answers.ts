import type { Hl7MessageAnswer } from '@leadglass/contract';
import type { OwedHl7 } from '@leadglass/records';
import { LETTER_NAMES } from './letter.ts';

/** A message as it is told to whoever asks: nothing of it names a patient. */
export function answerOf(row: OwedHl7): Hl7MessageAnswer {
  const { id: no, destination, letter, controlId, number, state, code, attempts, atMs, nextAtMs, doneAtMs } = row;
  return {
    ...{ no, destination, message: LETTER_NAMES[letter], controlId, number, state, code, attempts, atMs },
    ...(state === 'waiting' ? { nextAtMs } : {}),
    ...(doneAtMs === 0 ? {} : { doneAtMs }),
  };
}

/** The same, as a report has it. */
export function shortAnswerOf(row: OwedHl7) {
  const { no, destination, message, controlId, state, code } = answerOf(row);
  return { no, destination, message, controlId, state, code };
}
