import {
  type AnswerInputOf,
  EXPORT_END,
  encodeExportHead,
  FindingSchema,
  type ObjectAnswer,
  type ParsedRequestOf,
  TextSchema,
} from '@leadglass/contract';
import { isFault, text, uuidv7 } from '@leadglass/kit';
import { type EventOf, isUid, parseSha256, type Sha256 } from '@leadglass/model';
import type { Custody, Hold, HoldRequest } from '@leadglass/records';
import { by } from './actor.ts';
import { controlFault } from './control-faults.ts';
import type { ControlServices } from './control-services.ts';
import { findHold, objectFacts } from './hold-finder.ts';
import { copyDeliveries, noticesBefore, rulesOf } from './hold-notices.ts';

const PAGE = 500;

/** Holds, and objects in the vault. */
export class ObjectControl {
  readonly #services: ControlServices;

  constructor(services: ControlServices) {
    this.#services = services;
  }

  async holds(asked: ParsedRequestOf<'hold.list'>): Promise<AnswerInputOf<'hold.list'>> {
    const { records, clock } = this.#services;
    const [holds, requests] = [await records.holds(asked.state, asked.limit), await records.holdRequests()];
    const answered = requests.slice(0, asked.limit).map((request) => requestAnswer(request, clock.now()));
    return { holds: holds.map(holdAnswer), requests: answered };
  }

  async showHold({ id }: ParsedRequestOf<'hold.show'>): Promise<AnswerInputOf<'hold.show'>> {
    const { records, clock } = this.#services;
    const hold = await findHold(records, id);
    const request = await records.holdRequest(hold.sha256);
    return {
      hold: holdAnswer(hold),
      rules: await rulesOf(records, hold),
      request: request === undefined ? null : requestAnswer(request, clock.now()),
      copyDeliveries: await copyDeliveries(records, hold),
      notices: await noticesBefore(records, hold),
    };
  }

  async find({ id }: ParsedRequestOf<'vault.find'>): Promise<AnswerInputOf<'vault.find'>> {
    const { records } = this.#services;
    const sha256 = parseSha256(id);
    if (sha256 === undefined && !isUid(id)) {
      throw controlFault(
        'control.bad-request',
        text('Donnez un SOP Instance UID ou un SHA-256 entier.', 'Give a SOP Instance UID or a whole SHA-256.'),
      );
    }
    const one = sha256 === undefined ? undefined : await records.custody(sha256);
    const found = sha256 === undefined ? await records.custodyByInstance(id) : one === undefined ? [] : [one];
    if (found.length === 0) throw controlFault('control.not-found', NO_OBJECT);
    return { objects: found.map(objectAnswer) };
  }

  /** The bytes, after the event that tells who asked is durable. */
  async open({ sha256 }: ParsedRequestOf<'vault.open'>): Promise<AsyncIterable<Uint8Array>> {
    const custody = await this.#services.records.custody(sha256);
    if (custody === undefined) throw controlFault('control.not-found', NO_OBJECT);
    const event: EventOf<'vault.opened'> = { ...this.#head('vault.opened'), ...objectFacts(custody), by: by() };
    await this.#services.records.appendEvents([event]);
    this.#services.eventsAppended();
    return this.#services.openObject(sha256);
  }

  async export(): Promise<AsyncIterable<Uint8Array>> {
    const { custody } = await this.#services.records.counts();
    const event: EventOf<'vault.exported'> = { ...this.#head('vault.exported'), by: by(), objects: custody.objects };
    await this.#services.records.appendEvents([event]);
    this.#services.eventsAppended();
    return this.#exportAll();
  }

  async *#exportAll(): AsyncGenerator<Uint8Array> {
    for await (const custody of this.#everyCustody()) yield* this.#exportOne(custody);
    yield EXPORT_END;
  }

  /** An object that does not open is told in its head; one that fails half way cuts the stream, which its reader sees. */
  async *#exportOne(custody: Custody): AsyncGenerator<Uint8Array> {
    const object = objectAnswer(custody);
    const bytes = this.#services.openObject(custody.sha256)[Symbol.asyncIterator]();
    let first: IteratorResult<Uint8Array>;
    try {
      first = await bytes.next();
    } catch (thrown) {
      if (!isFault(thrown)) throw thrown;
      yield encodeExportHead({ object, fault: thrown.code });
      return;
    }
    yield encodeExportHead({ object });
    if (first.done !== true) yield first.value;
    for (let next = await bytes.next(); next.done !== true; next = await bytes.next()) yield next.value;
  }

  async *#everyCustody(): AsyncGenerator<Custody> {
    let after = '';
    for (;;) {
      const page = await this.#services.records.listCustody(after, PAGE);
      yield* page;
      const last = page.at(-1);
      if (last === undefined) return;
      after = last.sha256;
    }
  }

  /** Opens and hashes everything; the event at the end says what was found. */
  async *check(): AsyncGenerator<AnswerInputOf<'vault.check'>> {
    const { objects } = (await this.#services.records.counts()).custody;
    let checked = 0;
    let faults = 0;
    for await (const { sha256 } of this.#everyCustody()) {
      const fault = await this.#checkOne(sha256);
      checked += 1;
      if (fault !== undefined) {
        faults += 1;
        yield { kind: 'fault', sha256, fault };
      }
      if (checked % 20 === 0) yield { kind: 'progress', checked, objects };
    }
    const event: EventOf<'vault.checked'> = { ...this.#head('vault.checked'), by: by(), objects: checked, faults };
    await this.#services.records.appendEvents([event]);
    this.#services.eventsAppended();
    yield { kind: 'done', objects: checked, faults };
  }

  async #checkOne(sha256: Sha256): Promise<string | undefined> {
    const result = await this.#services.checkObject(sha256);
    if (result.isSound) return undefined;
    // Destroyed meanwhile: it is not missing.
    if ((await this.#services.records.custody(sha256)) === undefined) return undefined;
    return result.fault ?? 'vault.unsound';
  }

  #head<K extends string>(kind: K): { id: string; atMs: number; kind: K } {
    const atMs = this.#services.clock.now();
    return { id: uuidv7(atMs), atMs, kind };
  }
}

const NO_OBJECT = text('Aucun objet conservé ne porte cet identifiant.', 'No object in custody has this identifier.');

/** What lists show of an object. */
export function objectAnswer(custody: Custody): ObjectAnswer {
  const { sha256, sopInstanceUid, sopClassUid, transferSyntaxUid, studyInstanceUid, seriesInstanceUid } = custody;
  const { modality, plainBytes, peer, verdict, receivedAtMs } = custody;
  const uids = { sha256, sopInstanceUid, sopClassUid, transferSyntaxUid, studyInstanceUid, seriesInstanceUid };
  return { ...uids, modality, plainBytes, peer, verdict, receivedAtMs };
}

function holdAnswer(hold: Hold): AnswerInputOf<'hold.show'>['hold'] {
  const reasons = TextSchema.array().parse(JSON.parse(hold.reasons));
  const findings = FindingSchema.array().parse(JSON.parse(hold.findings));
  return { ...hold, reasons, findings };
}

function requestAnswer(request: HoldRequest, nowMs: number) {
  const { id, sha256, act, operator, reason, askedAtMs, untilMs } = request;
  return { id, sha256, act, operator, reason, askedAtMs, untilMs, isExpired: untilMs <= nowMs };
}
