import { randomBytes } from 'node:crypto';
import type { Sealer } from '@leadglass/catalogue';
import type { AnswerInputOf, ParsedRequestOf } from '@leadglass/contract';
import { type Clock, text, uuidv7 } from '@leadglass/kit';
import { type Event, MOST_OF_A_DAY, temporaryNumber, temporaryPrefix } from '@leadglass/model';
import type { Hl7Owing, Records, Registered } from '@leadglass/records';
import { by } from '../actor.ts';
import { controlFault } from '../control-faults.ts';
import { answerOf as toldOf } from '../hl7/answers.ts';
import type { Hl7Host } from '../hl7/hl7-host.ts';
import { dayAfter, dayOf } from './days.ts';
import type { PulledRegistration } from './planned.ts';
import { entryOf, hasRightKey, type RegistrationAsked, type RegistrationNumbers } from './registration-entry.ts';

/** Numbers reserved at once: what a crash or another node leaves unused is a gap, never a number given twice. */
const BLOCK = 10;
const PREFIX_SETTING = 'registration.prefix';
const MOST_LISTED = 2_000;
const LAST_DAY = 99_991_231;
const MOST_OPEN = 5_000;
const UUID_BYTES = 16;

export interface RegistrationTools {
  readonly records: Pick<Records, 'schedule' | 'hl7' | 'setting' | 'setSetting'>;
  readonly sealer: Sealer;
  readonly clock: Clock;
  /** Pseudonym of a patient. */
  pseudonym(issuer: string, patientId: string): string;
  /** Who is told by HL7 of what is registered. */
  readonly hl7: Pick<Hl7Host, 'owings' | 'poke'>;
  /** Events were appended. */
  told(): void;
  /** Those of the gateway of a continuity box: read here, and changed there alone. */
  pulled?(): readonly PulledRegistration[];
}

/** What a registration is sealed as. */
interface Sealed {
  readonly asked: RegistrationAsked;
  readonly numbers: RegistrationNumbers;
  readonly by: string;
  readonly why?: string;
  /** What devices are given: kept with it, so that what they see is what was written down. */
  readonly entry: ReturnType<typeof entryOf>;
}

/** What every event of a registration tells. */
interface Head {
  readonly id: string;
  readonly atMs: number;
  readonly by: string;
  readonly number: string;
  readonly patient: string;
  readonly studyInstanceUid: string;
}

type One = AnswerInputOf<'registration.add'>;

/** Downtime registration: a patient and an order in seconds, under numbers that nobody else gives. */
export class Registrations {
  readonly #tools: RegistrationTools;
  #block: { readonly day: number; next: number; readonly end: number } | undefined;

  constructor(tools: RegistrationTools) {
    this.#tools = tools;
  }

  async add(asked: ParsedRequestOf<'registration.add'>): Promise<One> {
    refuseWrongIns(asked);
    const numbers = await this.#numbers();
    const sealed: Sealed = { asked, numbers, by: by(), entry: entryOf(asked, numbers) };
    const { number, atMs, studyInstanceUid } = numbers;
    const row = { number, day: dayOf(atMs), state: 'open' as const, atMs, changedAtMs: atMs, studyInstanceUid };
    const { station, modality } = asked;
    const event: Event = { ...this.#head(sealed, atMs), kind: 'registration.added', station, modality };
    const owing = this.#tools.hl7.owings.registered(sealed, atMs);
    await this.#tools.records.schedule.register({ ...row, sealed: this.#seal(sealed) }, [event], owing);
    this.#done();
    return { registration: answerOf(row, sealed) };
  }

  async list({ day }: ParsedRequestOf<'registration.list'>): Promise<AnswerInputOf<'registration.list'>> {
    const of = day === undefined ? dayOf(this.#tools.clock.now()) : Number(day);
    const rows = await this.#tools.records.schedule.registered(of, of, MOST_LISTED);
    const pulled = this.#pulled().filter(({ registration }) => dayOf(registration.atMs) === of);
    return {
      registrations: [
        ...rows.map((row) => answerOf(row, this.#open(row))),
        ...pulled.map(({ registration }) => ({ ...registration, isPulled: true as const })),
      ],
    };
  }

  /** Those that are open, of yesterday and later, with what devices are given. */
  async open(): Promise<readonly PulledRegistration[]> {
    const { records, clock } = this.#tools;
    const rows = await records.schedule.registered(dayAfter(clock.now(), -1), LAST_DAY, MOST_OPEN);
    return rows
      .filter(({ state }) => state === 'open')
      .map((row) => {
        const sealed = this.#open(row);
        return { registration: answerOf(row, sealed), entry: sealed.entry };
      });
  }

  async show({ number }: ParsedRequestOf<'registration.show'>): Promise<AnswerInputOf<'registration.show'>> {
    const row = await this.#tools.records.schedule.registeredOf(number);
    if (row === undefined) throw controlFault('control.not-found');
    const told = (await this.#tools.records.hl7.ofNumber(number)).map(toldOf);
    return { registration: answerOf(row, this.#open(row)), told };
  }

  async correct({ number, ...asked }: ParsedRequestOf<'registration.correct'>): Promise<One> {
    refuseWrongIns(asked);
    const row = await this.#known(number);
    const { numbers, by: first, asked: before } = this.#open(row);
    const sealed: Sealed = { asked, numbers, by: first, entry: entryOf(asked, numbers) };
    const owing = (atMs: number): Hl7Owing => this.#tools.hl7.owings.corrected(before, sealed, atMs);
    return this.#change(row, 'open', sealed, owing, (head) => ({ ...head, kind: 'registration.corrected' }));
  }

  async cancel({ number, reason }: ParsedRequestOf<'registration.cancel'>): Promise<One> {
    const row = await this.#known(number);
    const sealed: Sealed = { ...this.#open(row), why: reason };
    const owing = (atMs: number): Hl7Owing => this.#tools.hl7.owings.cancelled(sealed, atMs);
    return this.#change(row, 'cancelled', sealed, owing, (head) => ({
      ...head,
      kind: 'registration.cancelled',
      reason,
    }));
  }

  async #change(
    row: Registered,
    state: Registered['state'],
    sealed: Sealed,
    owing: (atMs: number) => Hl7Owing,
    told: (head: Head) => Event,
  ): Promise<One> {
    const changedAtMs = this.#tools.clock.now();
    const change = { number: row.number, state, changedAtMs, sealed: this.#seal(sealed) };
    const events = [told(this.#head(sealed, changedAtMs))];
    const isChanged = await this.#tools.records.schedule.change(change, events, owing(changedAtMs));
    if (!isChanged) throw controlFault('control.conflict', CANCELLED);
    this.#done();
    return { registration: answerOf({ ...row, state }, sealed) };
  }

  #done(): void {
    this.#tools.told();
    this.#tools.hl7.poke();
  }

  #pulled(): readonly PulledRegistration[] {
    return this.#tools.pulled?.() ?? [];
  }

  async #known(number: string): Promise<Registered> {
    const row = await this.#tools.records.schedule.registeredOf(number);
    if (row === undefined && this.#pulled().some(({ registration }) => registration.number === number))
      throw controlFault('control.conflict', OF_THE_GATEWAY);
    if (row === undefined) throw controlFault('control.not-found');
    if (row.state !== 'open') throw controlFault('control.conflict', CANCELLED);
    return row;
  }

  async #numbers(): Promise<RegistrationNumbers> {
    const atMs = this.#tools.clock.now();
    const [prefix, sequence] = [await this.#prefix(), await this.#sequence(atMs)];
    if (sequence > MOST_OF_A_DAY) throw controlFault('control.conflict', NO_NUMBERS);
    const at = new Date(atMs);
    const day = { year: at.getFullYear(), dayOfYear: dayOfYear(at) };
    return {
      number: temporaryNumber('patient', prefix, day, sequence),
      accession: temporaryNumber('order', prefix, day, sequence),
      studyInstanceUid: `2.25.${BigInt(`0x${uuidHex()}`)}`,
      issuer: `LEADGLASS-${prefix}`,
      atMs,
    };
  }

  /** Reserved ahead, in the database that all nodes of a home share. */
  async #sequence(atMs: number): Promise<number> {
    const day = dayOf(atMs);
    if (this.#block === undefined || this.#block.day !== day || this.#block.next >= this.#block.end) {
      const first = await this.#tools.records.schedule.reserve(day, BLOCK);
      this.#block = { day, next: first, end: first + BLOCK };
    }
    return this.#block.next++;
  }

  /** Drawn once for a home: two homes, or a home and its copy that was carried away, do not give each other's numbers. */
  async #prefix(): Promise<string> {
    const { records } = this.#tools;
    const known = await records.setting(PREFIX_SETTING);
    if (known !== undefined) return known;
    await records.setSetting(PREFIX_SETTING, temporaryPrefix(randomBytes(8)));
    return (await records.setting(PREFIX_SETTING)) ?? '';
  }

  #seal(sealed: Sealed): Uint8Array {
    return this.#tools.sealer.sealJson('registered', sealed.numbers.number, JSON.stringify(sealed));
  }

  #open({ number, sealed }: Registered): Sealed {
    return this.#tools.sealer.openJson('registered', number, sealed) as Sealed;
  }

  #head({ numbers }: Sealed, atMs: number): Head {
    const { number, issuer, studyInstanceUid } = numbers;
    const patient = this.#tools.pseudonym(issuer, number);
    return { id: uuidv7(atMs), atMs, by: by(), number, patient, studyInstanceUid };
  }
}

function answerOf(row: Pick<Registered, 'state'>, { asked, numbers, by: who, why }: Sealed): One['registration'] {
  const { number, accession, studyInstanceUid, atMs } = numbers;
  return {
    ...{ ...asked, number, accession, studyInstanceUid, state: row.state, atMs, by: who },
    ...(why === undefined ? {} : { why }),
  };
}

function refuseWrongIns({ ins }: RegistrationAsked): void {
  if (ins !== undefined && !hasRightKey(ins)) throw controlFault('control.bad-request', WRONG_INS);
}

/** 1 to 366. */
function dayOfYear(at: Date): number {
  const days = Date.UTC(at.getFullYear(), at.getMonth(), at.getDate()) - Date.UTC(at.getFullYear(), 0, 1);
  return days / 86_400_000 + 1;
}

/** A random UUID (version 4, RFC 9562) in hexadecimal, for a UID under 2.25 (PS3.5 §B.2). */
function uuidHex(): string {
  const bytes = randomBytes(UUID_BYTES);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex');
}

const OF_THE_GATEWAY = text(
  'Cet enregistrement est celui de la passerelle : ce boîtier le montre et ne le change pas.',
  'This registration is the gateway’s: this box shows it and does not change it.',
);
const CANCELLED = text('Cet enregistrement est annulé.', 'This registration is cancelled.');
const NO_NUMBERS = text(
  'Tous les numéros temporaires du jour sont donnés.',
  'All temporary numbers of the day have been given.',
);
const WRONG_INS = text(
  'La clé de l’INS est fausse : vérifiez les 15 caractères, ou enregistrez sans INS.',
  'The key of the INS is wrong: check its 15 characters, or register without it.',
);
