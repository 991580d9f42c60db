import type { AnswerOf } from '@leadglass/contract';
import { toast } from '../kit/index.ts';
import { text } from '../words/index.ts';
import { DECIDING } from './deciding-words.ts';
import { HOLDS } from './words.ts';

/** Says what came of a decision, and what to know of it. */
export function tell({ act, outcome, destinations, notices }: AnswerOf<'hold.release'>): void {
  const isReleased = act === 'release' && outcome === 'done' && destinations.length > 0;
  const done = outcome === 'asked' ? DECIDING.asked : HOLDS.done;
  toast({ text: isReleased ? HOLDS.doneTo(destinations.join(', ')) : done });
  for (const notice of notices.slice(0, 2)) toast({ text: text(notice.fr, notice.en) });
}
