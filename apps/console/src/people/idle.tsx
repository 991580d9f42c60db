import { useEffect } from 'react';
import { call, tellSession } from '../client/index.ts';
import { useMe } from '../shell/me.tsx';

const SIGNS = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const;
const LOOK_EVERY_MS = 5000;
/** So often, at most, the gateway is told that somebody is there who only reads. */
const TELL_EVERY_MS = 60_000;

/** Counts from the last sign of a person, in this window, and locks when it was too long ago. */
class IdleWatch {
  readonly #idleMs: number;
  readonly #onIdle: () => void;
  #seenMs = Date.now();
  #toldMs = Date.now();
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(idleMs: number, onIdle: () => void) {
    this.#idleMs = idleMs;
    this.#onIdle = onIdle;
  }

  start(): () => void {
    for (const sign of SIGNS) window.addEventListener(sign, this.#saw, { passive: true });
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
    return () => {
      clearInterval(this.#timer);
      for (const sign of SIGNS) window.removeEventListener(sign, this.#saw);
    };
  }

  readonly #saw = (): void => {
    const now = Date.now();
    // Asleep for longer than that, the first sign of life is not one of the person who left.
    if (now - this.#seenMs >= this.#idleMs) return;
    this.#seenMs = now;
    if (now - this.#toldMs < TELL_EVERY_MS) return;
    this.#toldMs = now;
    call('me', {}).catch(() => undefined);
  };

  #look(): void {
    if (Date.now() - this.#seenMs < this.#idleMs) return;
    clearInterval(this.#timer);
    this.#onIdle();
  }
}

/** Locks the page after the idle time; what only asks by itself is no sign of a person. */
export function IdleLock() {
  const { idleMs, person, isLocked } = useMe();
  const isWatching = person !== undefined && isLocked !== true;
  useEffect(() => {
    if (!isWatching) return;
    const onIdle = () => {
      call('me.lock', {}).catch(() => undefined);
      tellSession('locked');
    };
    return new IdleWatch(idleMs, onIdle).start();
  }, [idleMs, isWatching]);
  return null;
}
