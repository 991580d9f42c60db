/** What is at hand without asking the records: bounded in number and in weight, what was used longest ago goes first. */
export class Remembered<K, V> {
  readonly #most: number;
  readonly #mostWeight: number;
  readonly #values = new Map<K, { readonly value: V; readonly weight: number }>();
  #weight = 0;

  constructor(most: number, mostWeight: number) {
    this.#most = most;
    this.#mostWeight = mostWeight;
  }

  get size(): number {
    return this.#values.size;
  }

  get weight(): number {
    return this.#weight;
  }

  get(key: K): V | undefined {
    const known = this.#values.get(key);
    if (known === undefined) return undefined;
    this.#values.delete(key);
    this.#values.set(key, known);
    return known.value;
  }

  /** What weighs more than all may is not kept. */
  set(key: K, value: V, weight: number): void {
    this.#forget(key);
    if (weight > this.#mostWeight) return;
    this.#values.set(key, { value, weight });
    this.#weight += weight;
    for (const oldest of this.#values.keys()) {
      if (this.#values.size <= this.#most && this.#weight <= this.#mostWeight) return;
      this.#forget(oldest);
    }
  }

  clear(): void {
    this.#values.clear();
    this.#weight = 0;
  }

  #forget(key: K): void {
    const known = this.#values.get(key);
    if (known === undefined) return;
    this.#weight -= known.weight;
    this.#values.delete(key);
  }
}
