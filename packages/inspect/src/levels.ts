/** What an inspector knows of each open item, and of the data set around them all: made when first asked for, gone with its item. */
export class PerItem<T> {
  readonly #make: () => T;
  readonly #levels: (T | undefined)[] = [undefined];

  constructor(make: () => T) {
    this.#make = make;
  }

  /** Of the item that is open innermost. */
  get current(): T {
    const at = this.#levels.length - 1;
    const known = this.#levels[at];
    if (known !== undefined) return known;
    const made = this.#make();
    this.#levels[at] = made;
    return made;
  }

  /** The same without making it. */
  get known(): T | undefined {
    return this.#levels[this.#levels.length - 1];
  }

  enter(): void {
    this.#levels.push(undefined);
  }

  /** What was known of the item that ends. */
  leave(): T | undefined {
    return this.#levels.length > 1 ? this.#levels.pop() : undefined;
  }
}
