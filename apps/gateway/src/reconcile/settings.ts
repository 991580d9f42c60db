import { SECOND_LOOKS } from '@leadglass/contract';
import type { Event } from '@leadglass/model';
import type { Records } from '@leadglass/records';
import { z } from 'zod';

const SETTING = 'reconcile.settings';
const OUTAGE_SETTING = 'reconcile.outage';
const DAY_MS = 86_400_000;

const settings = z.object({ waitDays: z.int().min(0).max(365), secondLook: z.enum(SECOND_LOOKS) });
/** How temporary identities are waited for. */
export type ReconcileSettings = z.output<typeof settings>;
export const DEFAULT_RECONCILE_SETTINGS: ReconcileSettings = { waitDays: 14, secondLook: 'doubtful' };

/** The choice of the site, and when an outage was last seen: both outlive the process. */
export class ReconcileMemory {
  readonly #records: Pick<Records, 'setting' | 'setSetting'>;
  #settings = DEFAULT_RECONCILE_SETTINGS;
  #outageMs = 0;

  constructor(records: Pick<Records, 'setting' | 'setSetting'>) {
    this.#records = records;
  }

  /** Rejects with the records' Fault. */
  async load(): Promise<void> {
    const [chosen, outage] = [await this.#records.setting(SETTING), await this.#records.setting(OUTAGE_SETTING)];
    if (chosen !== undefined) this.#settings = settings.parse(JSON.parse(chosen));
    if (outage !== undefined) this.#outageMs = Number(outage);
  }

  get settings(): ReconcileSettings {
    return this.#settings;
  }

  async set(chosen: ReconcileSettings, events: readonly Event[]): Promise<void> {
    await this.#records.setSetting(SETTING, JSON.stringify(chosen), events);
    this.#settings = chosen;
  }

  /** An outage goes on: time does not run while it does. */
  async outage(atMs: number): Promise<void> {
    await this.#records.setSetting(OUTAGE_SETTING, String(atMs));
    this.#outageMs = atMs;
  }

  /** When what came first at `sinceMs` goes out as it came; undefined when it never waits. */
  untilMs(sinceMs: number): number {
    return Math.max(sinceMs, this.#outageMs) + this.#settings.waitDays * DAY_MS;
  }

  /** Before this moment must have come whatever is waited for no longer; undefined when that is nothing. */
  overdueMs(nowMs: number): number | undefined {
    const waitMs = this.#settings.waitDays * DAY_MS;
    return this.#outageMs + waitMs > nowMs ? undefined : nowMs - waitMs;
  }
}
