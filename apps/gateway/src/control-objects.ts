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
import { routesFor } from '@leadglass/policy';
import type { Custody, Hold } from '@leadglass/records';
import { BY } from './control-config.ts';
import { controlFault } from './control-faults.ts';
import type { ControlServices } from './control-services.ts';
import { findHold, objectFacts } from './hold-finder.ts';

const PAGE = 500;

/** Holds, and objects in the vault. */
export class ObjectControl {
  readonly #services: ControlServices;

  constructor(services: ControlServices) {
    this.#services = services;
  }

  async holds(asked: ParsedRequestOf<'hold.list'>): Promise<AnswerInputOf<'hold.list'>> {
    const holds = await this.#services.records.holds(asked.state, asked.limit);
    return { holds: holds.map(holdAnswer) };
  }

  async showHold({ id }: ParsedRequestOf<'hold.show'>): Promise<AnswerInputOf<'hold.show'>> {
    return { hold: holdAnswer(await findHold(this.#services.records, id)) };
  }

  async #heldCustody(id: string): Promise<Custody> {
    const hold = await findHold(this.#services.records, id);
    if (hold.state !== 'held') {
      throw controlFault(
        'control.conflict',
        text('Cet objet n’est plus en retenue.', 'This object is no longer held.'),
      );
    }
    const custody = await this.#services.records.custody(hold.sha256);
    if (custody === undefined) throw controlFault('control.not-found');
    return custody;
  }

  async release({ id, reason }: ParsedRequestOf<'hold.release'>): Promise<AnswerInputOf<'hold.release'>> {
    const { records, clock } = this.#services;
    const custody = await this.#heldCustody(id);
    const destinations = [...new Set(routesFor(await records.routes(), custody.peer))];
    const event: EventOf<'hold.released'> = { ...this.#head('hold.released'), ...objectFacts(custody), by: BY, reason };
    await records.releaseHold(custody.sha256, BY, reason, clock.now(), destinations, [event]);
    this.#services.eventsAppended();
    for (const destination of destinations) this.#services.deliveriesDue(destination);
    return { sha256: custody.sha256, destinations };
  }

  async destroy({ id, reason }: ParsedRequestOf<'hold.destroy'>): Promise<AnswerInputOf<'hold.destroy'>> {
    const { records, clock } = this.#services;
    const custody = await this.#heldCustody(id);
    const event: EventOf<'hold.destroyed'> = {
      ...this.#head('hold.destroyed'),
      ...objectFacts(custody),
      by: BY,
      reason,
    };
    // The bytes first: whatever fails, the object is still held, and asking again finishes it.
    await this.#services.removeObject(custody);
    await records.destroyHold(custody.sha256, BY, reason, clock.now(), [event]);
    this.#services.eventsAppended();
    return { sha256: custody.sha256 };
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
    const event: EventOf<'vault.opened'> = { ...this.#head('vault.opened'), ...objectFacts(custody), by: BY };
    await this.#services.records.appendEvents([event]);
    this.#services.eventsAppended();
    return this.#services.openObject(sha256);
  }

  async export(): Promise<AsyncIterable<Uint8Array>> {
    const { custody } = await this.#services.records.counts();
    const event: EventOf<'vault.exported'> = { ...this.#head('vault.exported'), by: BY, objects: custody.objects };
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
    const event: EventOf<'vault.checked'> = { ...this.#head('vault.checked'), by: BY, objects: checked, faults };
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
