import { setTimeout as delay } from 'node:timers/promises';
import { inflateRawSync } from 'node:zlib';
import type { HoldAnswer } from '@leadglass/contract';
import { FileInspection } from '@leadglass/inspect';
import { type Text, text } from '@leadglass/kit';
import type { Finding } from '@leadglass/model';
import type { ControlClient } from '../client.ts';
import { composeInspectors } from '../scan/inspectors.ts';
import { type Facts, findingsOf, type Observer, stringOf, whyOf } from './observer.ts';
import type { Deed, Outcome } from './outcome.ts';
import { CONTROL } from './pack/classes.ts';
import type { FileAttack } from './pack/files.ts';
import type { Maker } from './pack/identity.ts';
import type { MadeObject, ObjectAttack } from './pack/made.ts';
import { TRANSFER } from './pack/object.ts';
import { makerOf, type Numbered } from './pack/pack.ts';
import type { ProtocolAttack } from './pack/protocol.ts';
import type { WatchAttack } from './pack/watches.ts';
import { command, contextResultOf, dataPdus, type Heard, PDU, pData, statusOf } from './pdu.ts';
import type { Raw } from './raw.ts';
import type { Delivered } from './receiver.ts';
import type { TestSite } from './site.ts';

/** What an attack is tried with. */
export interface TrialOptions {
  readonly site: TestSite;
  readonly observer: Observer;
  readonly client: ControlClient;
  /** What everything is made from. */
  readonly seed: number;
  /** What UIDs follow. */
  readonly run: number;
}

/** What came of one attack, without what it is. */
type Result = Pick<Outcome, 'deed' | 'isRight'> & Partial<Pick<Outcome, 'status' | 'findings' | 'why' | 'isRecorded'>>;

const TOLD_WITHIN_MS = 100;
const ARRIVAL_TOLD_WITHIN_MS = 3_000;
const ANSWERED_WITHIN_MS = 60_000;
const DELIVERED_WITHIN_MS = 20_000;
const COPIED_WITHIN_MS = 30_000;
const POLL_MS = 50;
const MOST_INFLATED_BYTES = 64 * 2 ** 20;
const C_STORE_RQ = 0x0001;

const THROUGH = text('arrivé tel quel à destination', 'arrived at the destination as it was');
const STORED = text(
  'accepté comme sain, en route vers sa destination',
  'taken as clean, on its way to its destination',
);
const STILL_HARMFUL = text('la copie livrée contient encore la charge', 'the copy delivered still has the payload');
const OTHER_PIXELS = text(
  'la copie livrée n’a plus les mêmes pixels',
  'the copy delivered no longer has the same pixels',
);
const NO_COPY = text('la copie promise n’est pas arrivée', 'the copy that was promised did not arrive');
const NOT_DELIVERED = text('un objet innocent n’est pas arrivé', 'an innocent object did not arrive');
const ALTERED = text('un objet innocent est arrivé altéré', 'an innocent object arrived altered');
const DIED = text('un processus de réception s’est arrêté', 'an intake process ended');

/** Tries attacks, one after another, and says what came of each. */
export class Trial {
  readonly #options: TrialOptions;
  readonly #inspectors = composeInspectors(undefined);

  constructor(options: TrialOptions) {
    this.#options = options;
  }

  /** What came of `one`; undefined when it does not apply to this gateway. Never rejects for what the gateway does. */
  async of(one: Numbered): Promise<Outcome | undefined> {
    const beganMs = performance.now();
    let result: Result | undefined;
    try {
      result = await this.#try(one);
    } catch (thrown) {
      result = { deed: 'silent', isRight: false, why: spoken(thrown) };
    }
    if (result === undefined) return undefined;
    const { id, name } = one;
    const tookMs = performance.now() - beganMs;
    const nothing = { status: undefined, findings: [], why: undefined, isRecorded: false };
    return { id, class: one.class, name, ...nothing, ...result, tookMs };
  }

  #try(one: Numbered): Promise<Result | undefined> {
    const maker = makerOf(one, this.#options.seed, this.#options.run);
    switch (one.kind) {
      case 'protocol':
        return this.#protocol(one);
      case 'object':
        return this.#object(one, maker);
      case 'file':
        return this.#file(one, maker);
      case 'watch':
        return this.#watch(one);
    }
  }

  async #protocol(one: ProtocolAttack): Promise<Result> {
    const raw = await this.#options.site.open();
    let heard: Heard;
    try {
      heard = await one.attack(raw);
    } finally {
      raw.close();
    }
    const events = await this.#options.observer.since(TOLD_WITHIN_MS, ({ kind }) => one.told.includes(kind));
    const told = events.findLast(({ kind }) => one.told.includes(kind));
    const base = { status: statusOf(heard), findings: findingsOf(told), isRecorded: told !== undefined };
    if (events.some(isDeath)) return { ...base, deed: 'silent', isRight: false, why: DIED };
    if (events.some(({ kind }) => kind === 'arrival.stored'))
      return { ...base, deed: 'passed', isRight: false, why: STORED };
    const deed = told?.kind === 'arrival.held' ? 'held' : deedOf(heard);
    return { ...base, deed, isRight: one.isRight(heard), why: whyOf(told) };
  }

  async #watch(one: WatchAttack): Promise<Result | undefined> {
    const watched = await one.run(this.#options.site.scene);
    const events = await this.#options.observer.since(0, () => true);
    if (watched === undefined) return undefined;
    if (events.some(isDeath)) return { deed: 'silent', isRight: false, why: DIED };
    return { deed: 'withstood', isRecorded: events.length > 0, ...watched };
  }

  async #file(one: FileAttack, maker: Maker): Promise<Result> {
    const inspection = new FileInspection({ inspectors: (await this.#inspectors).dicom });
    inspection.push(one.make(maker));
    const { verdict, findings } = await inspection.settled();
    const worst = findings.find(({ severity }) => severity !== 'information');
    const isRight = verdict !== 'clean';
    return { deed: isRight ? 'found' : 'passed', isRight, findings: graveCodes(findings), why: worst?.text };
  }

  async #object(one: ObjectAttack, maker: Maker): Promise<Result> {
    const made = one.make(maker);
    const heard = await this.#send(made);
    if (heard === 'refused')
      return { deed: 'refused', isRight: one.class !== CONTROL, why: NO_CONTEXT, isRecorded: true };
    // An arrival is written before it is answered; of an association that was cut its end is all there is.
    const isCut = heard === 'closed' || heard.type === PDU.abort;
    const isArrival = ({ kind }: Facts) => kind.startsWith('arrival.') || (isCut && kind === 'association.aborted');
    const events = await this.#options.observer.since(ARRIVAL_TOLD_WITHIN_MS, isArrival);
    const told = events.findLast(isArrival);
    const base = { status: statusOf(heard), findings: findingsOf(told), isRecorded: told !== undefined };
    if (events.some(isDeath)) return { ...base, deed: 'silent', isRight: false, why: DIED };
    const isControl = one.class === CONTROL;
    const result = await this.#fate(made, told, deedOf(heard), isControl);
    return { ...base, why: whyOf(told), ...result };
  }

  /** Sends an object on an association of its own; `refused` when its class or syntax is not negotiated. */
  async #send({ sopClassUid, sopInstanceUid, transferSyntaxUid, dataSet }: MadeObject): Promise<Heard | 'refused'> {
    const raw = await this.#options.site.open();
    try {
      const proposals = [{ id: 1, abstractSyntax: sopClassUid, transferSyntax: transferSyntaxUid }];
      const answer = await raw.associate({ proposals });
      if (answer === 'closed' || answer.type !== PDU.associateAc) throw new Error('the test caller was not let in');
      if (contextResultOf(answer) !== 0) return 'refused';
      raw.send(pData(1, 3, command(C_STORE_RQ, { sopClass: sopClassUid, instance: sopInstanceUid, hasDataSet: true })));
      for (const pdu of dataPdus(1, dataSet)) raw.send(pdu);
      const heard = await raw.hear(ANSWERED_WITHIN_MS);
      await released(raw, heard);
      return heard;
    } finally {
      raw.close();
    }
  }

  /** What became of an object that was answered, at the place where it is delivered. */
  async #fate(made: MadeObject, told: Facts | undefined, deed: Deed, isControl: boolean): Promise<Result> {
    if (told?.kind === 'arrival.stored') return this.#fateOfStored(made, isControl);
    if (told?.kind !== 'arrival.held') {
      if (isControl) return { deed, isRight: false, why: NOT_DELIVERED };
      return { deed, isRight: deed === 'refused' || deed === 'aborted' || deed === 'closed' };
    }
    const hold = await this.#decidedHold(stringOf(told, 'sha256'));
    const findings = graveCodes(hold.findings);
    if (hold.copy !== 'made') return { deed: 'held', isRight: !isControl, findings };
    const delivered = await this.#options.site.receiver.taken(made.sopInstanceUid, DELIVERED_WITHIN_MS);
    if (delivered === undefined) return { deed: 'held', isRight: false, findings, why: NO_COPY };
    const result: Result = isControl ? { deed: 'disarmed', isRight: false, why: ALTERED } : judgedCopy(made, delivered);
    return { findings, ...result };
  }

  async #fateOfStored(made: MadeObject, isControl: boolean): Promise<Result> {
    const delivered = await this.#options.site.receiver.taken(made.sopInstanceUid, DELIVERED_WITHIN_MS);
    if (!isControl) return { deed: 'passed', isRight: false, why: delivered === undefined ? STORED : THROUGH };
    if (delivered === undefined) return { deed: 'passed', isRight: false, why: NOT_DELIVERED };
    const isSame = delivered.dataSet.equals(made.dataSet) && delivered.transferSyntaxUid === made.transferSyntaxUid;
    return { deed: 'passed', isRight: isSame, why: isSame ? SAME : ALTERED };
  }

  /** A hold, once it is decided what becomes of its disarmed copy. */
  async #decidedHold(id: string): Promise<HoldAnswer> {
    const endMs = performance.now() + COPIED_WITHIN_MS;
    for (;;) {
      const { hold } = await this.#options.client.call('hold.show', { id });
      if (hold.copy !== 'owed' || performance.now() > endMs) return hold;
      await delay(POLL_MS);
    }
  }
}

/** Codes that count, the remarks left out. */
function graveCodes(findings: readonly Finding[]): string[] {
  return [...new Set(findings.filter(({ severity }) => severity !== 'information').map(({ code }) => code))];
}

const NO_CONTEXT = text('classe ou syntaxe de transfert non négociée', 'class or transfer syntax not negotiated');
const SAME = text('arrivé à l’identique, octet pour octet', 'arrived identical, byte for byte');

/** Ends an association that is still there; whoever was cut off has nothing to end. */
async function released(raw: Raw, heard: Heard): Promise<void> {
  if (heard !== 'closed' && heard.type === PDU.pData) await raw.release().catch(() => undefined);
}

/** A disarmed copy: without what does harm, with the pixels it had. */
function judgedCopy(made: MadeObject, { dataSet, transferSyntaxUid }: Delivered): Result {
  const plain = transferSyntaxUid === TRANSFER.deflated ? inflated(dataSet) : dataSet;
  if (made.harm !== undefined && plain.includes(made.harm))
    return { deed: 'passed', isRight: false, why: STILL_HARMFUL };
  if (made.dataSet.equals(dataSet)) return { deed: 'passed', isRight: false, why: THROUGH };
  const isWhole = made.pixels.every((frame) => plain.includes(frame));
  return isWhole ? { deed: 'disarmed', isRight: true } : { deed: 'disarmed', isRight: false, why: OTHER_PIXELS };
}

function inflated(dataSet: Buffer): Buffer {
  try {
    return inflateRawSync(dataSet, { maxOutputLength: MOST_INFLATED_BYTES });
  } catch {
    return dataSet;
  }
}

const isDeath = ({ kind }: Facts): boolean => kind === 'intake.died';

/** What an answer of the protocol amounts to. */
function deedOf(heard: Heard): Deed {
  if (heard === 'closed') return 'closed';
  if (heard.type === PDU.associateRj) return 'rejected';
  if (heard.type === PDU.abort) return 'aborted';
  // An association without one context agreed on is of no use to anybody.
  if (heard.type === PDU.associateAc) return contextResultOf(heard) === 0 ? 'accepted' : 'refused';
  return (statusOf(heard) ?? 0) === 0 ? 'accepted' : 'refused';
}

/** What went wrong in words: of the connection itself, never of the gateway's inside. */
function spoken(thrown: unknown): Text {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return text(`pas de réponse utile (${message})`, `no useful answer (${message})`);
}
