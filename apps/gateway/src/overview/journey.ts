import type { AnswerInputOf, ParsedRequestOf, StepAnswer } from '@leadglass/contract';
import { text } from '@leadglass/kit';
import { isUid, parseSha256, type Sha256 } from '@leadglass/model';
import type { Custody, EventPage, StoredEvent } from '@leadglass/records';
import { controlFault } from '../control-faults.ts';
import { objectAnswer } from '../control-objects.ts';
import type { ControlServices } from '../control-services.ts';
import { STAGES } from './stages.ts';
import { objectsOf, stepsOf } from './steps.ts';

type Answer = AnswerInputOf<'journey'>;
type Subject = Pick<Answer['subject'], 'kind' | 'id'>;
type Read = (after: number, limit: number) => Promise<EventPage>;

/** Events read at once; between two such pieces others have their turn. */
const PIECE = 250;
/** Objects looked up before others have their turn. */
const TURN = 50;
/** Events of one journey looked at. */
const MOST_EVENTS = 20_000;
/** Associations whose beginning is looked up, transactions of commitment, studies of an association. */
const MOST_ASSOCIATIONS = 20;
const MOST_STUDIES = 8;

/** What is known of a subject before it is put in order. */
interface Gathered {
  readonly events: Map<number, StoredEvent>;
  readonly objects: readonly Custody[];
  readonly count: number;
  readonly bytes: number;
  isCut: boolean;
}

/** What happened to an object, a study, or over an association, from the events about it. */
export class Journeys {
  readonly #services: ControlServices;

  constructor(services: ControlServices) {
    this.#services = services;
  }

  /** Throws Faults `control.not-found`, `control.bad-request`. */
  async journey({ id, limit }: ParsedRequestOf<'journey'>): Promise<Answer> {
    const subject = await this.#subjectOf(id);
    const gathered = await this.#gather(subject, limit);
    await this.#addKnocks(gathered);
    const events = [...gathered.events.values()].filter(({ event }) => STAGES[event.kind] !== undefined);
    if (events.length === 0 && gathered.count === 0) throw controlFault('control.not-found', NOTHING);
    const steps = stepsOf(events, subject.kind !== 'object');
    return answerOf(subject, gathered, events, steps, limit);
  }

  async #subjectOf(id: string): Promise<Subject> {
    const { records } = this.#services;
    const seq = /^#([0-9]{1,15})$/.exec(id)?.[1];
    if (seq !== undefined) return subjectOfEvent(await records.overview.eventBySeq(Number(seq)));
    if (parseSha256(id) !== undefined) return { kind: 'object', id };
    if (isUid(id)) return this.#subjectOfUid(id);
    const { events } = await records.overview.eventsOfAssociation(id, 0, 1);
    if (events.length > 0) return { kind: 'association', id };
    const [event] = await records.findEvents(id);
    return subjectOfEvent(event);
  }

  async #subjectOfUid(uid: string): Promise<Subject> {
    const { overview } = this.#services.records;
    const [{ objects }, { events }] = await Promise.all([overview.sizeOfStudy(uid), overview.eventsOfStudy(uid, 0, 1)]);
    if (objects + events.length > 0) return { kind: 'study', id: uid };
    const object = (await this.#services.records.custodyByInstance(uid)).at(-1);
    if (object === undefined) throw controlFault('control.not-found', NOTHING);
    return { kind: 'object', id: object.sha256 };
  }

  #gather({ kind, id }: Subject, limit: number): Promise<Gathered> {
    if (kind === 'study') return this.#ofStudy(id, limit);
    return kind === 'object' ? this.#ofObject(id as Sha256) : this.#ofAssociation(id, limit);
  }

  async #ofStudy(uid: string, limit: number): Promise<Gathered> {
    const { overview } = this.#services.records;
    const [{ objects: count, bytes }, objects] = await Promise.all([
      overview.sizeOfStudy(uid),
      overview.custodyOfStudy(uid, limit),
    ]);
    const gathered: Gathered = { events: new Map(), objects, count, bytes, isCut: count > objects.length };
    await this.#read(gathered, (after, most) => overview.eventsOfStudy(uid, after, most));
    await this.#addTransactions(gathered, await overview.commitmentsOfStudy(uid));
    return gathered;
  }

  async #ofObject(sha256: Sha256): Promise<Gathered> {
    const { records } = this.#services;
    const { overview } = records;
    const [custody, hold] = [await records.custody(sha256), await records.hold(sha256)];
    const copy = parseSha256(hold?.copySha256 ?? '');
    const objects = [custody, copy === undefined ? undefined : await records.custody(copy)].filter(
      (each) => each !== undefined,
    );
    const bytes = objects.reduce((sum, { plainBytes }) => sum + plainBytes, 0);
    const gathered: Gathered = { events: new Map(), objects, count: objects.length, bytes, isCut: false };
    for (const each of copy === undefined ? [sha256] : [sha256, copy]) {
      await this.#read(gathered, (after, most) => overview.eventsOfObject(each, after, most));
      await this.#addTransactions(gathered, await overview.commitmentsOfObject(each));
    }
    const study = custody?.studyInstanceUid ?? '';
    if (study !== '') await this.#read(gathered, (after, most) => overview.eventsOfWholeStudy(study, after, most));
    return gathered;
  }

  async #ofAssociation(id: string, limit: number): Promise<Gathered> {
    const { records } = this.#services;
    const gathered: Gathered = { events: new Map(), objects: [], count: 0, bytes: 0, isCut: false };
    await this.#read(gathered, (after, most) => records.overview.eventsOfAssociation(id, after, most));
    const named = new Set([...gathered.events.values()].flatMap(({ event }) => objectsOf(event)));
    const objects: Custody[] = [];
    for (const [at, sha256] of [...named].slice(0, limit).entries()) {
      const custody = await records.custody(sha256);
      if (custody !== undefined) objects.push(custody);
      if (at % TURN === TURN - 1) await new Promise(setImmediate);
    }
    const bytes = objects.reduce((sum, { plainBytes }) => sum + plainBytes, 0);
    const all: Gathered = {
      ...gathered,
      objects,
      count: named.size,
      bytes,
      isCut: gathered.isCut || named.size > limit,
    };
    const studies = [...new Set(objects.map(({ studyInstanceUid }) => studyInstanceUid))].filter((uid) => uid !== '');
    // What became of its objects afterwards is told under their studies.
    for (const uid of studies.slice(0, MOST_STUDIES)) {
      const isItsOwn = ({ event }: StoredEvent) => objectsOf(event).some((sha256) => named.has(sha256));
      await this.#read(all, (after, most) => records.overview.eventsOfStudy(uid, after, most), isItsOwn);
    }
    return all;
  }

  /** Reads in pieces, each with a turn for others after it, up to MOST_EVENTS of a journey. */
  async #read(gathered: Gathered, read: Read, isMeant: (stored: StoredEvent) => boolean = () => true): Promise<void> {
    let after: number | undefined = 0;
    let looked = 0;
    while (after !== undefined) {
      if (looked >= MOST_EVENTS) {
        gathered.isCut = true;
        return;
      }
      const page: EventPage = await read(after, PIECE);
      for (const stored of page.events) if (isMeant(stored)) gathered.events.set(stored.seq, stored);
      looked += PIECE;
      after = page.after;
      if (after !== undefined) await new Promise(setImmediate);
    }
  }

  async #addTransactions({ events }: Gathered, uids: readonly string[]): Promise<void> {
    const { overview } = this.#services.records;
    for (const uid of new Set(uids.slice(0, MOST_ASSOCIATIONS))) {
      const page = await overview.eventsOfAssociation(uid, 0, PIECE);
      for (const stored of page.events) events.set(stored.seq, stored);
    }
  }

  /** How each association began: that it knocked, and by what it was let in. */
  async #addKnocks({ events }: Gathered): Promise<void> {
    const { overview } = this.#services.records;
    const ids = new Set<string>();
    for (const { event } of events.values()) if ('associationId' in event) ids.add(event.associationId);
    for (const id of [...ids].slice(0, MOST_ASSOCIATIONS)) {
      const { events: first } = await overview.eventsOfAssociation(id, 0, 1);
      for (const stored of first) events.set(stored.seq, stored);
    }
  }
}

function subjectOfEvent(stored: StoredEvent | undefined): Subject {
  const event = stored?.event;
  if (event === undefined) throw controlFault('control.not-found', NOTHING);
  const [sha256] = objectsOf(event);
  if (sha256 !== undefined && !event.kind.startsWith('certificate.')) return { kind: 'object', id: sha256 };
  if ('studyInstanceUid' in event && event.studyInstanceUid !== '')
    return { kind: 'study', id: event.studyInstanceUid };
  if ('associationId' in event) return { kind: 'association', id: event.associationId };
  throw controlFault('control.not-found', NO_JOURNEY);
}

function answerOf(
  { kind, id }: Subject,
  { objects, count, bytes, isCut }: Gathered,
  events: readonly StoredEvent[],
  steps: readonly StepAnswer[],
  limit: number,
): Answer {
  const times = [...events.map(({ event }) => event.atMs), ...objects.map(({ receivedAtMs }) => receivedAtMs)];
  const span = times.reduce(([first, last], at) => [Math.min(first, at), Math.max(last, at)] as const, [
    Number.POSITIVE_INFINITY,
    0,
  ] as readonly [number, number]);
  return {
    subject: {
      ...{ kind, id, objects: count, bytes, firstAtMs: span[0], lastAtMs: span[1] },
      modality: [...new Set(objects.map(({ modality }) => modality))].filter((each) => each !== '').join(', '),
      peers: [...new Set(objects.map(({ peer }) => peer))],
    },
    objects: objects.slice(0, limit).map(objectAnswer),
    steps: steps.slice(0, limit).map((step) => ({ ...step, objects: step.objects.slice(0, limit) })),
    isCut: isCut || steps.length > limit || steps.some((step) => step.objects.length > limit),
  };
}

const NOTHING = text('Rien n’est connu sous cet identifiant.', 'Nothing is known under this identifier.');
const NO_JOURNEY = text(
  'Cette entrée ne parle ni d’un objet, ni d’un examen, ni d’une association.',
  'This entry is about no object, no study and no association.',
);
