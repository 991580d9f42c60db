import type { Clock, Logger, Timer } from '@leadglass/kit';
import { type OpenedHome, openCertificates } from './home.ts';

const DAY_MS = 24 * 3600 * 1000;

/** The certificates of a running gateway. */
export type Certificates = Pick<OpenedHome, 'tls' | 'outgoing' | 'console'>;

/** Looks at the certificates once a day and has those issued again that end soon, so that a gateway nobody restarts keeps its listener. */
export class CertificateWatch {
  readonly #home: Pick<OpenedHome, 'paths' | 'keys'>;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #changed: (certificates: Certificates) => void;
  #current: Certificates;
  #timer: Timer | undefined;
  #isStopped = false;

  /** @param changed called with the new ones, when there are any. */
  constructor(home: OpenedHome, clock: Clock, log: Logger, changed: (certificates: Certificates) => void) {
    this.#home = home;
    this.#clock = clock;
    this.#log = log;
    this.#changed = changed;
    this.#current = { tls: home.tls, outgoing: home.outgoing, console: home.console };
  }

  /** The certificates in force. */
  get current(): Certificates {
    return this.#current;
  }

  start(): void {
    if (!this.#isStopped) this.#timer = this.#clock.after(DAY_MS, () => void this.look());
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  /** Takes up what lies in the home now: settings, certificates, authorities. Rejects with what prevents it, and all stays as it was. */
  async reload(): Promise<void> {
    const found = await openCertificates(this.#home.paths, this.#home.keys.siteName, this.#clock);
    const isSame = JSON.stringify(found.tls) === JSON.stringify(this.#current.tls);
    const isRenewed =
      found.outgoing.cert !== this.#current.outgoing.cert || found.console.cert !== this.#current.console.cert;
    this.#current = found;
    if (isSame && !isRenewed) return;
    this.#log.info('tls.renewed');
    this.#changed(this.#current);
  }

  /** Looks now, and again in a day. Never rejects: the old certificates stay in force meanwhile. */
  async look(): Promise<void> {
    try {
      await this.reload();
    } catch (thrown) {
      this.#log.error('tls.not-renewed', { fault: thrown });
    }
    this.start();
  }
}
