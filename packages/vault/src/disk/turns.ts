/** Lets pieces of work on the same key follow one another in the order they were asked for; work on other keys runs beside them. */
export class Turns<K> {
  readonly #last = new Map<K, Promise<unknown>>();

  /** Runs `work` when all that was asked before it for any of `keys` has ended. Everything waits only for what came earlier, so nothing deadlocks. */
  take<T>(keys: readonly K[], work: () => Promise<T>): Promise<T> {
    const turn = Promise.allSettled(keys.map((key) => this.#last.get(key))).then(work);
    for (const key of keys) this.#last.set(key, turn);
    const leave = () => {
      for (const key of keys) if (this.#last.get(key) === turn) this.#last.delete(key);
    };
    turn.then(leave, leave);
    return turn;
  }

  /** Resolves when all that has been asked for has ended. */
  async allDone(): Promise<void> {
    await Promise.allSettled(this.#last.values());
  }
}
