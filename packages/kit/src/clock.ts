/** A running timer. */
export interface Timer {
  /** Stops it; harmless when it has already fired. */
  cancel(): void;
}

/** Time as it is handed to every room, so that tests own it. */
export interface Clock {
  /** Wall time, milliseconds since the Unix epoch. May jump. */
  now(): number;
  /** Monotonic milliseconds from an arbitrary origin. Never jumps. */
  monotonicMs(): number;
  /** Calls `fire` once after `delayMs` of monotonic time. */
  after(delayMs: number, fire: () => void): Timer;
}

/** The machine's clock. Its timers do not keep the process alive by themselves. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, fire) {
    const handle = setTimeout(fire, delayMs);
    handle.unref?.();
    return { cancel: () => clearTimeout(handle) };
  },
};

interface Pending {
  readonly dueMs: number;
  readonly fire: () => void;
}

/** A clock that moves only when told to. */
export class ManualClock implements Clock {
  #elapsedMs = 0;
  #wallMs: number;
  readonly #pending = new Set<Pending>();

  constructor(wallMs = Date.UTC(2026, 0, 1)) {
    this.#wallMs = wallMs;
  }

  now(): number {
    return this.#wallMs;
  }

  monotonicMs(): number {
    return this.#elapsedMs;
  }

  after(delayMs: number, fire: () => void): Timer {
    const pending = { dueMs: this.#elapsedMs + delayMs, fire };
    this.#pending.add(pending);
    return { cancel: () => this.#pending.delete(pending) };
  }

  /** Moves both clocks forward and fires what falls due, in order. */
  advance(ms: number): void {
    const endMs = this.#elapsedMs + ms;
    for (;;) {
      const next = [...this.#pending].filter((p) => p.dueMs <= endMs).sort((a, b) => a.dueMs - b.dueMs)[0];
      if (next === undefined) break;
      this.#pending.delete(next);
      this.#wallMs += next.dueMs - this.#elapsedMs;
      this.#elapsedMs = next.dueMs;
      next.fire();
    }
    this.#wallMs += endMs - this.#elapsedMs;
    this.#elapsedMs = endMs;
  }

  /** Moves the wall clock alone, as an administrator or NTP does. */
  jump(ms: number): void {
    this.#wallMs += ms;
  }
}
