import type { Identifier, PatientPart, Problem, Reading } from '@leadglass/hl7';
import { type Clock, isFault, type Logger, type Timer, text, uuidv7 } from '@leadglass/kit';
import type { Event } from '@leadglass/model';
import type { ChartMerge, ChartRow, Charts, FeedInboxItem } from '@leadglass/records';
import { Batch, type Open } from './batch.ts';
import { isCriticalFlag } from './critical.ts';
import { formOf } from './documents.ts';
import { ChartFold } from './fold.ts';
import { type Identity, identitiesOf, identityDigest, isMatchable } from './identity.ts';
import { wordsOfNames } from './names.ts';
import { Remembered } from './remembered.ts';
import type { ChartSealer } from './sealer.ts';
import { soundsOf } from './sound.ts';
import { applied, isContradicted, NOBODY, type Summary, visitOf, withIdentifiers } from './summary.ts';
import { findableWords, tokensOfWord } from './tokens.ts';
import { type MessageFacts, type Told, toldOf } from './told.ts';

export interface CharterOptions {
  readonly records: Pick<
    Charts,
    'inbox' | 'enter' | 'chart' | 'chartOfIdentifier' | 'lastChart' | 'entries' | 'message'
  >;
  readonly sealer: ChartSealer;
  readonly clock: Clock;
  readonly log: Logger;
  /** A reading as it was sealed; undefined when it is none. */
  parse(json: string): Reading | undefined;
  /** What stands for a patient in events. */
  pseudonym(chart: number): string;
  /** Events were appended. */
  told?(): void;
  /** Messages were entered that had been received then, milliseconds since the epoch. */
  entered?(receivedAtMs: readonly number[]): void;
  /**
   * Lets others have their turn between two batches; default one turn of the event loop.
   * @param tookMs how long the batch before took.
   * @param isBehind whether more was there than one batch takes.
   */
  rest?(tookMs: number, isBehind: boolean): Promise<void>;
}

/** Messages entered in one transaction, and bytes of what they tell: bounds how long others wait behind it. */
const AT_ONCE = 64;
const MOST_BYTES_AT_ONCE = 4 * 1024 * 1024;
const SOON_MS = 250;
const AFTER_FAULT_MS = 2_000;
/** Charts at hand, and bytes of who they are of; identities whose chart is known, and characters of them. */
const MOST_CHARTS = 4_096;
const MOST_CHARTS_BYTES = 4 * 1024 * 1024;
const MOST_IDENTITIES = 16_384;
const MOST_IDENTITIES_CHARS = 2 * 1024 * 1024;
/** Charts with critical results whose results are at hand, and bytes of what was told of them. */
const MOST_FOLDS = 256;
const MOST_FOLDS_BYTES = 4 * 1024 * 1024;
/** What is looked at of a patient to count critical results. */
const MOST_FOLDED = 3_000;
const MOST_CHAIN = 64;

/**
 * Enters what messages told into the charts of patients, in the order they came, some at a time. What is to be entered stands in the inbox,
 * written with the message it follows from: a crash at any instruction leaves it there.
 */
export class Charter {
  readonly #options: CharterOptions;
  readonly #open = new Remembered<number, Open>(MOST_CHARTS, MOST_CHARTS_BYTES);
  /** Charts of identities as the records have them. */
  readonly #identities = new Remembered<string, number>(MOST_IDENTITIES, MOST_IDENTITIES_CHARS);
  /** Results of charts with critical ones, and what they weigh: a message adds to them, and nothing is read again. */
  readonly #folds = new Remembered<number, { readonly fold: ChartFold; bytes: number }>(MOST_FOLDS, MOST_FOLDS_BYTES);
  #nextChart: number | undefined;
  /** How often it was said that what is remembered is true no more. */
  #changes = 0;
  #running: Promise<void> | undefined;
  #timer: Timer | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #isStopping = false;

  constructor(options: CharterOptions) {
    this.#options = options;
  }

  /** There may be something in the inbox. */
  poke(): void {
    if (this.#isStopping || this.#running !== undefined || this.#timer !== undefined) return;
    this.#later(SOON_MS);
  }

  /** Enters until the inbox is empty, or `withinMs` have passed; says whether it is. */
  async catchUp(withinMs: number): Promise<boolean> {
    const until = this.#options.clock.monotonicMs() + withinMs;
    while (!this.#isStopping) {
      if ((await this.#once()) === 0) return true;
      if (this.#options.clock.monotonicMs() >= until) return false;
      await new Promise(setImmediate);
    }
    return false;
  }

  /** What is remembered of charts is true no more: somebody else changed them. */
  forget(): void {
    this.#changes += 1;
    this.#open.clear();
    this.#identities.clear();
    this.#folds.clear();
    this.#nextChart = undefined;
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#timer?.cancel();
    await this.#running;
    await this.#turn.catch(() => undefined);
  }

  /** Runs `act` while no batch is under way and none begins; what is remembered of charts is forgotten after it. */
  async between<T>(act: () => Promise<T>): Promise<T> {
    const run = async () => {
      try {
        return await act();
      } finally {
        this.forget();
      }
    };
    const turn = this.#turn.then(run, run);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** How a chart sounds: for charts that were entered before names were found by that. */
  soundTokens({
    no,
    sealed,
  }: Pick<ChartRow, 'no' | 'sealed'>): readonly { readonly token: number; readonly chart: number }[] {
    const { sealer } = this.#options;
    const { names } = sealer.openJson<Summary>('patient', String(no), sealed);
    const sounds = new Set(wordsOfNames(names).flatMap(soundsOf));
    return [...sounds].map((sound) => ({ token: sealer.token('sounds', sound), chart: no }));
  }

  #later(ms: number): void {
    this.#timer = this.#options.clock.after(ms, () => {
      this.#timer = undefined;
      this.#running ??= this.#work().finally(() => {
        this.#running = undefined;
      });
    });
  }

  async #work(): Promise<void> {
    try {
      const { clock } = this.#options;
      while (!this.#isStopping) {
        const beganMs = clock.monotonicMs();
        const entered = await this.#once();
        if (entered === 0) return;
        await this.#rest(clock.monotonicMs() - beganMs, entered >= AT_ONCE);
      }
    } catch (thrown) {
      this.#options.log.error('charts.failed', { fault: thrown });
      if (!this.#isStopping) this.#later(AFTER_FAULT_MS);
    }
  }

  #rest(tookMs: number, isBehind: boolean): Promise<void> {
    return this.#options.rest?.(tookMs, isBehind) ?? new Promise((resolve) => setImmediate(resolve));
  }

  #once(): Promise<number> {
    const turn = this.#turn.then(
      () => this.#batch(),
      () => this.#batch(),
    );
    this.#turn = turn;
    return turn;
  }

  async #batch(): Promise<number> {
    const items = await this.#options.records.inbox(AT_ONCE, MOST_BYTES_AT_ONCE);
    if (items.length === 0) return 0;
    try {
      await this.#enter(items);
    } catch (thrown) {
      if (isFault(thrown) && thrown.retry !== 'permanent') throw thrown;
      this.#options.log.error('charts.batch-failed', { messages: items.length, fault: thrown });
      for (const item of items) await this.#alone(item);
    }
    return items.length;
  }

  // One message that can never be entered must not hold up all others: it goes to the tray, where a person sees it.
  async #alone(item: FeedInboxItem): Promise<void> {
    try {
      await this.#enter([item]);
    } catch (thrown) {
      if (isFault(thrown) && thrown.retry !== 'permanent') throw thrown;
      const { no, feed } = item;
      this.#options.log.error('charts.not-enterable', { message: no, fault: thrown });
      const batch = new Batch();
      batch.done.push({ no, feed, state: 'not-understood' });
      await this.#options.records.enter(batch.changes(this.#options.sealer));
    }
  }

  async #enter(items: readonly FeedInboxItem[]): Promise<void> {
    const { records, sealer } = this.#options;
    const before = this.#changes;
    try {
      this.#nextChart ??= (await records.lastChart()) + 1;
      const batch = new Batch();
      for (const item of items) await this.#item(item, batch);
      for (const no of batch.critical) await this.#countCritical(no, batch);
      await records.enter(batch.changes(sealer));
      if (before === this.#changes) this.#remember(batch);
      // Somebody changed charts meanwhile: what this batch read of them is not kept for the next.
      else this.forget();
      if (batch.merges.length > 0) this.#options.told?.();
      this.#options.entered?.(items.map(({ receivedAtMs }) => receivedAtMs));
    } catch (thrown) {
      // What is remembered may be of a transaction that did not happen.
      this.forget();
      throw thrown;
    }
  }

  #remember(batch: Batch): void {
    for (const open of batch.charts) this.#open.set(open.row.no, open, open.weight);
    for (const [key, { chart }] of batch.identities) this.#identities.set(key, chart, key.length);
  }

  async #item(item: FeedInboxItem, batch: Batch): Promise<void> {
    const reading = this.#read(item);
    const { no, feed, state } = item;
    if (reading === undefined) return void batch.done.push({ no, feed, state: 'not-understood' });
    if (state !== 'waiting') {
      for (const part of reading.patients) await this.#named(item, part, batch);
      return void batch.done.push({ no, feed, state });
    }
    const problems: Problem[] = [];
    let entered = 0;
    for (const [at, part] of reading.patients.entries()) {
      const problem = await this.#part(item, reading, part, at, batch);
      if (problem === undefined) entered += 1;
      else problems.push(problem);
    }
    if (problems.length === 0) return void batch.done.push({ no, feed, state: 'entered' });
    // What could be entered is; that not all could is for a person to see.
    batch.done.push({ no, feed, state: 'not-understood', ...(await this.#withProblems(no, problems)) });
    if (entered === 0) this.#options.log.warn('charts.not-entered', { message: no });
  }

  async #withProblems(no: number, problems: readonly Problem[]): Promise<{ sealed?: Uint8Array }> {
    const { records, sealer } = this.#options;
    const row = await records.message(no);
    if (row === undefined) return {};
    const facts = sealer.openJson<MessageFacts>('facts', '', row.sealed);
    return {
      sealed: sealer.seal('facts', '', JSON.stringify({ ...facts, problems: [...facts.problems, ...problems] })),
    };
  }

  // What does not open is told and passed over: it must not hold up all that follows.
  #read({ no, sealed }: FeedInboxItem): Reading | undefined {
    try {
      return this.#options.parse(this.#options.sealer.open('reading', '', sealed).toString('utf8'));
    } catch (thrown) {
      this.#options.log.error('charts.reading-lost', { message: no, fault: thrown });
      return undefined;
    }
  }

  /** A patient who is named in a message that was not understood: its raw text is on their chart. */
  async #named(item: FeedInboxItem, part: PatientPart, batch: Batch): Promise<void> {
    const no = await this.#chartOf(item.feed, part.patient.identifiers, batch);
    if (no !== undefined) this.#raw(item, no, batch);
  }

  #raw({ no, feed, receivedAtMs }: FeedInboxItem, chart: number, batch: Batch): void {
    const sealed = this.#options.sealer.seal('told', String(chart), JSON.stringify({ feed }));
    batch.entries.push({ chart, message: no, heardAtMs: receivedAtMs, kind: 'raw', sealed });
  }

  /** Enters what is said of one patient; a problem when that cannot be. */
  async #part(
    item: FeedInboxItem,
    reading: Reading,
    part: PatientPart,
    at: number,
    batch: Batch,
  ): Promise<Problem | undefined> {
    const { identifiers } = part.patient;
    if (!identifiers.some(isMatchable)) return NO_IDENTIFIER;
    const known = await this.#chartOf(item.feed, identifiers, batch);
    const before = known === undefined ? undefined : await this.#chart(known, batch);
    if (before !== undefined && isContradicted(before.summary, part.patient)) {
      this.#raw(item, before.row.no, batch);
      return CONTRADICTED;
    }
    const open = before ?? this.#newChart(item);
    await this.#tell(item, reading, part, at, open, batch);
    if (part.merge !== undefined) await this.#merge(item, part.merge.from, open, batch);
    return undefined;
  }

  async #tell(
    item: FeedInboxItem,
    reading: Reading,
    part: PatientPart,
    at: number,
    open: Open,
    batch: Batch,
  ): Promise<void> {
    const { sealer } = this.#options;
    const { no: chart } = open.row;
    const { no: message, feed, receivedAtMs: heardMs } = item;
    this.#become(open, applied(open.summary, reading, part, { feed, heardMs }), heardMs, batch);
    await this.#identify(identitiesOf(feed, part.patient.identifiers), chart, batch);
    const documentId = (n: number) => sealer.digest('document', String(message), String(at), String(n));
    const { told, documents } = toldOf(reading, part, { feed, message, heardMs, documentId, formOf });
    const sealed = sealer.seal('told', String(chart), JSON.stringify(told));
    batch.told.push({ chart, told, bytes: sealed.length });
    batch.entries.push({ chart, message, heardAtMs: heardMs, kind: 'told', sealed });
    for (const { told: document, bytes } of documents)
      batch.documents.push({
        ...{ id: document.id, chart, bytes: bytes.length, sealed: sealer.seal('document', document.id, bytes) },
      });
    const isFlagged = told.reports.some(({ observations }) => observations.some(({ flags }) => isCriticalFlag(flags)));
    // Results that are at hand stay whole: what is told later adds to them, flagged or not.
    if (isFlagged || open.row.critical > 0 || this.#folds.get(chart) !== undefined) batch.critical.add(chart);
  }

  // What the records have already is not asked of them again, and not written.
  async #identify(identities: readonly Identity[], chart: number, batch: Batch): Promise<void> {
    for (const identity of identities) {
      const known = await this.#known(identity, batch);
      if (known === undefined) batch.identify(keyOf(identity), identity, chart);
    }
  }

  /** The chart is of whom `summary` says from now on: its row, and the tokens of words that are new. */
  #become(open: Open, summary: Summary, heardAtMs: number, batch: Batch): void {
    const { summary: before, row } = open;
    open.row = { ...row, heardAtMs };
    open.summary = summary;
    if (summary === before) return batch.change(open, 'heard');
    const visit = visitOf(summary);
    const arrivedAtMs = visit?.arrivedMs ?? 0;
    const presentAtMs = visit?.state === 'present' ? Math.max(1, arrivedAtMs) : 0;
    const isListedSo = before !== NOBODY && arrivedAtMs === row.arrivedAtMs && presentAtMs === row.presentAtMs;
    open.row = { ...open.row, arrivedAtMs, presentAtMs };
    batch.change(open, isListedSo ? 'resealed' : 'listed');
    const words = findableWords(summary).filter((word) => !open.words.has(word));
    if (words.length === 0) return;
    const { sealer } = this.#options;
    for (const word of words)
      batch.tokens.push(...tokensOfWord(sealer, word).map((token) => ({ token, chart: row.no })));
    open.words = new Set([...open.words, ...words]);
  }

  /** The chart of identifiers that are to stand no longer is taken in by `into`. */
  async #merge(item: FeedInboxItem, from: readonly Identifier[], into: Open, batch: Batch): Promise<void> {
    const root = await this.#root(into, batch);
    const no = await this.#chartOf(item.feed, from, batch);
    const other = no === undefined ? undefined : await this.#root(await this.#chart(no, batch), batch);
    if (other === undefined) {
      // Nobody was known under these: from now on it is this patient.
      const identifiers = withIdentifiers(into.summary.identifiers, from);
      this.#become(into, { ...into.summary, identifiers }, item.receivedAtMs, batch);
      return this.#identify(identitiesOf(item.feed, from), into.row.no, batch);
    }
    if (other.row.no === root.row.no) return;
    other.row = { ...other.row, into: root.row.no };
    batch.change(other, 'heard');
    batch.merges.push(this.#merged(item, root.row.no, other.row.no));
  }

  #merged({ feed, receivedAtMs }: FeedInboxItem, into: number, taken: number): ChartMerge {
    const { clock, pseudonym } = this.#options;
    const [by, atMs, reason] = [`feed ${feed}`, clock.now(), ''];
    const [patient, other] = [pseudonym(into), pseudonym(taken)];
    const event = (no: number): Event => ({
      ...{ id: uuidv7(atMs), atMs, kind: 'chart.merged', by, reason, no, into, taken, patient, other },
    });
    return { into, taken, atMs: receivedAtMs, by, reason, event };
  }

  async #root(open: Open, batch: Batch): Promise<Open> {
    let at = open;
    for (let steps = 0; at.row.into !== 0 && steps < MOST_CHAIN; steps += 1) at = await this.#chart(at.row.into, batch);
    return at;
  }

  /** The chart that one of the identifiers is known by. */
  async #chartOf(feed: string, identifiers: readonly Identifier[], batch: Batch): Promise<number | undefined> {
    for (const identity of identitiesOf(feed, identifiers)) {
      const known = await this.#known(identity, batch);
      if (known !== undefined) return known;
    }
    return undefined;
  }

  async #known(identity: Identity, batch: Batch): Promise<number | undefined> {
    const key = keyOf(identity);
    const atHand = batch.chartOf(key) ?? this.#identities.get(key);
    if (atHand !== undefined) return atHand;
    const { records, sealer } = this.#options;
    const chart = await records.chartOfIdentifier(identityDigest(sealer, identity));
    if (chart !== undefined) this.#identities.set(key, chart, key.length);
    return chart;
  }

  #newChart({ receivedAtMs }: FeedInboxItem): Open {
    const no = this.#nextChart ?? 1;
    this.#nextChart = no + 1;
    const row = { no, into: 0, heardAtMs: receivedAtMs, arrivedAtMs: 0, presentAtMs: 0, criticalAtMs: 0, critical: 0 };
    return { row: { ...row, sealed: NO_BYTES }, summary: NOBODY, words: new Set(), weight: 0 };
  }

  async #chart(no: number, batch: Batch): Promise<Open> {
    const known = batch.chart(no) ?? this.#open.get(no);
    if (known !== undefined) return known;
    const row = await this.#options.records.chart(no);
    if (row === undefined) throw new Error(`chart ${no} is not there`);
    const summary = this.#options.sealer.openJson<Summary>('patient', String(no), row.sealed);
    const weight = row.sealed.length;
    const open: Open = { row: { ...row, sealed: NO_BYTES }, summary, words: new Set(findableWords(summary)), weight };
    this.#open.set(no, open, weight);
    return open;
  }

  /** Counts results in force that are flagged critical, over all that was told and what this batch adds. */
  async #countCritical(no: number, batch: Batch): Promise<void> {
    const open = await this.#chart(no, batch);
    const results = this.#folds.get(no) ?? (await this.#folded(no));
    for (const { chart, told, bytes } of batch.told) {
      if (chart !== no) continue;
      results.fold.add(told);
      results.bytes += bytes;
    }
    this.#folds.set(no, results, results.bytes);
    const { critical, criticalMs } = results.fold;
    if (critical === open.row.critical && criticalMs === open.row.criticalAtMs) return;
    open.row = { ...open.row, critical, criticalAtMs: criticalMs };
    batch.change(open, 'listed');
  }

  /** What the records have of a chart, folded. */
  async #folded(no: number): Promise<{ readonly fold: ChartFold; bytes: number }> {
    const { records, sealer } = this.#options;
    const rows = (await records.entries(no, MOST_FOLDED)).filter(({ kind }) => kind === 'told');
    const fold = new ChartFold();
    for (const { sealed } of rows.toReversed()) fold.add(sealer.openJson<Told>('told', String(no), sealed));
    return { fold, bytes: rows.reduce((sum, { sealed }) => sum + sealed.length, 0) };
  }
}

const keyOf = ({ register, value }: Identity): string => `${register}\n${value}`;
const NO_BYTES = new Uint8Array(0);

const NO_IDENTIFIER: Problem = {
  ...{ code: 101, place: 'PID-3', isFatal: true },
  why: text(
    'Aucun identifiant de patient utilisable : rien n’est rattaché sur un nom.',
    'No usable identifier of a patient: nothing is attached by a name.',
  ),
};
const CONTRADICTED: Problem = {
  ...{ code: 207, place: 'PID-3', isFatal: true },
  why: text(
    'Cet identifiant est déjà celui d’un patient d’un autre nom et d’une autre date de naissance : une personne doit trancher.',
    'This identifier is already that of a patient of another name and another birth date: a person has to decide.',
  ),
};
