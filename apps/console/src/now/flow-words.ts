import { type Format, numberOf, type Said } from '../words/index.ts';
import type { FlowEdge, FlowNode, Way } from './layout.ts';
import type { NOW } from './words.ts';

type Words = Said<typeof NOW>;
type Counts = Pick<Way, 'objects' | 'questions' | 'refusals' | 'holds' | 'waiting'>;

const MINUTE_MS = 60_000;
/** From so many a second on, seconds are the better unit. */
const PER_SECOND_FROM = 10;

/** `412/min`, `18/s`. */
export function rateOf(format: Format, count: number, windowMs: number): string {
  const perSecond = (count * 1000) / windowMs;
  if (perSecond >= PER_SECOND_FROM) return `${numberOf(format.language, Math.round(perSecond))}/s`;
  return `${numberOf(format.language, (count * MINUTE_MS) / windowMs)}/min`;
}

/** What went over a way, in words, without what there was none of. */
export function countsOf(words: Words, counts: Counts): readonly string[] {
  return [
    counts.objects > 0 ? words.objects(counts.objects) : '',
    counts.questions > 0 ? words.questions(counts.questions) : '',
    counts.refusals > 0 ? words.refusals(counts.refusals) : '',
    counts.holds > 0 ? words.holds(counts.holds) : '',
    counts.waiting > 0 ? words.waiting(counts.waiting) : '',
  ].filter((each) => each !== '');
}

/** Where a click on a node leads. */
export function pageOf(node: Pick<FlowNode, 'kind' | 'name'>): string {
  if (node.kind === 'peer') return `/peers/${encodeURIComponent(node.name)}`;
  return node.kind === 'stranger' ? '/peers' : '/settings';
}

const NONE: Counts = { objects: 0, questions: 0, refusals: 0, holds: 0, waiting: 0 };

/** What all ways from or to some nodes carried together. */
export function totalOf(edges: readonly FlowEdge[], ids: ReadonlySet<string>): Counts {
  return edges
    .filter(({ from, to }) => ids.has(from) || ids.has(to))
    .reduce(
      (sum: Counts, edge) => ({
        objects: sum.objects + edge.objects,
        questions: sum.questions + edge.questions,
        refusals: sum.refusals + edge.refusals,
        holds: sum.holds + edge.holds,
        waiting: sum.waiting + edge.waiting,
      }),
      NONE,
    );
}
