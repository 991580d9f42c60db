import type { Charter, ChartSealer } from '@leadglass/continuity';
import type { Identifier } from '@leadglass/hl7';
import { type Clock, type Logger, type Timer, uuidv7 } from '@leadglass/kit';
import { type ChartRetention, DEFAULT_CHART_RETENTION, type Event } from '@leadglass/model';
import type { ChartRow, Forgotten, Records, WalkedChart } from '@leadglass/records';

export type KeepingRecords = Pick<
  Records,
  'charts' | 'chartRetention' | 'glass' | 'reconciliation' | 'retention' | 'setting' | 'setSetting'
>;

export interface ChartKeepingOptions {
  readonly records: KeepingRecords;
  readonly sealer: ChartSealer;
  readonly charter: Pick<Charter, 'between' | 'soundTokens'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Messages come in: what is old can wait. */
  isBusy(): boolean;
  /** Events were appended. */
  told(): void;
  /** Lets others have their turn between two steps; default a tenth of a second. */
  rest?(): Promise<void>;
}

const DAY_MS = 86_400_000;
const FIRST_MS = 2 * 60_000;
const EVERY_MS = 6 * 60 * 60_000;
/** Between two steps: others have their turn. */
const REST_MS = 100;
const BUSY_MS = 1_000;
/** Messages and charts of one step: bounds how long others wait behind it. */
const MOST_MESSAGES = 200;
const MOST_CHARTS = 100;
const MOST_PATIENTS = 5;
const MOST_ENTRIES = 3_000;
const MOST_GROUP = 64;
/** Openings to be reviewed and identities to be reconciled that are looked at; with more, no chart is forgotten until there are fewer. */
const MOST_NEEDED = 10_000;
const SOUNDS_SETTING = 'charts.sounds';
const DONE = 'done';
const LAST = Number.MAX_SAFE_INTEGER;
const IN_TRAY: ReadonlySet<string> = new Set(['waiting', 'not-understood', 'quarantined']);

/** What somebody has yet to look at: charts opened without a known relation, and temporary numbers that nobody has resolved. */
interface Needed {
  readonly charts: ReadonlySet<number>;
  readonly numbers: ReadonlySet<string>;
}

/**
 * Forgets what feeds sent and told once it is older than the site keeps it (decision 0043), a bounded step at a time, when no messages come in; each step is one
 * transaction with its counts in the ledger. What a patient in the house, the tray, a review or a reconciliation needs stays. Charts from before names were
 * found by their sound are given what they are found by on the way.
 */
export class ChartKeeping {
  readonly #options: ChartKeepingOptions;
  #timer: Timer | undefined;
  #running: Promise<void> | undefined;
  #isStopping = false;

  constructor(options: ChartKeepingOptions) {
    this.#options = options;
  }

  start(): void {
    this.#later(FIRST_MS);
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#timer?.cancel();
    await this.#running;
  }

  /** The policy in force: no message outlives what it told. */
  async policy(): Promise<ChartRetention & { readonly isChosen: boolean }> {
    const chosen = await this.#options.records.retention();
    const { messageDays, chartDays } = chosen ?? DEFAULT_CHART_RETENTION;
    return { messageDays: Math.min(messageDays, chartDays), chartDays, isChosen: chosen !== undefined };
  }

  /** One whole round, now. Throws Faults of the records. */
  async round(): Promise<void> {
    await this.#addSounds();
    const { messageDays, chartDays } = await this.policy();
    await this.#walkMessages('bodies', messageDays);
    await this.#walkCharts(chartDays);
    // What was sent again is known as such for as long as what it told may be here.
    await this.#walkMessages('all', chartDays);
  }

  #later(ms: number): void {
    if (this.#isStopping) return;
    this.#timer = this.#options.clock.after(ms, () => {
      this.#running = this.#work().finally(() => {
        this.#running = undefined;
        this.#later(EVERY_MS);
      });
    });
  }

  async #work(): Promise<void> {
    try {
      await this.round();
    } catch (thrown) {
      this.#options.log.error('charts.keeping-failed', { fault: thrown });
    }
  }

  /** Waits its turn; false when it is time to stop. */
  async #rest(): Promise<boolean> {
    const { clock, isBusy, rest } = this.#options;
    const wait = (ms: number) => new Promise<void>((resolve) => void clock.after(ms, resolve));
    await (rest?.() ?? wait(REST_MS));
    while (!this.#isStopping && isBusy()) await wait(BUSY_MS);
    return !this.#isStopping;
  }

  /** Charts that are older than the search by sound, once: how far it came outlives the process. */
  async #addSounds(): Promise<void> {
    const { records, charter } = this.#options;
    const before = await records.setting(SOUNDS_SETTING);
    if (before === DONE) return;
    let after = Number(before ?? 0);
    for (;;) {
      const page = await records.chartRetention.charts(after, MOST_CHARTS);
      const rows = (await Promise.all(page.map(({ no }) => records.charts.chart(no)))).filter(
        (row) => row !== undefined,
      );
      await records.chartRetention.addTokens(rows.flatMap((row) => charter.soundTokens(row)));
      after = page.at(-1)?.no ?? after;
      const isDone = page.length < MOST_CHARTS;
      await records.setSetting(SOUNDS_SETTING, isDone ? DONE : String(after), []);
      if (isDone || !(await this.#rest())) return;
    }
  }

  async #walkMessages(which: 'bodies' | 'all', days: number): Promise<void> {
    const { records, clock } = this.#options;
    const beforeMs = clock.now() - days * DAY_MS;
    for (let after = 0; ; ) {
      const page = await records.chartRetention.messages(which, after, beforeMs, MOST_MESSAGES);
      const nos = page.filter(({ isForgettable }) => isForgettable).map(({ no }) => no);
      if (nos.length > 0) await this.#forgetMessages(which, nos, beforeMs);
      after = page.at(-1)?.no ?? after;
      const isAll = page.length < MOST_MESSAGES || page.at(-1)?.isRecent === true;
      if (isAll || !(await this.#rest())) return;
    }
  }

  async #forgetMessages(which: 'bodies' | 'all', nos: readonly number[], beforeMs: number): Promise<void> {
    const { chartRetention } = this.#options.records;
    if (which === 'all') await chartRetention.forgetMessages(nos, beforeMs);
    else await this.#tellAfter(chartRetention.forgetBodies(nos, beforeMs, await this.#teller()));
  }

  async #walkCharts(days: number): Promise<void> {
    const { records, clock, charter } = this.#options;
    const beforeMs = clock.now() - days * DAY_MS;
    const needed = await this.#needed();
    if (needed === undefined) return this.#options.log.warn('charts.keeping-put-off', {});
    const tell = await this.#teller();
    for (let after = 0; ; ) {
      const page = await records.chartRetention.charts(after, MOST_CHARTS);
      const old = page.filter((chart) => isOld(chart, beforeMs));
      for (let at = 0; at < old.length; at += MOST_PATIENTS) {
        const roots = old.slice(at, at + MOST_PATIENTS);
        await charter.between(async () => {
          const groups = await this.#groups(roots, needed, beforeMs);
          if (groups.length > 0) await this.#tellAfter(records.chartRetention.forgetCharts(groups, beforeMs, tell));
        });
        if (!(await this.#rest())) return;
      }
      after = page.at(-1)?.no ?? after;
      if (page.length < MOST_CHARTS || !(await this.#rest())) return;
    }
  }

  async #tellAfter(forgetting: Promise<Forgotten>): Promise<void> {
    const { messages, charts } = await forgetting;
    if (messages + charts > 0) this.#options.told();
  }

  async #teller(): Promise<(forgotten: Forgotten) => Event> {
    const { messageDays, chartDays } = await this.policy();
    return (forgotten) => {
      const atMs = this.#options.clock.now();
      return { id: uuidv7(atMs), atMs, kind: 'chart.forgotten', ...forgotten, messageDays, chartDays };
    };
  }

  /** The charts of each patient of whom nothing is needed any more, the one that stands first. */
  async #groups(
    roots: readonly WalkedChart[],
    needed: Needed,
    beforeMs: number,
  ): Promise<readonly (readonly number[])[]> {
    const groups: (readonly number[])[] = [];
    for (const { no } of roots) {
      const rows = await this.#group(no);
      const isAllOld = rows.every((row) => row.heardAtMs < beforeMs && row.presentAtMs === 0);
      if (rows.length === 0 || rows.length > MOST_GROUP || !isAllOld || (await this.#isNeeded(rows, needed))) continue;
      groups.push(rows.map((row) => row.no));
    }
    return groups;
  }

  async #group(no: number): Promise<readonly ChartRow[]> {
    const { charts } = this.#options.records;
    const root = await charts.chart(no);
    const rows = root === undefined ? [] : [root];
    for (let at = 0; at < rows.length && rows.length <= MOST_GROUP; at += 1)
      rows.push(...(await charts.takenBy(rows[at]?.no ?? 0)));
    return rows;
  }

  async #isNeeded(rows: readonly ChartRow[], { charts, numbers }: Needed): Promise<boolean> {
    for (const { no, sealed } of rows) {
      if (charts.has(no)) return true;
      const { identifiers } = this.#options.sealer.openJson<{
        readonly identifiers: readonly Pick<Identifier, 'value'>[];
      }>('patient', String(no), sealed);
      if (identifiers.some(({ value }) => numbers.has(value.trim().toUpperCase()))) return true;
      if (await this.#isInTray(no)) return true;
    }
    return false;
  }

  /** Whether a message that names this patient waits for somebody to look at it. */
  async #isInTray(chart: number): Promise<boolean> {
    const { charts } = this.#options.records;
    const entries = await charts.entries(chart, MOST_ENTRIES);
    for (const { message, kind } of entries) {
      if (kind !== 'raw') continue;
      const row = await charts.message(message);
      if (row !== undefined && IN_TRAY.has(row.state)) return true;
    }
    return false;
  }

  /** Undefined where there is more than is looked at. */
  async #needed(): Promise<Needed | undefined> {
    const { glass, reconciliation } = this.#options.records;
    const openings = await glass.list(false, LAST, MOST_NEEDED);
    const identities = [
      ...(await reconciliation.identitiesIn('open', MOST_NEEDED)),
      ...(await reconciliation.identitiesIn('asked', MOST_NEEDED)),
    ];
    if (openings.length >= MOST_NEEDED || identities.length >= MOST_NEEDED) return undefined;
    return {
      charts: new Set(openings.map(({ chart }) => chart)),
      numbers: new Set(identities.map(({ number }) => number.toUpperCase())),
    };
  }
}

/** A chart that stands by itself, of a patient who is not in the house, and of which nothing was heard. */
function isOld({ into, heardAtMs, isPresent }: WalkedChart, beforeMs: number): boolean {
  return into === 0 && heardAtMs < beforeMs && !isPresent;
}
