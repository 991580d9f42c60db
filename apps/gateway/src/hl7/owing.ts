import type { Sealer } from '@leadglass/catalogue';
import type { ReconciledIdentity } from '@leadglass/contract';
import type { Letter } from '@leadglass/hl7';
import { uuidv7 } from '@leadglass/kit';
import type { Event, Hl7Destination, Hl7Told } from '@leadglass/model';
import type { Hl7Change, Hl7Letter, Hl7Owing, NewHl7, OwedHl7 } from '@leadglass/records';
import type { RegistrationAsked, RegistrationNumbers } from '../schedule/registration-entry.ts';
import {
  LETTER_NAMES,
  newControlId,
  reconciledPatient,
  registeredOrder,
  registeredPatient,
  sealLetter,
  temporaryIdentifier,
} from './letter.ts';

/** What a letter is about. What is told of one topic follows what was told of it before. */
type Topic = 'patient' | 'order' | 'merge';
const TOPICS: Readonly<Record<Hl7Letter, Topic>> = {
  ...{ A04: 'patient', A08: 'patient', A11: 'patient' },
  ...{ NW: 'order', XO: 'order', CA: 'order' },
  ...{ A40: 'merge', unmerge: 'merge' },
};
const TAKEN_AS: Readonly<Record<Topic, Hl7Told>> = { patient: 'registrations', order: 'orders', merge: 'merges' };

/** What was registered, and its numbers. */
export interface OfRegistration {
  readonly asked: RegistrationAsked;
  readonly numbers: RegistrationNumbers;
}

export interface OwingTools {
  readonly sealer: Sealer;
  rules(): { readonly hl7Destinations: readonly Hl7Destination[] };
}

/** What acts on registrations make information systems owed. Decided within the transaction of the act, from what each was told so far. */
export class Hl7Owings {
  readonly #tools: OwingTools;

  constructor(tools: OwingTools) {
    this.#tools = tools;
  }

  registered(of: OfRegistration, atMs: number): Hl7Owing {
    return this.#owing(of.numbers, atMs, (desk) => {
      desk.add('A04', patientLetter('A04', of));
      desk.add('NW', orderLetter('NW', of));
    });
  }

  /** What was not told yet, or was not taken, is told as it is now; what was told is corrected. */
  corrected(before: RegistrationAsked, of: OfRegistration, atMs: number): Hl7Owing {
    const isPatientOther = isOther(before, of.asked, PATIENT_FIELDS);
    const isOrderOther = isOther(before, of.asked, ORDER_FIELDS);
    return this.#owing(of.numbers, atMs, (desk) => {
      // Merged, they go by another number and what is known of it.
      if (isPatientOther && !desk.isKnown('merge')) {
        const letter = desk.isTold('patient') ? 'A08' : 'A04';
        desk.withdraw('patient');
        desk.add(letter, patientLetter(letter, of));
      }
      if (desk.isTold('order') && !isOrderOther) return;
      const letter = desk.isTold('order') ? 'XO' : 'NW';
      desk.withdraw('order');
      desk.add(letter, orderLetter(letter, of));
    });
  }

  /** What was never told is not told; what was is cancelled. */
  cancelled(of: OfRegistration, atMs: number): Hl7Owing {
    return this.#owing(of.numbers, atMs, (desk) => {
      const [isPatientTold, isOrderTold] = [desk.isTold('patient'), desk.isTold('order')];
      desk.withdraw('order');
      desk.withdraw('patient');
      if (isOrderTold) desk.add('CA', orderLetter('CA', of));
      // Whom they were merged with stays.
      if (isPatientTold && !desk.isTold('merge')) desk.add('A11', patientLetter('A11', of));
    });
  }

  /** Whoever knows the temporary number is told whose it is. The order made here is not wanted where theirs is known. */
  reconciled(of: OfRegistration, identity: ReconciledIdentity, atMs: number): Hl7Owing {
    const patient = reconciledPatient(identity);
    const hasOrder = identity.accession !== undefined && identity.accession !== of.numbers.accession;
    return this.#owing(of.numbers, atMs, (desk) => {
      desk.withdraw('merge');
      const isMerged = desk.isKnown('patient') && desk.takes('merge');
      if (isMerged) desk.add('A40', { event: 'A40', patient, from: [temporaryIdentifier(of.numbers)] });
      if (!hasOrder) return;
      const isOrderTold = desk.isTold('order');
      desk.withdraw('order');
      if (!isOrderTold) return;
      const cancel = orderLetter('CA', of);
      desk.add('CA', isMerged ? { ...cancel, patient } : cancel);
    });
  }

  /** What a receiver that was declared afterwards does not know yet. */
  late(of: OfRegistration, identity: ReconciledIdentity | undefined, atMs: number): Hl7Owing {
    const hasOrder = identity?.accession !== undefined && identity.accession !== of.numbers.accession;
    return this.#owing(of.numbers, atMs, (desk) => {
      const isPatientKnown = desk.isKnown('patient') || desk.takes('patient');
      if (!desk.isKnown('patient')) desk.add('A04', patientLetter('A04', of));
      if (!desk.isKnown('order') && !hasOrder) desk.add('NW', orderLetter('NW', of));
      if (identity !== undefined && isPatientKnown && !desk.isKnown('merge'))
        desk.add('A40', {
          ...{ event: 'A40', patient: reconciledPatient(identity) },
          from: [temporaryIdentifier(of.numbers)],
        });
    });
  }

  /** Nothing says in HL7 that a merge is to be undone: what went out is a person’s to mend, what did not is not sent. */
  takenBack(of: OfRegistration, isOpen: boolean, atMs: number): Hl7Owing {
    return this.#owing(of.numbers, atMs, (desk) => {
      const isDone = desk.isTold('merge') || desk.wasTold('CA');
      desk.withdraw('merge');
      desk.withdrawLetter('CA');
      if (isDone) desk.byHand();
      else if (isOpen && !desk.isKnown('order')) desk.add('NW', orderLetter('NW', of));
    });
  }

  #owing(numbers: RegistrationNumbers, atMs: number, act: (desk: Desk) => void): Hl7Owing {
    const { sealer, rules } = this.#tools;
    const known = rules().hl7Destinations;
    return {
      ...{ number: numbers.number, atMs },
      decide: (told) => {
        const names = new Set([...known.map(({ name }) => name), ...told.map(({ destination }) => destination)]);
        const changes = [...names].map((name) => {
          const destination = known.find((each) => each.name === name);
          const desk = new Desk({ sealer, numbers, atMs, name, destination }, rowsOf(told, name));
          act(desk);
          return desk.change;
        });
        return {
          withdrawn: changes.flatMap(({ withdrawn }) => withdrawn),
          added: changes.flatMap(({ added }) => added),
          events: changes.flatMap(({ events }) => events),
        };
      },
    };
  }
}

const rowsOf = (told: readonly OwedHl7[], name: string): readonly OwedHl7[] =>
  told.filter(({ destination, state }) => destination === name && state !== 'withdrawn');

interface DeskOf {
  readonly sealer: Sealer;
  readonly numbers: RegistrationNumbers;
  readonly atMs: number;
  readonly name: string;
  /** Undefined where it is not told of anything any more. */
  readonly destination: Hl7Destination | undefined;
}

/** One receiver, and what it was told of one registration. */
class Desk {
  readonly #of: DeskOf;
  readonly #rows: readonly OwedHl7[];
  readonly #withdrawn = new Set<number>();
  readonly #added: NewHl7[] = [];
  readonly #events: Event[] = [];

  constructor(of: DeskOf, rows: readonly OwedHl7[]) {
    this.#of = of;
    this.#rows = rows;
  }

  get change(): Hl7Change {
    return { withdrawn: [...this.#withdrawn], added: this.#added, events: this.#events };
  }

  takes(topic: Topic): boolean {
    return this.#of.destination?.messages.includes(TAKEN_AS[topic]) === true;
  }

  /** Whether it knows, or may know, something of a topic: it took it, may have it, or a person saw to it there. */
  isTold(topic: Topic): boolean {
    return this.#standing.some((row) => TOPICS[row.letter] === topic && isTold(row));
  }

  wasTold(letter: Hl7Letter): boolean {
    return this.#standing.some((row) => row.letter === letter && isTold(row));
  }

  /** Whether it is told, or is going to be. */
  isKnown(topic: Topic): boolean {
    return this.#standing.some(({ letter }) => TOPICS[letter] === topic);
  }

  withdraw(topic: Topic): void {
    for (const row of this.#standing) if (TOPICS[row.letter] === topic) this.#withdraw(row);
  }

  withdrawLetter(letter: Hl7Letter): void {
    for (const row of this.#standing) if (row.letter === letter) this.#withdraw(row);
  }

  add(letter: Hl7Letter, content: Letter): void {
    if (!this.takes(TOPICS[letter])) return;
    const { sealer, atMs } = this.#of;
    const controlId = newControlId(atMs);
    this.#added.push({ ...this.#facts(letter, controlId), atMs, sealed: sealLetter(sealer, controlId, content) });
  }

  byHand(): void {
    const { atMs } = this.#of;
    const facts = this.#facts('unmerge', newControlId(atMs));
    this.#added.push({ ...facts, atMs, sealed: undefined });
    this.#events.push({ id: uuidv7(atMs), atMs, kind: 'hl7.by-hand', ...told(facts) });
  }

  get #standing(): readonly OwedHl7[] {
    return this.#rows.filter(({ id }) => !this.#withdrawn.has(id));
  }

  #withdraw(row: OwedHl7): void {
    if (!isOpen(row)) return;
    const { atMs } = this.#of;
    this.#withdrawn.add(row.id);
    this.#events.push({ id: uuidv7(atMs), atMs, kind: 'hl7.withdrawn', ...told(row) });
  }

  #facts(letter: Hl7Letter, controlId: string) {
    const { numbers, name } = this.#of;
    const { number, studyInstanceUid } = numbers;
    return { number, studyInstanceUid, destination: name, letter, controlId };
  }
}

/** What an event tells of a message. */
export function told({
  destination,
  letter,
  controlId,
  number,
  studyInstanceUid,
}: Pick<OwedHl7, 'destination' | 'letter' | 'controlId' | 'number' | 'studyInstanceUid'>) {
  return { destination, message: LETTER_NAMES[letter], controlId, number, studyInstanceUid };
}

/** Its receiver has not got it: it never left, or was not taken. */
const isOpen = ({ state, isSent }: OwedHl7): boolean => state === 'refused' || (state === 'waiting' && !isSent);
const isTold = (row: OwedHl7): boolean => row.state !== 'by-hand' && !isOpen(row);

const PATIENT_FIELDS = ['familyName', 'givenName', 'birthDate', 'sex'] as const;
const ORDER_FIELDS = ['procedure', 'modality', 'station', 'priority', 'reason', 'requester'] as const;

function isOther(a: RegistrationAsked, b: RegistrationAsked, fields: readonly (keyof RegistrationAsked)[]): boolean {
  return fields.some((field) => a[field] !== b[field]);
}

function patientLetter(event: 'A04' | 'A08' | 'A11', { asked, numbers }: OfRegistration): Letter {
  return { event, patient: registeredPatient(asked, numbers) };
}

function orderLetter(control: 'NW' | 'XO' | 'CA', { asked, numbers }: OfRegistration) {
  return {
    ...({ event: 'O01', control } as const),
    ...{ patient: registeredPatient(asked, numbers), order: registeredOrder(asked, numbers) },
  } satisfies Letter;
}
