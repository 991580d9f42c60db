/** Repeatable randomness for fuzzing and generated test data (mulberry32). Never for keys. */
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

  /** 0 to `most` bytes of any value. */
  bytes(most: number): Uint8Array {
    return Uint8Array.from({ length: this.below(most + 1) }, () => this.below(256));
  }
}

/** What is tried on random input of one room: each target throws where a promise is broken. */
export interface Fuzzing {
  /** Runs every target once for `seed`. Throws, naming target and seed, at the first that fails. */
  once(seed: number): void;
  /** Runs seed after seed, as `--seconds` (10) and `--seed` (1) of a command line say; what to print then. Throws as `once`. */
  run(args: readonly string[]): string;
}

/** @param random makes the randomness each target is given, anew, of a seed. */
export function fuzzing<R>(
  room: string,
  targets: Readonly<Record<string, (random: R) => void>>,
  random: (seed: number) => R,
): Fuzzing {
  const once = (seed: number): void => {
    for (const [name, target] of Object.entries(targets)) {
      try {
        target(random(seed));
      } catch (cause) {
        throw new Error(`${name} fails with --seed ${seed}`, { cause });
      }
    }
  };
  const run = (args: readonly string[]): string => {
    const endMs = performance.now() + option(args, '--seconds', 10) * 1000;
    let seed = option(args, '--seed', 1);
    const first = seed;
    for (; performance.now() < endMs; seed += 1) once(seed);
    return `${room}: ${seed - first} seeds from ${first}, no fault`;
  };
  return { once, run };
}

function option(args: readonly string[], name: string, otherwise: number): number {
  const at = args.indexOf(name);
  return at < 0 ? otherwise : Number(args[at + 1]);
}
