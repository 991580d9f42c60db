import type { Text } from '@leadglass/kit';
import type { Problem } from './readings.ts';
import type { Segment } from './segment.ts';
import { WHY } from './why.ts';

/** Problems told of one message, of either weight; there is one more where there were more. */
const MOST_PROBLEMS = 100;

/** What was not understood of a message, in the order found, bounded. */
export class Problems {
  readonly #segments: readonly Segment[];
  readonly #list: Problem[] = [];
  #lightCount = 0;
  #fatalCount = 0;

  /** @param segments of the message: places count among those of a name. */
  constructor(segments: readonly Segment[] = []) {
    this.#segments = segments;
  }

  get list(): readonly Problem[] {
    return this.#list;
  }

  /** What does not keep the message from being acted on. @param place a segment or its name. @param field its number, 0 for none. */
  tell(code: Problem['code'], place: Segment | string, field: number, why: Text): void {
    this.#lightCount += 1;
    if (this.#lightCount <= MOST_PROBLEMS) this.#add(code, place, field, why, false);
    if (this.#lightCount === MOST_PROBLEMS + 1) this.#add(199, 'MSH', 0, WHY.moreProblems, false);
  }

  /** What the message cannot be acted on for. */
  fatal(code: Problem['code'], place: Segment | string, field: number, why: Text): void {
    this.#fatalCount += 1;
    if (this.#fatalCount <= MOST_PROBLEMS) this.#add(code, place, field, why, true);
  }

  #add(code: Problem['code'], place: Segment | string, field: number, why: Text, isFatal: boolean): void {
    this.#list.push({ code, place: this.#wordsOf(place) + (field > 0 ? `-${field}` : ''), why, isFatal });
  }

  #wordsOf(place: Segment | string): string {
    if (typeof place === 'string') return place;
    const before = this.#segments.slice(0, this.#segments.indexOf(place) + 1);
    const ordinal = before.filter((segment) => segment.name === place.name).length;
    return place.name === 'MSH' ? 'MSH' : `${place.name}[${Math.max(ordinal, 1)}]`;
  }
}
