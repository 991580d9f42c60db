import { aimsOf, nextDueMs, outcomeOf, whatIsDue } from '@leadglass/continuity';
import { type Logger, type Text, type Timer, text, uuidv7 } from '@leadglass/kit';
import {
  DEFAULT_DRILL,
  type DrillSettings,
  type DrillStep,
  type DrillTold,
  type EventOf,
  type Feed,
  isDrillTitle,
} from '@leadglass/model';
import { type AttributeSet, nameOf } from '@leadglass/query';
import type { ArrivedRecords, ArrivedStudy, Custody, Drill, Records } from '@leadglass/records';
import { by } from '../actor.ts';
import { controlFault } from '../control-faults.ts';
import type { CatalogueSearch } from '../sighted-search.ts';
import { type DrillCame, type DrillPlan, DrillRun, type DrillRunTools, newPlan, traces } from './drill-run.ts';
import { OutageTimes, type OutageTimesTools } from './outage-times.ts';

export interface DrillHostTools extends Omit<DrillRunTools, 'useFeed'> {
  readonly log: Logger;
  readonly records: DrillRunTools['records'] & Pick<Records, 'drills' | 'continuity'>;
  readonly outages: OutageTimesTools['outages'];
  /** Why nothing may be taken now; undefined: it may. */
  gate(): { readonly text: Text } | undefined;
  isIsolated(): boolean;
  /** Removes the sealed bytes of an object that is about to leave custody. */
  removeObject(custody: Custody): Promise<void>;
  /** Something left the catalogue's inbox to be taken out. */
  catalogued(): void;
}

/** One that runs: whose it is, and what it did so far. */
interface Running {
  readonly no: number;
  readonly plan: DrillPlan;
  readonly steps: DrillStep[];
  /** What came of it; undefined where the gateway stops: the next start ends it. */
  over: Promise<DrillTold | undefined>;
  hear: (() => void) | undefined;
}

/** What of a drill is kept with its plan while it runs. */
interface Begun {
  readonly plan: DrillPlan;
  readonly by: string;
}

const SCHEDULE_SETTING = 'drill.schedule';
const LOOK_MS = 30_000;
const MOST_OBJECTS = 100;
const PATIENT_ID = nameOf(0x00100020);
const STUDY_UID = nameOf(0x0020000d);
const NOTHING = text('', '');
const NEVER = new Promise<never>(() => {});

/**
 * Drills of the bad day: runs them when asked and by the schedule, one at a time, destroys what they made, also of those a kill broke off, and hides what
 * they make from everybody but the drill and the emergency page as long as it is there.
 */
export class DrillHost {
  readonly outageTimes: OutageTimes;
  readonly #tools: DrillHostTools;
  #running: Running | undefined;
  #isBusy = false;
  /** Drills whose traces are still here. */
  readonly #hidden = new Map<number, DrillPlan>();
  #feed: Feed | undefined;
  #settings: DrillSettings = DEFAULT_DRILL;
  #sinceMs = 0;
  #doneMs = 0;
  #timer: Timer | undefined;
  readonly #stopping = new AbortController();

  constructor(tools: DrillHostTools) {
    this.#tools = tools;
    const { clock, log, records, outages, eventsAppended: told } = tools;
    this.outageTimes = new OutageTimes({ clock, log, records, outages, told, settings: () => this.#settings });
  }

  /** Whose messages are taken besides those of the rules, the drill's first. */
  get feeds(): readonly Feed[] {
    return this.#feed === undefined ? [] : [this.#feed];
  }

  /** Of the made-up patients whose traces are here. */
  get patientIds(): readonly string[] {
    return [...this.#hidden.values()].map(({ identity }) => identity.patientId);
  }

  /** Before anything is answered: what a kill left is hidden until it is destroyed. Rejects with the records' Fault. */
  async load(): Promise<void> {
    for (const { no, traces: kept } of await this.#tools.records.drills.running()) {
      const begun = begunOf(kept);
      if (begun !== undefined) this.#hidden.set(no, begun.plan);
    }
  }

  /** Destroys what a kill left, and goes by the schedule from now on. Rejects with the records' Fault. */
  async start(): Promise<void> {
    // Images are taken whatever becomes of it: what could not be destroyed stays hidden, and is tried again at the next start.
    for (const drill of await this.#tools.records.drills.running())
      await this.#breakOff(drill).catch((thrown: unknown) =>
        this.#tools.log.error('drill.not-destroyed', { no: drill.no, fault: thrown }),
      );
    await this.configure();
    await this.outageTimes.start();
    const [last] = await this.#tools.records.drills.list(1, Number.MAX_SAFE_INTEGER, 'drill');
    this.#doneMs = last?.beganAtMs ?? 0;
    this.#again();
  }

  /** The configuration is another: a schedule counts from when it was chosen. */
  async configure(): Promise<void> {
    const { records, clock } = this.#tools;
    this.#settings = (await records.continuity())?.drill ?? DEFAULT_DRILL;
    const { on, at } = this.#settings;
    const chosen = `${on} ${at}`;
    const [known = '', since = ''] = ((await records.setting(SCHEDULE_SETTING)) ?? '').split('\n');
    this.#sinceMs = known === chosen ? Number(since) || 0 : clock.now();
    if (known !== chosen) await records.setSetting(SCHEDULE_SETTING, `${chosen}\n${this.#sinceMs}`);
  }

  async stop(): Promise<void> {
    this.#timer?.cancel();
    this.#stopping.abort();
    await this.#running?.over.catch(() => undefined);
    await this.outageTimes.stop();
  }

  get settings(): DrillSettings {
    return this.#settings;
  }

  /** The number of the one that runs. */
  get runningNo(): number | undefined {
    return this.#running?.no;
  }

  nextMs(): number | undefined {
    return nextDueMs(this.#settings, this.#tools.clock.now());
  }

  /**
   * Runs one: its steps as they are done, then what came of it. A drill goes on when nobody listens any more. Throws Fault `control.conflict` while one
   * runs, and where nothing may be taken.
   */
  async *run(): AsyncGenerator<{ readonly no: number; readonly step?: DrillStep; readonly told?: DrillTold }> {
    const running = await this.#begin(by());
    const { no } = running;
    yield { no };
    let ended: { readonly told: DrillTold | undefined } | undefined;
    const over = running.over.then((told) => {
      ended = { told };
    });
    for (let shown = 0; ; ) {
      for (const step of running.steps.slice(shown)) {
        shown += 1;
        yield { no, step };
      }
      if (ended !== undefined && shown === running.steps.length) {
        if (ended.told !== undefined) yield { no, told: ended.told };
        return;
      }
      const more = new Promise<void>((resolve) => {
        running.hear = resolve;
      });
      await Promise.race([over, more]);
    }
  }

  /** What a title may find of it all: a drill's device everything, everybody else all but what a drill made. */
  searchFor(calling: string, search: CatalogueSearch): CatalogueSearch {
    return isDrillTitle(calling) ? search : this.hidden(search);
  }

  /** The search without what a drill made. */
  hidden(search: CatalogueSearch): CatalogueSearch {
    return (query, bounds) => (this.#hidden.size === 0 ? search(query, bounds) : this.#without(search(query, bounds)));
  }

  /** What the continuity set is chosen by, without what a drill made. */
  without(records: ArrivedRecords): ArrivedRecords {
    const isHidden = (study: string) => this.#isHidden(study);
    return {
      firstAtMs: () => records.firstAtMs(),
      arrived: async (from, before) =>
        (await records.arrived(from, before)).filter(({ studyInstanceUid }) => !isHidden(studyInstanceUid)),
      study: async (study) => (isHidden(study) ? undefined : records.study(study)),
      intake: async (from, before) => {
        const [all, own] = [await records.intake(from, before), await this.#ownArrivals(records)];
        const within = own.filter(({ newestAtMs }) => newestAtMs >= from && newestAtMs < before);
        const sum = (what: 'objects' | 'bytes') => within.reduce((total, each) => total + each[what], 0);
        return { objects: all.objects - sum('objects'), bytes: all.bytes - sum('bytes') };
      },
    };
  }

  async #ownArrivals(records: Pick<ArrivedRecords, 'study'>): Promise<readonly ArrivedStudy[]> {
    const plans = [...this.#hidden.values()];
    const found = await Promise.all(plans.map(({ identity }) => records.study(identity.studyInstanceUid)));
    return found.filter((each) => each !== undefined);
  }

  #isHidden(study: string): boolean {
    return [...this.#hidden.values()].some(({ identity }) => identity.studyInstanceUid === study);
  }

  async *#without(found: ReturnType<CatalogueSearch>): ReturnType<CatalogueSearch> {
    try {
      for (;;) {
        const step = await found.next();
        if (step.done === true) return step.value;
        const seen = step.value.filter((match) => !this.#isOfDrill(match));
        if (seen.length > 0) yield seen;
      }
    } finally {
      await found.return('cancelled');
    }
  }

  #isOfDrill(match: AttributeSet): boolean {
    const [patient, study] = [match[PATIENT_ID], match[STUDY_UID]];
    return [...this.#hidden.values()].some(
      ({ identity }) => identity.patientId === patient || identity.studyInstanceUid === study,
    );
  }

  async #begin(who: string): Promise<Running> {
    if (this.#isBusy || this.#stopping.signal.aborted) throw controlFault('control.conflict', RUNS);
    const blocked = this.#tools.gate();
    if (blocked !== undefined) throw controlFault('control.conflict', blocked.text);
    // Before anything is awaited: two cannot begin.
    this.#isBusy = true;
    try {
      const running = await this.#journalled(who);
      this.#running = running;
      running.over = this.#whole(running, who).finally(() => this.#idle());
      running.over.catch((thrown: unknown) => this.#tools.log.error('drill.not-ended', { fault: thrown }));
      return running;
    } catch (thrown) {
      this.#idle();
      throw thrown;
    }
  }

  #idle(): void {
    this.#running = undefined;
    this.#isBusy = false;
  }

  /** Written down before anything is sent: whatever happens from now on, what it makes is found again. */
  async #journalled(who: string): Promise<Running> {
    const { clock, records, eventsAppended } = this.#tools;
    const atMs = clock.now();
    const plan = newPlan(atMs);
    const row = { kind: 'drill', beganAtMs: atMs, endedAtMs: 0, outcome: 'running', facts: '' } as const;
    const kept = JSON.stringify({ plan, by: who } satisfies Begun);
    const no = await records.drills.add({ ...row, traces: kept }, (no) => ({
      ...{ id: uuidv7(atMs), atMs, kind: 'drill.began', no, by: who },
    }));
    eventsAppended();
    this.#doneMs = atMs;
    this.#hidden.set(no, plan);
    return { no, plan, steps: [], over: NEVER, hear: undefined };
  }

  async #whole(running: Running, who: string): Promise<DrillTold | undefined> {
    const useFeed = (feed: Feed | undefined) => {
      this.#feed = feed;
    };
    const told = (step: DrillStep) => {
      running.steps.push(step);
      running.hear?.();
    };
    const run = new DrillRun({ ...this.#tools, useFeed }, running.plan, this.#stopping.signal, told);
    const came = await run.run();
    useFeed(undefined);
    const { cause, ...facts } = came;
    if (cause !== undefined) this.#tools.log.warn('drill.failed', { step: came.failedAt, fault: cause });
    // What was under way may still arrive: it is destroyed when the next start has found it.
    if (this.#stopping.signal.aborted && came.outcome === 'failed') return undefined;
    return this.#end(running.no, running.plan, who, facts);
  }

  async #end(
    no: number,
    plan: DrillPlan,
    who: string,
    { outcome, ...came }: Omit<DrillCame, 'cause'>,
  ): Promise<DrillTold> {
    const { records, clock } = this.#tools;
    const { left, ...destroyed } = await this.#destroy(no, plan);
    const aims = aimsOf(this.#settings);
    const told: DrillTold = {
      ...came,
      ...{ no, by: who, outcome: outcome === 'in-time' ? outcomeOf(came, aims) : outcome, destroyed, left },
      ...{ imageAimMs: aims.imageMs, labAimMs: aims.labMs },
    };
    const atMs = clock.now();
    const event: EventOf<'drill.ended'> = { ...told, id: uuidv7(atMs), atMs, kind: 'drill.ended' };
    await records.drills.end(no, { atMs, outcome: told.outcome, facts: JSON.stringify(told) }, [event]);
    this.#hidden.delete(no);
    this.#tools.eventsAppended();
    return told;
  }

  /** Objects with their sealed bytes, messages, chart; twice is as good as once. */
  async #destroy(no: number, plan: DrillPlan): Promise<DrillTold['destroyed'] & { readonly left: number }> {
    const { records, charts, removeObject, catalogued } = this.#tools;
    const { studyInstanceUid } = plan.identity;
    const found = await records.overview.custodyOfStudy(studyInstanceUid, MOST_OBJECTS);
    const own = found.filter(({ peer }) => isDrillTitle(peer));
    for (const object of own) {
      await removeObject(object);
      await records.destroyCustody(object.sha256, []);
    }
    catalogued();
    // What its message told is entered first: then all of it is found.
    await charts.catchUp();
    const { messages, charts: forgotten, left } = await records.drills.forget(no, traces(charts.sealer, plan));
    charts.changed();
    return { objects: own.length, messages, charts: forgotten, left: left + found.length - own.length };
  }

  async #breakOff({ no, traces: kept }: Drill): Promise<void> {
    const begun = begunOf(kept);
    if (begun === undefined) {
      this.#tools.log.error('drill.unreadable', { no });
      await this.#tools.records.drills.end(no, { atMs: this.#tools.clock.now(), outcome: 'broken-off', facts: '' }, []);
      return;
    }
    const nothing = { steps: [], untried: [], imageMs: null, labMs: null, cutOff: this.#tools.upstreams() };
    const broken = { ...nothing, outcome: 'broken-off', failedAt: '', why: NOTHING } as const;
    await this.#end(no, begun.plan, begun.by, broken);
    this.#tools.log.info('drill.broken-off', { no });
  }

  #again(): void {
    if (this.#stopping.signal.aborted) return;
    this.#timer = this.#tools.clock.after(LOOK_MS, () => {
      void this.look()
        .catch((thrown: unknown) => this.#tools.log.error('drill.schedule', { fault: thrown }))
        .finally(() => this.#again());
    });
  }

  /** Does what is due by the schedule now. Rejects with the records' Fault. */
  async look(): Promise<void> {
    const nowMs = this.#tools.clock.now();
    const due = whatIsDue(this.#settings, { nowMs, sinceMs: this.#sinceMs, doneMs: this.#doneMs });
    if (due === 'nothing' || this.#isBusy) return;
    const why = due === 'missed' ? WAS_OFF : this.#whyNot();
    if (why !== undefined) return this.#missed(nowMs, why);
    await (await this.#begin('')).over;
  }

  /** Why a drill does not begin by itself now. */
  #whyNot(): Text | undefined {
    const { outages, isIsolated, gate } = this.#tools;
    if (outages.standings().some(({ name }) => outages.isDown(name))) return REAL;
    return isIsolated() ? ISOLATED : gate()?.text;
  }

  async #missed(nowMs: number, why: Text): Promise<void> {
    this.#doneMs = nowMs;
    const row = { kind: 'drill', beganAtMs: nowMs, endedAtMs: nowMs, outcome: 'missed', traces: '' } as const;
    await this.#tools.records.drills.add({ ...row, facts: JSON.stringify({ why }) }, (no) => ({
      ...{ id: uuidv7(nowMs), atMs: nowMs, kind: 'drill.missed', no, dueMs: nowMs, why },
    }));
    this.#tools.eventsAppended();
  }
}

function begunOf(kept: string): Begun | undefined {
  try {
    return JSON.parse(kept) as Begun;
  } catch {
    return undefined;
  }
}

const RUNS = text('Un exercice est en cours.', 'A drill is under way.');
const WAS_OFF = text('la passerelle était arrêtée à ce moment.', 'the gateway was off at that time.');
const REAL = text(
  'une vraie panne est en cours : ses temps sont mesurés.',
  'a real outage is on: its times are measured.',
);
const ISOLATED = text('le site est isolé.', 'the site is isolated.');
