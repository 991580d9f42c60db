import type { Identifier, PatientPart, Problem, Reading } from '@leadglass/hl7';
import { type Clock, isFault, type Logger, type Timer, text, uuidv7 } from '@leadglass/kit';
import type { Event } from '@leadglass/model';
import type { ChartChanges, ChartMerge, ChartRow, Charts, FeedInboxItem } from '@leadglass/records';
import { isCriticalFlag } from './critical.ts';
import { formOf } from './documents.ts';
import { findableWords, tokensOfWord } from './findable.ts';
import { foldOf } from './fold.ts';
import { identityDigests, isMatchable } from './identity.ts';
import type { ChartSealer } from './sealer.ts';
import { applied, isContradicted, NOBODY, type Summary, visitOf, withIdentifiers } from './summary.ts';
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
  /** Lets others have their turn between two batches; default one turn of the event loop. */
  rest?(): Promise<void>;
}

/** Messages entered in one transaction: bounds how long others wait behind it. */
const AT_ONCE = 24;
const SOON_MS = 250;
const AFTER_FAULT_MS = 2_000;
const MOST_REMEMBERED = 1_024;
/** What is looked at of a patient to count critical results. */
const MOST_FOLDED = 3_000;
const MOST_CHAIN = 64;

/** A chart at hand: its row as it will be, and who it is of. */
interface Open {
  row: ChartRow;
  summary: Summary;
  /** Words that tokens stand for already. */
  words: ReadonlySet<string>;
}

/** What a batch has made so far. */
class Batch {
  readonly changed = new Map<number, Open>();
  readonly identifiers = new Map<string, number>();
  readonly tokens: { token: number; chart: number }[] = [];
  readonly entries: ChartChanges['entries'][number][] = [];
  readonly told: (Told & { readonly chart: number })[] = [];
  readonly documents: ChartChanges['documents'][number][] = [];
  readonly merges: ChartChanges['merges'][number][] = [];
  readonly done: ChartChanges['done'][number][] = [];
  /** Charts whose critical results are to be counted anew. */
  readonly critical = new Set<number>();
}

/**
 * Enters what messages told into the charts of patients, in the order they came, some at a time. What is to be entered stands in the inbox,
 * written with the message it follows from: a crash at any instruction leaves it there.
 */
export class Charter {
  readonly #options: CharterOptions;
  readonly #open = new Map<number, Open>();
  #nextChart: number | undefined;
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
    this.#open.clear();
    this.#nextChart = undefined;
  }

  /** Changes charts while nothing is being entered; what was remembered of them is forgotten. */
  alone<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(act, act).finally(() => this.forget());
    this.#turn = turn.catch(() => 0);
    return turn;
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#timer?.cancel();
    await this.#running;
    await this.#turn.catch(() => undefined);
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
      while (!this.#isStopping && (await this.#once()) > 0) await this.#rest();
    } catch (thrown) {
      this.#options.log.error('charts.failed', { fault: thrown });
      if (!this.#isStopping) this.#later(AFTER_FAULT_MS);
    }
  }

  #rest(): Promise<void> {
    return this.#options.rest?.() ?? new Promise((resolve) => setImmediate(resolve));
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
    const items = await this.#options.records.inbox(AT_ONCE);
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
      await this.#options.records.enter(this.#changes(batch));
    }
  }

  async #enter(items: readonly FeedInboxItem[]): Promise<void> {
    const { records } = this.#options;
    try {
      this.#nextChart ??= (await records.lastChart()) + 1;
      const batch = new Batch();
      for (const item of items) await this.#item(item, batch);
      for (const no of batch.critical) await this.#countCritical(no, batch);
      await records.enter(this.#changes(batch));
      for (const [no, open] of batch.changed) this.#remember(no, open);
      if (batch.merges.length > 0) this.#options.told?.();
    } catch (thrown) {
      // What is remembered may be of a transaction that did not happen.
      this.forget();
      throw thrown;
    }
  }

  #changes(batch: Batch): ChartChanges {
    const { sealer } = this.#options;
    const charts = [...batch.changed].map(([no, { row, summary }]) => {
      const { into: _into, ...rest } = row;
      return { ...rest, sealed: sealer.seal('patient', String(no), JSON.stringify(summary)) };
    });
    const identifiers = [...batch.identifiers].map(([digest, chart]) => ({ digest, chart }));
    const { tokens, entries, documents, merges, done } = batch;
    return { charts, identifiers, tokens, entries, documents, merges, done };
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
    this.#tell(item, reading, part, at, open, batch);
    if (part.merge !== undefined) await this.#merge(item, part.merge.from, open, batch);
    return undefined;
  }

  #tell(item: FeedInboxItem, reading: Reading, part: PatientPart, at: number, open: Open, batch: Batch): void {
    const { sealer } = this.#options;
    const { no: chart } = open.row;
    const { no: message, feed, receivedAtMs: heardMs } = item;
    open.summary = applied(open.summary, reading, part, { feed, heardMs });
    this.#changed(open, heardMs, batch);
    for (const digest of identityDigests(sealer, feed, part.patient.identifiers)) this.#identify(digest, chart, batch);
    const documentId = (n: number) => sealer.digest('document', String(message), String(at), String(n));
    const { told, documents } = toldOf(reading, part, { feed, message, heardMs, documentId, formOf });
    batch.told.push({ ...told, chart });
    const sealed = sealer.seal('told', String(chart), JSON.stringify(told));
    batch.entries.push({ chart, message, heardAtMs: heardMs, kind: 'told', sealed });
    for (const { told: document, bytes } of documents)
      batch.documents.push({
        ...{ id: document.id, chart, bytes: bytes.length, sealed: sealer.seal('document', document.id, bytes) },
      });
    const isFlagged = told.reports.some(({ observations }) => observations.some(({ flags }) => isCriticalFlag(flags)));
    if (isFlagged || open.row.critical > 0) batch.critical.add(chart);
  }

  #identify(digest: string, chart: number, batch: Batch): void {
    if (!batch.identifiers.has(digest)) batch.identifiers.set(digest, chart);
  }

  /** The row after what was told, and the tokens of words that are new. */
  #changed(open: Open, heardAtMs: number, batch: Batch): void {
    const { summary, row } = open;
    const { sealer } = this.#options;
    const visit = visitOf(summary);
    const isPresent = visit?.state === 'present';
    const arrivedAtMs = visit?.arrivedMs ?? 0;
    open.row = { ...row, heardAtMs, arrivedAtMs, presentAtMs: isPresent ? Math.max(1, arrivedAtMs) : 0 };
    batch.changed.set(row.no, open);
    const words = findableWords(summary);
    for (const word of words)
      if (!open.words.has(word))
        batch.tokens.push(...tokensOfWord(sealer, word).map((token) => ({ token, chart: row.no })));
    open.words = new Set([...open.words, ...words]);
  }

  /** The chart of identifiers that are to stand no longer is taken in by `into`. */
  async #merge(item: FeedInboxItem, from: readonly Identifier[], into: Open, batch: Batch): Promise<void> {
    const { sealer } = this.#options;
    const root = await this.#root(into, batch);
    const no = await this.#chartOf(item.feed, from, batch);
    const other = no === undefined ? undefined : await this.#root(await this.#chart(no, batch), batch);
    if (other === undefined) {
      // Nobody was known under these: from now on it is this patient.
      into.summary = { ...into.summary, identifiers: withIdentifiers(into.summary.identifiers, from) };
      for (const digest of identityDigests(sealer, item.feed, from)) this.#identify(digest, into.row.no, batch);
      this.#changed(into, item.receivedAtMs, batch);
      return;
    }
    if (other.row.no === root.row.no) return;
    other.row = { ...other.row, into: root.row.no };
    batch.changed.set(other.row.no, other);
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
    const { records, sealer } = this.#options;
    for (const digest of identityDigests(sealer, feed, identifiers)) {
      const known = batch.identifiers.get(digest) ?? (await records.chartOfIdentifier(digest));
      if (known !== undefined) return known;
    }
    return undefined;
  }

  #newChart({ receivedAtMs }: FeedInboxItem): Open {
    const no = this.#nextChart ?? 1;
    this.#nextChart = no + 1;
    const row = { no, into: 0, heardAtMs: receivedAtMs, arrivedAtMs: 0, presentAtMs: 0, criticalAtMs: 0, critical: 0 };
    return { row: { ...row, sealed: NO_BYTES }, summary: NOBODY, words: new Set() };
  }

  async #chart(no: number, batch: Batch): Promise<Open> {
    const known = batch.changed.get(no) ?? this.#open.get(no);
    if (known !== undefined) return known;
    const row = await this.#options.records.chart(no);
    if (row === undefined) throw new Error(`chart ${no} is not there`);
    const summary = this.#options.sealer.openJson<Summary>('patient', String(no), row.sealed);
    const open: Open = { row, summary, words: new Set(findableWords(summary)) };
    this.#remember(no, open);
    return open;
  }

  /** Counts results in force that are flagged critical, over all that was told and what this batch adds. */
  async #countCritical(no: number, batch: Batch): Promise<void> {
    const open = await this.#chart(no, batch);
    const { records, sealer } = this.#options;
    const rows = await records.entries(no, MOST_FOLDED);
    const before = rows
      .filter(({ kind }) => kind === 'told')
      .map(({ sealed }) => sealer.openJson<Told>('told', String(no), sealed))
      .reverse();
    const { critical, criticalMs } = foldOf([...before, ...batch.told.filter(({ chart }) => chart === no)]);
    open.row = { ...open.row, critical, criticalAtMs: criticalMs };
    batch.changed.set(no, open);
  }

  #remember(no: number, open: Open): void {
    this.#open.delete(no);
    this.#open.set(no, open);
    if (this.#open.size <= MOST_REMEMBERED) return;
    const [oldest] = this.#open.keys();
    if (oldest !== undefined) this.#open.delete(oldest);
  }
}

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
