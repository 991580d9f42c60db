import { type ExpectedPatients, gaugeOf, type MadeSet, SetMaker, type SetMakerOptions } from '@leadglass/continuity';
import type { AnswerInputOf } from '@leadglass/contract';
import type { Logger, Timer } from '@leadglass/kit';
import type { Records } from '@leadglass/records';
import { controlFault } from '../control-faults.ts';
import { ContinuityExport, type ExportOptions } from './export.ts';
import { ContinuityNodes, type NodesOptions } from './nodes.ts';
import { ContinuityParts, type PartsOptions } from './parts.ts';
import { type IndexProgress, VaultIndex, type VaultIndexOptions } from './vault-index.ts';

export interface ContinuityHostOptions
  extends Omit<VaultIndexOptions, 'retrieval'>,
    Omit<NodesOptions, 'records'>,
    Pick<PartsOptions, 'around'>,
    Omit<ExportOptions, 'records' | 'set' | 'parts'> {
  readonly records: SetMakerOptions['records'] & Pick<Records, 'retrieval' | 'charts'> & NodesOptions['records'];
  readonly log: Logger;
  freeBytes(): number;
  /** Who is expected, besides those of whom something came today: whoever knows a schedule or admissions tells. */
  readonly expected?: ExpectedPatients;
}

const DAY_MS = 24 * 60 * 60_000;
/** What a day brings is measured over four weeks: weekends count as they come. */
const MEASURED_MS = 28 * DAY_MS;
const FIRST_INDEX_MS = 15 * 60_000;
const AFTER_FAULT_MS = 60 * 60_000;
/** A set serves whoever asks for so long: making one reads a row a study. */
const SET_LASTS_MS = 30_000;
/** How old the counts of charts may be that a page shows: making the list reads a few rows a chart. */
const COUNTED_MS = 10 * 60_000;
const INDEXED_SETTING = 'continuity.indexed';

/** What the keeper does to be ready: the continuity set, the gauge, and the index for restoring without us, once a day. */
export class ContinuitySetHost {
  readonly #options: ContinuityHostOptions;
  /** The boxes that may pull. */
  readonly nodes: ContinuityNodes;
  /** What the set holds besides images. */
  readonly parts: ContinuityParts;
  /** What is taken along. */
  readonly exports: ContinuityExport;
  readonly #maker: SetMaker;
  readonly #index: VaultIndex;
  #made: { readonly atMs: number; readonly set: Promise<MadeSet> } | undefined;
  #timer: Timer | undefined;
  #isStopped = false;
  #running: Promise<void> = Promise.resolve();

  constructor(options: ContinuityHostOptions) {
    this.#options = options;
    this.nodes = new ContinuityNodes(options);
    this.parts = new ContinuityParts(options);
    this.exports = new ContinuityExport({ ...options, set: () => this.set(), parts: this.parts });
    this.#maker = new SetMaker(options);
    this.#index = new VaultIndex({ ...options, retrieval: options.records.retrieval });
  }

  start(): void {
    this.#after(FIRST_INDEX_MS);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    await this.#running;
  }

  /** The set as it is wanted now. */
  set(): Promise<MadeSet> {
    const nowMs = this.#options.clock.now();
    if (this.#made === undefined || nowMs - this.#made.atMs >= SET_LASTS_MS) {
      const set = this.#maker.make();
      this.#made = { atMs: nowMs, set };
      set.catch(() => {
        this.#made = undefined;
      });
    }
    return this.#made.set;
  }

  async gauge(): Promise<AnswerInputOf<'continuity.gauge'>> {
    const { records, freeBytes } = this.#options;
    const { set, policy, nowMs, expected } = await this.set();
    const measuredMs = Math.min(MEASURED_MS, nowMs - ((await records.continuitySet.firstAtMs()) ?? nowMs));
    const { bytes: intakeBytes } = await records.continuitySet.intake(nowMs - measuredMs, nowMs + 1);
    const facts = { set, policy, nowMs, freeBytes: freeBytes(), intakeBytes, measuredMs };
    const { dailyBytes, autonomyDays, isEnough, coveredDays } = gaugeOf(facts);
    const indexedAtMs = Number((await records.setting(INDEXED_SETTING)) ?? 0);
    const { objects, bytes, leftOut, studies } = set;
    const { parts, charts } = await this.parts.list(COUNTED_MS);
    const registrations = (await this.#options.around().schedule.openRegistrations()).length;
    const days = parts.filter(({ key }) => key.startsWith('day-')).length;
    return {
      ...{ atMs: nowMs, policy, freeBytes: facts.freeBytes, dailyBytes },
      ...{ autonomyDays: autonomyDays ?? null, isEnough: isEnough ?? null },
      measuredDays: Math.round(measuredMs / (DAY_MS / 10)) / 10,
      set: {
        ...{ studies: studies.length, objects, bytes, coveredDays, expected, leftOut },
        ...{ charts: charts.length, days, registrations },
      },
      indexedAtMs: indexedAtMs === 0 ? null : indexedAtMs,
    };
  }

  /** Writes the index now. Throws Fault `control.conflict` while one is being written. */
  async *index(): AsyncGenerator<IndexProgress> {
    if (this.#index.isRunning) throw controlFault('control.conflict');
    const { records, clock } = this.#options;
    const atMs = clock.now();
    yield* this.#index.write();
    await records.setSetting(INDEXED_SETTING, String(atMs));
  }

  #after(ms: number): void {
    if (!this.#isStopped) this.#timer = this.#options.clock.after(ms, () => void this.#daily());
  }

  async #daily(): Promise<void> {
    this.#running = this.#indexed();
    await this.#running;
  }

  // One that is asked for meanwhile does as well.
  async #indexed(): Promise<void> {
    try {
      if (!this.#index.isRunning) for await (const _ of this.index()) if (this.#isStopped) return;
      this.#after(DAY_MS);
    } catch (thrown) {
      this.#options.log.error('continuity.index', { fault: thrown });
      this.#after(AFTER_FAULT_MS);
    }
  }
}
