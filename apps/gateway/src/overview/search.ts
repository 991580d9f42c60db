import type { AnswerInputOf, FoundAnswer, ParsedRequestOf } from '@leadglass/contract';
import { TAG, type Tag } from '@leadglass/dicom';
import { uuidv7 } from '@leadglass/kit';
import { isUid, parseSha256 } from '@leadglass/model';
import { type AttributeSet, nameOf, QUERY_TAG } from '@leadglass/query';
import type { Custody } from '@leadglass/records';
import { by } from '../actor.ts';
import type { ControlServices } from '../control-services.ts';
import { type Question, questionsOf } from './search-words.ts';

type Asked = ParsedRequestOf<'journey.search'>;
type Answer = AnswerInputOf<'journey.search'>;

/** What was found so far, each once. */
class Found {
  readonly all = new Map<string, FoundAnswer>();
  readonly kinds = new Set<string>();
  isCut = false;

  add(found: FoundAnswer): void {
    const key = `${found.kind} ${found.id}`;
    if (!this.all.has(key)) this.all.set(key, found);
  }
}

/** Finds studies, objects and associations by words, and tells the ledger who looked for what kind of thing, and never for which. */
export class JourneySearch {
  readonly #services: ControlServices;

  constructor(services: ControlServices) {
    this.#services = services;
  }

  async search({ words, limit }: Asked): Promise<Answer> {
    const found = new Found();
    await this.#byDigest(words, found);
    await this.#byAssociation(words, found);
    if (isUid(words) && words.includes('.')) await this.#byUid(words, found);
    for (const question of questionsOf(words)) {
      if (found.all.size > limit) break;
      await this.#inCatalogue(question, limit + 1, found);
    }
    const all = [...found.all.values()];
    await this.#tell([...found.kinds], Math.min(limit, all.length));
    return { found: all.slice(0, limit), isCut: found.isCut || all.length > limit };
  }

  /** Before anything is answered: what cannot be told is not given. */
  async #tell(keys: readonly string[], found: number): Promise<void> {
    const { records, clock, eventsAppended } = this.#services;
    const atMs = clock.now();
    await records.appendEvents([{ id: uuidv7(atMs), atMs, kind: 'journey.searched', by: by(), keys, found }]);
    eventsAppended();
  }

  async #byDigest(words: string, found: Found): Promise<void> {
    const sha256 = parseSha256(words.toLowerCase());
    if (sha256 === undefined) return;
    found.kinds.add('SHA-256');
    const custody = await this.#services.records.custody(sha256);
    if (custody !== undefined) found.add(await this.#objectOf(custody));
  }

  async #byAssociation(words: string, found: Found): Promise<void> {
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(words)) return;
    found.kinds.add('association');
    const id = words.toLowerCase();
    const { events } = await this.#services.records.overview.eventsOfAssociation(id, 0, 1);
    const [first] = events;
    if (first === undefined) return;
    const { event } = first;
    const title = 'calling' in event ? event.calling : 'peer' in event ? event.peer : '';
    found.add({ ...NOTHING_KNOWN, kind: 'association', id, title, date: dayOf(event.atMs) });
  }

  async #byUid(uid: string, found: Found): Promise<void> {
    const { records } = this.#services;
    found.kinds.add('UID');
    for (const custody of await records.custodyByInstance(uid)) found.add(await this.#objectOf(custody));
    const { objects } = await records.overview.sizeOfStudy(uid);
    // A study of which all is held is in no catalogue: it is found by its identifier alone.
    const isListed = objects > 0 && (await this.#studyIn(uid)) !== undefined;
    if (objects > 0 && !isListed) found.add({ ...NOTHING_KNOWN, kind: 'study', id: uid, objects });
  }

  async #objectOf(custody: Custody): Promise<FoundAnswer> {
    const study = await this.#studyIn(custody.studyInstanceUid);
    const { sha256: id, modality } = custody;
    return { ...(study ?? NOTHING_KNOWN), kind: 'object', id, modality, objects: 1 };
  }

  async #studyIn(uid: string): Promise<FoundAnswer | undefined> {
    const [question] = isUid(uid) ? questionsOf(uid) : [];
    if (question === undefined) return undefined;
    const found = new Found();
    await this.#inCatalogue(question, 1, found);
    return [...found.all.values()][0];
  }

  async #inCatalogue({ query, kind }: Question, mostResults: number, found: Found): Promise<void> {
    found.kinds.add(kind);
    const search = this.#services.catalogue.search(query, { mostResults });
    let step = await search.next();
    for (; step.done !== true; step = await search.next()) for (const match of step.value) found.add(studyOf(match));
    if (step.value !== 'complete') found.isCut = true;
  }
}

const NOTHING_KNOWN = {
  ...{ title: '', patientId: '', born: '', date: '', modality: '', description: '', objects: 0 },
} as const;

function studyOf(match: AttributeSet): FoundAnswer {
  return {
    kind: 'study',
    id: value(match, TAG.StudyInstanceUID),
    title: personName(value(match, TAG.PatientName)),
    patientId: value(match, TAG.PatientID),
    born: dateWords(value(match, TAG.PatientBirthDate)),
    date: dateWords(value(match, TAG.StudyDate)),
    modality: value(match, QUERY_TAG.ModalitiesInStudy).replaceAll('\\', ', '),
    description: value(match, TAG.StudyDescription),
    objects: Number(value(match, QUERY_TAG.NumberOfStudyRelatedInstances)) || 0,
  };
}

function value(match: AttributeSet, tag: Tag): string {
  const found = match[nameOf(tag)];
  return typeof found === 'string' ? found.slice(0, 256) : '';
}

/** Family name, given names and the rest of the first group that says anything (PS3.5 §6.2.1). */
function personName(name: string): string {
  const group = name.split('=').find((each) => each.trim() !== '') ?? '';
  return group
    .split('^')
    .filter((part) => part !== '')
    .join(' ');
}

/** `20261127` as `2026-11-27`; anything else as it is. */
function dateWords(date: string): string {
  return date.replace(/^([0-9]{4})\.?([0-9]{2})\.?([0-9]{2})$/, '$1-$2-$3');
}

function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}
