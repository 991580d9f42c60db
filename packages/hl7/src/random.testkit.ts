/** Repeatable randomness for generated messages (mulberry32). Never for keys. */
export class SeededRandom {
  #state: number;

  /** @param seed any 32-bit number; the same seed gives the same sequence. */
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 to `below` - 1. */
  below(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  }

  chance(oneIn: number): boolean {
    return this.below(oneIn) === 0;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T;
  }

  /** `make` called `least` to `most` times. */
  list<T>(least: number, most: number, make: (index: number) => T): T[] {
    return Array.from({ length: least + this.below(most - least + 1) }, (_, index) => make(index));
  }

  /** `count` digits. */
  digits(count: number): string {
    return Array.from({ length: count }, () => this.below(10)).join('');
  }

  bytes(most: number): Uint8Array {
    return Uint8Array.from({ length: this.below(most + 1) }, () => this.below(256));
  }
}

/** A copy of `bytes` with one to eight things wrong: bytes changed, cut, repeated, separators and ends put in. */
export function mutate(random: SeededRandom, bytes: Uint8Array): Uint8Array {
  let mutated = Uint8Array.from(bytes);
  for (let left = 1 + random.below(8); left > 0 && mutated.byteLength > 0; left -= 1)
    mutated = mutateOnce(random, mutated);
  return mutated;
}

const SIGNS = Buffer.from('|^~\\&\r\n\x0b\x1c"#\xe9\xc3\x00', 'latin1');

function mutateOnce(random: SeededRandom, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const at = random.below(bytes.byteLength);
  const changed = Uint8Array.from(bytes);
  switch (random.below(5)) {
    case 0:
      changed[at] = random.below(256);
      return changed;
    case 1:
      changed[at] = random.pick([...SIGNS]);
      return changed;
    case 2:
      return changed.slice(0, at);
    case 3:
      return Uint8Array.from([...changed.subarray(0, at), ...changed.subarray(random.below(at + 1))]);
    default:
      return Uint8Array.from([
        ...changed.subarray(0, at),
        ...changed.subarray(Math.min(at + random.below(20), bytes.length)),
      ]);
  }
}
