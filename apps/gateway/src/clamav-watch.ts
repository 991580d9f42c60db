import type { Socket } from 'node:net';
import { asFault, type Clock, type Fault, type Logger, type Text, type Timer, text } from '@leadglass/kit';
import type { ClamavSettings } from '@leadglass/model';
import { type ClamdAddress, type ClamdHealth, connectClamd, parseClamdAddress, probeClamd } from '@leadglass/wire';

/** For each step of a look at clamd, and for a connection. */
const PROBE_MS = 2_000;
const CONNECT_MS = 1_000;
/** Between looks: while it is well, and while it is not, at first and at last. */
const WELL_MS = 15_000;
const UNWELL_MIN_MS = 500;
const UNWELL_MAX_MS = 10_000;

/** How the site's ClamAV is. */
export interface ClamavState {
  readonly settings: ClamavSettings;
  readonly isUp: boolean;
  /** Since when it is so, milliseconds since the epoch. */
  readonly sinceMs: number;
  /** What it said of itself last. */
  readonly health?: ClamdHealth;
  /** Why it is not up. */
  readonly fault?: Fault;
}

export interface ClamavWatchOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** It came or went, or there is another or none. */
  changed(state: ClamavState | undefined, isNews: boolean): void;
  /** Overrides PROBE_MS, for tests. */
  readonly probeMs?: number;
}

/** Watches over the site's clamd, and connects to it for those who may not: the keeper alone decides whether it is up. */
export class ClamavWatch {
  readonly #options: ClamavWatchOptions;
  #state: ClamavState | undefined;
  #timer: Timer | undefined;
  #looking: Promise<void> | undefined;
  #unwellMs = UNWELL_MIN_MS;
  #isStopped = false;

  constructor(options: ClamavWatchOptions) {
    this.#options = options;
  }

  get state(): ClamavState | undefined {
    return this.#state;
  }

  /** Another clamd, other bounds, or none. Resolves once it has been looked at. Never rejects. */
  async configure(settings: ClamavSettings | undefined): Promise<void> {
    if (this.#isStopped || isSame(this.#state?.settings, settings)) return;
    this.#timer?.cancel();
    this.#unwellMs = UNWELL_MIN_MS;
    if (settings === undefined) return this.#become(undefined, false);
    this.#become({ settings, isUp: false, sinceMs: this.#options.clock.now() }, false);
    await this.#looking;
    await this.look();
  }

  /** Looks at it now: somebody met trouble. Looks that are asked for meanwhile are the same. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  /** A connection with its session begun, for a process that has no network. Rejects with Fault `wire.clamd-unreachable` when there is none to be had. */
  connect(): Promise<Socket> {
    const address = this.#isStopped ? undefined : addressOf(this.#state?.settings);
    if (address === undefined) return Promise.reject(new Error('no clamd is configured'));
    return connectClamd(address, CONNECT_MS, this.#options.clock);
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  async #look(): Promise<void> {
    const settings = this.#state?.settings;
    const address = addressOf(settings);
    this.#timer?.cancel();
    if (settings === undefined || address === undefined || this.#isStopped) return;
    const { clock, probeMs = PROBE_MS } = this.#options;
    const health = await probeClamd(address, probeMs, clock).catch((thrown) =>
      asFault(thrown, 'wire.clamd-unwell', 'transient', NOT_WELL),
    );
    // It was configured anew meanwhile: somebody looks at that one.
    if (this.#isStopped || this.#state?.settings !== settings) return;
    if ('version' in health) this.#isWell(settings, health);
    else this.#isUnwell(settings, health);
  }

  #isWell(settings: ClamavSettings, health: ClamdHealth): void {
    this.#unwellMs = UNWELL_MIN_MS;
    this.#again(WELL_MS);
    const sinceMs = this.#state?.isUp === true ? this.#state.sinceMs : this.#options.clock.now();
    this.#become({ settings, isUp: true, sinceMs, health }, this.#state?.isUp !== true);
  }

  #isUnwell(settings: ClamavSettings, fault: Fault): void {
    this.#again(this.#unwellMs);
    this.#unwellMs = Math.min(this.#unwellMs * 2, UNWELL_MAX_MS);
    const before = this.#state;
    const isNews = before?.isUp === true || before?.fault === undefined;
    const sinceMs = before?.isUp === false ? before.sinceMs : this.#options.clock.now();
    const health = before?.health === undefined ? {} : { health: before.health };
    this.#become({ settings, isUp: false, sinceMs, fault, ...health }, isNews);
  }

  #again(ms: number): void {
    this.#timer = this.#options.clock.after(ms, () => void this.look());
  }

  #become(state: ClamavState | undefined, isNews: boolean): void {
    const hasChanged = this.#state?.isUp !== state?.isUp || this.#state?.settings !== state?.settings;
    this.#state = state;
    if (isNews && state !== undefined) this.#tell(state);
    if (hasChanged || isNews) this.#options.changed(state, isNews);
  }

  #tell({ isUp, health, fault, settings: { address } }: ClamavState): void {
    if (isUp) this.#options.log.info('clamav.up', { address, version: health?.version ?? '' });
    else this.#options.log.warn('clamav.down', { address, fault });
  }
}

const NOT_WELL: Text = text(
  'clamd (ClamAV) ne répond pas comme il faut',
  'clamd (ClamAV) does not answer as it should',
);

function addressOf(settings: ClamavSettings | undefined): ClamdAddress | undefined {
  return settings === undefined ? undefined : parseClamdAddress(settings.address);
}

function isSame(a: ClamavSettings | undefined, b: ClamavSettings | undefined): boolean {
  return (
    a?.address === b?.address && a?.maxStreamBytes === b?.maxStreamBytes && a?.timeoutSeconds === b?.timeoutSeconds
  );
}
