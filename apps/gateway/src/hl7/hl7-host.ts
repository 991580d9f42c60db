import type { Sealer } from '@leadglass/catalogue';
import type { AnswerInputOf, ParsedRequestOf } from '@leadglass/contract';
import { type Clock, type Logger, type Text, text, uuidv7 } from '@leadglass/kit';
import type { Event, Hl7Destination } from '@leadglass/model';
import type { OwedHl7, Records } from '@leadglass/records';
import { by } from '../actor.ts';
import { controlFault } from '../control-faults.ts';
import { dayOf } from '../schedule/days.ts';
import type { Errands } from '../schedule/errands.ts';
import { answerOf } from './answers.ts';
import { Hl7Delivery } from './delivery.ts';
import { tellLate } from './late.ts';
import { Hl7Owings, told } from './owing.ts';

const MOST_LISTED = 1_000;
/** States a person is shown without asking for more: what waits, and what waits for them. */
const UNFINISHED = ['by-hand', 'refused', 'waiting'] as const;

export interface Hl7HostTools {
  readonly records: Pick<Records, 'hl7' | 'schedule' | 'reconciliation' | 'appendEvents'>;
  readonly sealer: Sealer;
  readonly errands: Pick<Errands, 'hl7'>;
  readonly clock: Clock;
  readonly log: Logger;
  rules(): { readonly hl7Destinations: readonly Hl7Destination[] };
  isUnasked(destination: Hl7Destination): boolean;
  /** Events were appended. */
  told(): void;
}

/** What the control socket asks for. */
export type Hl7Acts = Pick<Hl7Host, 'list' | 'test' | 'messages' | 'message' | 'tell' | 'retry' | 'skip'>;
type One = AnswerInputOf<'hl7.retry'>;

/** Information systems that are told by HL7 of what was registered here (decision 0038). */
export class Hl7Host {
  /** What acts on registrations make them owed. */
  readonly owings: Hl7Owings;
  readonly #tools: Hl7HostTools;
  readonly #delivery: Hl7Delivery;

  constructor(tools: Hl7HostTools) {
    this.#tools = tools;
    const { records, sealer, clock, log, errands } = tools;
    this.owings = new Hl7Owings({ sealer, rules: () => tools.rules() });
    this.#delivery = new Hl7Delivery({
      ...{ records, sealer, clock, log, rules: () => tools.rules(), told: () => tools.told() },
      isUnasked: (destination) => tools.isUnasked(destination),
      send: (destination, controlId, message) =>
        errands.hl7(destination, {
          ...{ kind: 'hl7', controlId, message: Buffer.from(message).toString('base64') },
          isEnhanced: destination.acknowledgement === 'enhanced',
        }),
    });
  }

  start(): void {
    this.#delivery.start();
  }

  stop(): Promise<void> {
    return this.#delivery.stop();
  }

  /** Resolves when nothing is being sent. */
  settled(): Promise<void> {
    return this.#delivery.settled();
  }

  /** Something may go on: it is owed more, its settings are others, the system it belongs to is back. */
  poke(): void {
    this.#delivery.poke();
  }

  async list(): Promise<AnswerInputOf<'hl7.list'>> {
    const { hl7 } = this.#tools.records;
    const [waiting, delivered] = [await hl7.count('waiting'), await hl7.count('delivered')];
    const [refused, byHand] = [await hl7.count('refused'), await hl7.count('by-hand')];
    const destinations = this.#tools.rules().hl7Destinations.map((destination) => {
      const { name } = destination;
      const [waits, trouble] = [waiting.get(name), this.#delivery.trouble(name)];
      return {
        ...{ destination, isDown: this.#tools.isUnasked(destination), waiting: waits?.count ?? 0 },
        ...(waits === undefined ? {} : { waitingSinceMs: waits.sinceMs }),
        delivered: delivered.get(name)?.count ?? 0,
        needsPerson: (refused.get(name)?.count ?? 0) + (byHand.get(name)?.count ?? 0),
        ...(trouble === undefined ? {} : { trouble }),
      };
    });
    return { destinations };
  }

  /** Tries the connection. HL7 has no message that says nothing, and none is sent. */
  async test({ name }: ParsedRequestOf<'hl7.test'>): Promise<AnswerInputOf<'hl7.test'>> {
    const { rules, errands, clock } = this.#tools;
    const destination = rules().hl7Destinations.find((each) => each.name === name);
    if (destination === undefined) throw controlFault('control.not-found', UNKNOWN);
    const startMs = clock.monotonicMs();
    const { why } = await errands.hl7(destination, { kind: 'hl7', message: '', controlId: '', isEnhanced: false });
    const connectMs = clock.monotonicMs() - startMs;
    if (why === undefined) return { isGood: true, text: CONNECTED(destination), advice: [TRY_ONE], connectMs };
    return { isGood: false, text: NOT_CONNECTED(why), advice: [adviceFor(destination)], connectMs: null };
  }

  /** What was registered from one day to another is told to whoever was declared since. */
  async tell({ from, to }: ParsedRequestOf<'hl7.tell'>): Promise<AnswerInputOf<'hl7.tell'>> {
    const { records, sealer, clock } = this.#tools;
    const atMs = clock.now();
    const days = { from: Number(from ?? dayOf(atMs)), to: Number(to ?? dayOf(atMs)) };
    const done = await tellLate({ records, sealer, owings: this.owings }, days, atMs);
    const event: Event = { id: uuidv7(atMs), atMs, kind: 'hl7.told-late', by: by(), ...days, ...done };
    await records.appendEvents([event]);
    this.#tools.told();
    this.poke();
    return done;
  }

  async messages({ number, state }: ParsedRequestOf<'hl7.messages'>): Promise<AnswerInputOf<'hl7.messages'>> {
    const { hl7 } = this.#tools.records;
    const found: OwedHl7[] = [];
    if (number !== undefined) found.push(...(await hl7.ofNumber(number)));
    else
      for (const each of state === undefined ? UNFINISHED : [state])
        found.push(...(await hl7.inState(each, MOST_LISTED)));
    return { messages: found.filter((one) => state === undefined || one.state === state).map(answerOf) };
  }

  async message({ no }: ParsedRequestOf<'hl7.message'>): Promise<AnswerInputOf<'hl7.message'>> {
    const message = await this.#known(no);
    const { answer, controlId } = message;
    const said = answer === undefined ? '' : String(this.#tools.sealer.openJson('hl7', controlId, answer));
    return { message: answerOf(message), answer: said };
  }

  async retry({ no }: ParsedRequestOf<'hl7.retry'>): Promise<One> {
    const message = await this.#known(no);
    if (message.state !== 'refused') throw controlFault('control.conflict', NOT_REFUSED);
    const atMs = this.#tools.clock.now();
    const event: Event = { id: uuidv7(atMs), atMs, kind: 'hl7.retried', ...told(message), by: by() };
    if (!(await this.#tools.records.hl7.retry(no, atMs, [event]))) throw controlFault('control.conflict', NOT_REFUSED);
    return this.#changed(no);
  }

  async skip({ no, reason }: ParsedRequestOf<'hl7.skip'>): Promise<One> {
    const message = await this.#known(no);
    if (message.state !== 'refused' && message.state !== 'by-hand' && message.state !== 'waiting')
      throw controlFault('control.conflict', ENDED);
    const atMs = this.#tools.clock.now();
    const event: Event = { id: uuidv7(atMs), atMs, kind: 'hl7.skipped', ...told(message), by: by(), reason };
    if (!(await this.#tools.records.hl7.skip(message, atMs, [event]))) throw controlFault('control.conflict', ENDED);
    return this.#changed(no);
  }

  async #changed(no: number): Promise<One> {
    this.#tools.told();
    this.poke();
    return { message: answerOf(await this.#known(no)) };
  }

  async #known(no: number): Promise<OwedHl7> {
    const message = await this.#tools.records.hl7.message(no);
    if (message === undefined) throw controlFault('control.not-found', NO_MESSAGE);
    return message;
  }
}

function adviceFor({ tls }: Hl7Destination): Text {
  return tls ? CHECK_TLS : CHECK_PLACE;
}

const CONNECTED = ({ host, port, tls }: Hl7Destination): Text =>
  text(
    `${host}:${port} accepte la connexion${tls ? ' TLS' : ''}.`,
    `${host}:${port} accepts the connection${tls ? ' over TLS' : ''}.`,
  );
const NOT_CONNECTED = (why: Text): Text => text(`Pas de connexion : ${why.fr}.`, `No connection: ${why.en}.`);
const TRY_ONE = text(
  'Aucun message n’est envoyé par un essai : le premier enregistrement dira s’il les prend. Pour essayer sans risque : --test marque les messages comme essais.',
  'A test sends no message: the first registration tells whether it takes them. To try without risk: --test marks messages as trials.',
);
const CHECK_PLACE = text(
  'Vérifiez l’adresse, le port (souvent 2575) et le pare-feu ; si ce service parle TLS, ajoutez --tls.',
  'Check address, port (often 2575) and firewall; if that service speaks TLS, add --tls.',
);
const CHECK_TLS = text(
  'Vérifiez que ce port parle TLS, et son certificat : signé par l’autorité du site, ou épinglé (--cert-sha256).',
  'Check that this port speaks TLS, and its certificate: signed by the site’s authority, or pinned (--cert-sha256).',
);
const UNKNOWN = text(
  'Aucun destinataire HL7 de ce nom : hl7-destination list.',
  'No HL7 receiver of that name: hl7-destination list.',
);
const NO_MESSAGE = text(
  'Aucun message de ce numéro : hl7-destination messages.',
  'No message of that number: hl7-destination messages.',
);
const NOT_REFUSED = text('Ce message n’est pas mis de côté.', 'That message is not set aside.');
const ENDED = text('Ce message est déjà réglé.', 'That message is settled already.');
