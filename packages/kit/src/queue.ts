import { assert } from './assert.ts';

/** First in, first out, with a limit its owner chose. `push` tells whether there was room; nothing is dropped silently. */
export class BoundedQueue<T> {
  readonly #limit: number;
  #items: T[] = [];
  #head = 0;

  /** @param limit most items held, at least 1. */
  constructor(limit: number) {
    assert(limit >= 1, 'a queue holds at least one item');
    this.#limit = limit;
  }

  get size(): number {
    return this.#items.length - this.#head;
  }

  /** Adds `item` at the end; false (and nothing added) when the queue is full. */
  push(item: T): boolean {
    if (this.size >= this.#limit) return false;
    this.#items.push(item);
    return true;
  }

  /** Takes the oldest item, or undefined when empty. */
  shift(): T | undefined {
    if (this.#head >= this.#items.length) return undefined;
    const item = this.#items[this.#head];
    this.#head += 1;
    if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** Takes up to `most` items, oldest first. */
  take(most: number): T[] {
    const taken: T[] = [];
    while (taken.length < most && this.size > 0) taken.push(this.shift() as T);
    return taken;
  }
}
