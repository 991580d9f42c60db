import type { Clock, Logger, Timer } from '@leadglass/kit';
import type { AttributeSet } from '@leadglass/query';
import type { CatalogueChange, CatalogueEntry, CatalogueRecords, InboxItem, StudyRow } from '@leadglass/records';
import type { Sealer } from './sealer.ts';
import { filled, identityToken, isSamePatient, ofLevel, studyDateOf, studyTokens, subjectTokens } from './words.ts';

export interface CataloguerOptions {
  readonly records: CatalogueRecords;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly log: Logger;
  /** These objects may be found from now on. */
  entered?(sha256s: readonly string[]): void;
}

/** Entries made in one transaction: bounds how long arrivals wait behind it (some milliseconds). */
const AT_ONCE = 64;
/** What arrived meanwhile shares a transaction; whoever searches before has it entered first (`catchUp`). */
const SOON_MS = 1_000;
const AFTER_FAULT_MS = 2_000;
/** Studies and series whose attributes are remembered: objects of a series come one after the other. */
const MOST_REMEMBERED = 512;

/** What a study stands as, opened. */
interface Standing {
  readonly study: AttributeSet;
  readonly subject: AttributeSet;
}

/** The same, and what it was entered as: given again, unmade, for each object that changes nothing of it. */
interface EnteredStudy extends Standing {
  readonly entered: Pick<CatalogueEntry, 'subject' | 'study'>;
}

interface EnteredSeries {
  readonly attributes: AttributeSet;
  readonly entered: CatalogueEntry['series'];
}

/**
 * Makes the entries of what arrived and takes out those of what was destroyed, in the order it happened, some at a time. What is to be done stands
 * in the inbox, written with the custody it follows from: a crash at any instruction leaves it there, and doing it again changes nothing.
 */
export class Cataloguer {
  readonly #options: CataloguerOptions;
  readonly #studies = new Map<string, EnteredStudy>();
  readonly #series = new Map<string, EnteredSeries>();
  #running: Promise<void> | undefined;
  #timer: Timer | undefined;
  #isStopping = false;

  constructor(options: CataloguerOptions) {
    this.#options = options;
  }

  /** There may be something in the inbox. */
  poke(): void {
    if (this.#isStopping || this.#running !== undefined || this.#timer !== undefined) return;
    this.#later(SOON_MS);
  }

  /** Makes entries until the inbox is empty, or `withinMs` have passed; says whether it is. What was answered before is seen by who asks after. */
  async catchUp(withinMs: number): Promise<boolean> {
    const until = this.#options.clock.monotonicMs() + withinMs;
    await this.#running;
    while (!this.#isStopping && this.#options.clock.monotonicMs() < until) {
      if ((await this.#once()) === 0) return true;
    }
    return false;
  }

  /** What is remembered of entries is true no more: they were made anew. */
  forget(): void {
    this.#studies.clear();
    this.#series.clear();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#timer?.cancel();
    await this.#running;
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
      while (!this.#isStopping && (await this.#once()) > 0) await new Promise(setImmediate);
    } catch (thrown) {
      this.#options.log.error('catalogue.failed', { fault: thrown });
      if (!this.#isStopping) this.#later(AFTER_FAULT_MS);
    }
  }

  #turn: Promise<unknown> = Promise.resolve();

  /** One batch at a time, whoever asks. */
  #once(): Promise<number> {
    const turn = this.#turn.then(
      () => this.#batch(),
      () => this.#batch(),
    );
    this.#turn = turn;
    return turn;
  }

  async #batch(): Promise<number> {
    try {
      const inbox = await this.#options.records.inbox(AT_ONCE);
      const [{ kind } = { kind: 'arrived' }] = inbox;
      // What goes is gone before what comes after it is looked at: nothing of it is taken over.
      const end = inbox.findIndex((item) => item.kind !== kind);
      return await this.#change(end < 0 ? inbox : inbox.slice(0, end));
    } catch (thrown) {
      // What is remembered may be of a transaction that did not happen.
      this.forget();
      throw thrown;
    }
  }

  async #change(items: readonly InboxItem[]): Promise<number> {
    if (items.length === 0) return 0;
    const changes: CatalogueChange[] = [];
    for (const item of items) {
      const change = item.kind === 'removed' ? await this.#removal(item) : await this.#entry(item);
      if (change !== undefined) changes.push(change);
    }
    await this.#options.records.change(
      changes,
      items.map(({ seq }) => seq),
    );
    if (items[0]?.kind !== 'removed') this.#options.entered?.(items.map(({ sha256 }) => sha256));
    return items.length;
  }

  // What does not open is passed over and told: it must not hold up all that follows.
  #opened({ sha256, sealed }: InboxItem): AttributeSet | undefined {
    try {
      return sealed === undefined ? undefined : this.#options.sealer.open('arrival', sha256, sealed);
    } catch (thrown) {
      this.#options.log.error('catalogue.entry-lost', { sha256, fault: thrown });
      return undefined;
    }
  }

  async #entry(item: InboxItem): Promise<CatalogueChange | undefined> {
    const attributes = this.#opened(item);
    const { studyInstanceUid, seriesInstanceUid, sopInstanceUid } = item;
    if (attributes === undefined || [studyInstanceUid, seriesInstanceUid, sopInstanceUid].includes(''))
      return undefined;
    const remembered = this.#studies.get(studyInstanceUid);
    const former = remembered ?? (await this.#standing(studyInstanceUid));
    const study = this.#studyFrom(studyInstanceUid, attributes, former, remembered);
    const series = await this.#seriesFrom(item, ofLevel(attributes, 'SERIES'));
    this.#remember(this.#studies, studyInstanceUid, study);
    return this.#entered(item, study, series, ofLevel(attributes, 'IMAGE'), former);
  }

  #studyFrom(
    studyInstanceUid: string,
    arrived: AttributeSet,
    former: Standing | undefined,
    remembered: EnteredStudy | undefined,
  ): EnteredStudy {
    const subject = subjectFrom(ofLevel(arrived, 'PATIENT'), former?.subject);
    const study = filled(former?.study ?? {}, ofLevel(arrived, 'STUDY'));
    if (remembered !== undefined && isSame(subject, remembered.subject) && isSame(study, remembered.study))
      return remembered;
    const { sealer } = this.#options;
    const variant = sealer.digest(subject);
    const entered = {
      subject: {
        variant,
        identity: identityToken(sealer, subject),
        sealed: sealer.seal('subject', variant, subject),
        tokens: subjectTokens(sealer, subject),
      },
      study: {
        studyInstanceUid,
        studyDate: studyDateOf(study),
        // With the patient's: who finds a study opens one entry.
        sealed: sealer.seal('study', studyInstanceUid, { ...subject, ...study }),
        tokens: studyTokens(sealer, study),
      },
    };
    return { subject, study, entered };
  }

  #entered(
    { sha256, sopInstanceUid, sopClassUid }: InboxItem,
    standing: EnteredStudy,
    series: EnteredSeries,
    image: AttributeSet,
    former: Standing | undefined,
  ): CatalogueChange {
    const { sealer } = this.#options;
    const sealed = sealer.seal('instance', sopInstanceUid, image);
    const instance = { sopInstanceUid, sopClassUid, sha256, sealed };
    const entry = { ...standing.entered, series: series.entered, instance };
    if (former === undefined || former === standing)
      return { kind: 'enter', entry, staleSubjectTokens: [], staleStudyTokens: [] };
    const kept = new Set(entry.study.tokens);
    return {
      ...{ kind: 'enter', entry },
      staleSubjectTokens: subjectTokens(sealer, former.subject),
      staleStudyTokens: studyTokens(sealer, former.study).filter((token) => !kept.has(token)),
    };
  }

  async #removal(item: InboxItem): Promise<CatalogueChange> {
    const { sha256, studyInstanceUid, seriesInstanceUid, sopInstanceUid } = item;
    const standing = await this.#standing(studyInstanceUid);
    // The study may be gone with it, and another of the same identifier begin with other attributes.
    this.#studies.delete(studyInstanceUid);
    this.#series.delete(`${studyInstanceUid}/${seriesInstanceUid}`);
    const { sealer } = this.#options;
    return {
      kind: 'remove',
      removal: {
        ...{ sha256, studyInstanceUid, seriesInstanceUid, sopInstanceUid },
        studyTokens: standing === undefined ? [] : studyTokens(sealer, standing.study),
        subjectTokens: standing === undefined ? [] : subjectTokens(sealer, standing.subject),
      },
    };
  }

  async #standing(uid: string): Promise<Standing | undefined> {
    const known = this.#studies.get(uid);
    if (known !== undefined) return known;
    const [row] = await this.#options.records.studies({ by: 'uid', uid }, undefined, 1);
    return row === undefined ? undefined : openStudy(this.#options.sealer, row);
  }

  async #seriesFrom({ studyInstanceUid, seriesInstanceUid }: InboxItem, arrived: AttributeSet): Promise<EnteredSeries> {
    const name = `${studyInstanceUid}/${seriesInstanceUid}`;
    const remembered = this.#series.get(name);
    const former = remembered?.attributes ?? (await this.#seriesStanding(studyInstanceUid, seriesInstanceUid));
    const attributes = filled(former ?? {}, arrived);
    const isUnchanged = remembered !== undefined && isSame(attributes, remembered.attributes);
    const series = isUnchanged
      ? remembered
      : { attributes, entered: this.#sealedSeries(seriesInstanceUid, attributes) };
    this.#remember(this.#series, name, series);
    return series;
  }

  #sealedSeries(seriesInstanceUid: string, attributes: AttributeSet): CatalogueEntry['series'] {
    const sealed = this.#options.sealer.seal('series', seriesInstanceUid, attributes);
    return { seriesInstanceUid, modality: textOfModality(attributes), sealed };
  }

  async #seriesStanding(studyUid: string, uid: string): Promise<AttributeSet | undefined> {
    const { records, sealer } = this.#options;
    const row = await records.series(studyUid, uid);
    return row === undefined ? undefined : sealer.open('series', uid, row.sealed);
  }

  #remember<T>(into: Map<string, T>, name: string, value: T): void {
    into.delete(name);
    into.set(name, value);
    if (into.size <= MOST_REMEMBERED) return;
    const [oldest] = into.keys();
    if (oldest !== undefined) into.delete(oldest);
  }
}

/** A study and its patient, opened. Throws Fault `catalogue.sealed-otherwise`. */
export function openStudy(sealer: Sealer, row: StudyRow): Standing {
  const both = sealer.open('study', row.studyInstanceUid, row.sealed);
  return { study: ofLevel(both, 'STUDY'), subject: ofLevel(both, 'PATIENT') };
}

// What came last is how the patient is called now; what it does not say stays as it was, as long as it is the same patient.
function subjectFrom(arrived: AttributeSet, former: AttributeSet | undefined): AttributeSet {
  return former !== undefined && isSamePatient(arrived, former) ? filled(arrived, former) : arrived;
}

// Attribute sets are in the order of their tags.
function isSame(one: AttributeSet, other: AttributeSet): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function textOfModality(series: AttributeSet): string {
  const value = series['00080060'];
  return typeof value === 'string' ? value.slice(0, 16) : '';
}
