import type { Clock, Timer } from '@leadglass/kit';
import type { EventOf } from '@leadglass/model';

type Told = Omit<EventOf<'web.retrieved'>, 'id' | 'atMs'>;
/** Who reads what: one line of the log. */
export type Reader = Pick<Told, 'peer' | 'remoteAddress' | 'studyInstanceUid' | 'patient'>;

interface Open {
  readonly of: Reader;
  readonly what: Set<string>;
  readonly timer: Timer;
  requests: number;
  instances: number;
  bytes: number;
}

const WINDOW_MS = 60_000;
const MOST_OPEN = 10_000;

/**
 * What is read of which study by whom. The first request is in the ledger before anything is given out; what follows within a minute, a
 * viewer's hundreds of frames, is told by one event more.
 */
export class Readings {
  readonly #clock: Clock;
  readonly #tell: (event: Told) => Promise<void>;
  readonly #failed: (thrown: unknown) => void;
  readonly #open = new Map<string, Open>();

  /** @param failed hears that what followed a first reading could not be told: its bytes are gone out by then. */
  constructor(clock: Clock, tell: (event: Told) => Promise<void>, failed: (thrown: unknown) => void) {
    this.#clock = clock;
    this.#tell = tell;
    this.#failed = failed;
  }

  /** A request of `route` was granted so many objects; others of the study are not for its reader. Resolves when the ledger will tell of it. */
  async began(of: Reader, route: string, instances: number, withheld = 0): Promise<void> {
    const key = keyOf(of);
    const open = this.#open.get(key);
    if (open !== undefined) {
      open.what.add(route);
      open.requests += 1;
      return;
    }
    const unseen = withheld === 0 ? {} : { withheld };
    await this.#tell({ kind: 'web.retrieved', ...of, what: [route], requests: 1, instances, bytes: 0, ...unseen });
    if (this.#open.size >= MOST_OPEN || this.#open.has(key)) return;
    const timer = this.#clock.after(WINDOW_MS, () => void this.#close(key));
    this.#open.set(key, { of, what: new Set([route]), timer, requests: 0, instances: 0, bytes: 0 });
  }

  /** What a request that is over gave out. */
  done(of: Omit<Reader, 'patient'>, instances: number, bytes: number): void {
    const open = this.#open.get(keyOf(of));
    if (open === undefined) return;
    open.instances += instances;
    open.bytes += bytes;
  }

  /** Tells everything that is not told yet. */
  async flush(): Promise<void> {
    await Promise.all([...this.#open.keys()].map((key) => this.#close(key)));
  }

  async #close(key: string): Promise<void> {
    const open = this.#open.get(key);
    this.#open.delete(key);
    open?.timer.cancel();
    if (open === undefined || open.bytes === 0) return;
    const { of, what, requests, instances, bytes } = open;
    await this.#tell({ kind: 'web.retrieved', ...of, what: [...what], requests, instances, bytes }).catch(this.#failed);
  }
}

function keyOf({ peer, remoteAddress, studyInstanceUid }: Omit<Reader, 'patient'>): string {
  return JSON.stringify([peer, remoteAddress, studyInstanceUid]);
}
