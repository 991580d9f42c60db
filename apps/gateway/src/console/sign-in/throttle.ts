import type { Clock } from '@leadglass/kit';

/** How one sort of key is slowed down. */
export interface ThrottleLimits {
  /** Tries before the first wait. */
  readonly free: number;
  readonly firstMs: number;
  /** The longest wait: nobody is kept out for ever. */
  readonly longestMs: number;
  /** Without a try for so long, all is forgotten. */
  readonly forgetMs: number;
  /** Keys remembered at once; the one that tried longest ago goes first. */
  readonly keys: number;
}

interface Tries {
  count: number;
  lastMs: number;
  openMs: number;
}

/**
 * Growing waits between tries that fail. A try counts as failed from its beginning, so that many at once gain nothing; success takes
 * it back. Memory is bounded by `keys`.
 */
export class Throttle {
  readonly #clock: Clock;
  readonly #limits: ThrottleLimits;
  readonly #tries = new Map<string, Tries>();

  constructor(clock: Clock, limits: ThrottleLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Milliseconds until this key may try; 0: now. */
  waitMs(key: string): number {
    const tries = this.#tries.get(key);
    return tries === undefined ? 0 : Math.max(0, tries.openMs - this.#clock.monotonicMs());
  }

  /** A try begins. Only after `waitMs` was 0. */
  begin(key: string): void {
    const now = this.#clock.monotonicMs();
    const before = this.#tries.get(key);
    const isKnown = before !== undefined && now - before.lastMs < this.#limits.forgetMs;
    const count = (isKnown ? before.count : 0) + 1;
    const waitMs =
      count < this.#limits.free
        ? 0
        : Math.min(this.#limits.longestMs, this.#limits.firstMs * 2 ** Math.min(count - this.#limits.free, 30));
    this.#tries.delete(key);
    this.#tries.set(key, { count, lastMs: now, openMs: now + waitMs });
    if (this.#tries.size > this.#limits.keys) this.#tries.delete(this.#tries.keys().next().value ?? key);
  }

  /** The try was right: what counted against this key is forgotten. */
  passed(key: string): void {
    this.#tries.delete(key);
  }

  get size(): number {
    return this.#tries.size;
  }
}

/** The address as it is counted: an IPv6 household or site has a /64. */
export function addressKey(ip: string): string {
  const plain = ip.replace(/^::ffff:(?=\d+\.)/i, '');
  if (!plain.includes(':')) return plain;
  const [head = '', tail = ''] = plain.split('::');
  const [left, right] = [head, tail].map((part) => part.split(':').filter((word) => word !== ''));
  const missing = Math.max(0, 8 - (left?.length ?? 0) - (right?.length ?? 0));
  const words = [...(left ?? []), ...Array.from({ length: missing }, () => '0'), ...(right ?? [])];
  return `${words.slice(0, 4).join(':')}::/64`;
}
