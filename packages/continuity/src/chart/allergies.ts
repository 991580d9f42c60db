import type { AllergyAnswer, AllergyVersionAnswer } from '@leadglass/contract';
import type { AllergyReading, Coded } from '@leadglass/hl7';
import { wordsOf } from './names.ts';
import type { Told } from './told.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface Allergy extends AllergyAnswer {
  readonly versions: Mutable<AllergyVersionAnswer>[];
  number: string;
}

/** IAM-17 (table 0438) and FHIR's verification: it was never so. */
const ERRONEOUS: ReadonlySet<string> = new Set(['E', 'Erroneous', 'entered-in-error']);
/** Of what stands on the paper: what is in force before what is not. */
const RANKS = { current: 0, unrepeated: 2, superseded: 2, removed: 3 } as const;

/**
 * Allergies as they were told, message after message. An AL1 of an admission is a line of a list that is sent whole (v2.5.1 §2.10.4): what the list has no longer is
 * told as such and stays, since a system that sends part of a list must not make an allergy vanish. In other messages a line only adds. IAM and FHIR tell of one.
 */
export class Allergies {
  readonly #byKey = new Map<string, Allergy>();
  readonly #all = new Set<Allergy>();

  /** In force first, those that say that none is known behind them; then what was told no longer, then what was withdrawn. */
  get all(): readonly AllergyAnswer[] {
    const shown = [...this.#all].map(({ feed, source, versions }): AllergyAnswer => ({ feed, source, versions }));
    return shown.sort((a, b) => rankOf(a) - rankOf(b));
  }

  /** What a message told, after all those before it. */
  enter(told: Told): void {
    const { allergies = [], kind } = told;
    const listed = new Set<Allergy>();
    for (const allergy of allergies) {
      const entered = this.#one(told, allergy);
      if (entered !== undefined && allergy.source === 'AL1') listed.add(entered);
    }
    const isList = kind === 'admission' && allergies.some(({ source }) => source === 'AL1');
    if (isList) this.#unrepeat(told.feed, listed);
  }

  #unrepeat(feed: string, listed: ReadonlySet<Allergy>): void {
    for (const allergy of this.#all) {
      const [newest] = allergy.versions;
      const isOfList = allergy.feed === feed && allergy.source === 'AL1' && !listed.has(allergy);
      if (isOfList && newest?.state === 'current') newest.state = 'unrepeated';
    }
  }

  #one(told: Told, reading: AllergyReading): Allergy | undefined {
    const keys = keysOf(told.feed, reading);
    const known = this.#known(keys, reading.number);
    if (keys.length === 0) return undefined;
    const version = versionOf(told, reading, known?.versions[0]);
    const allergy = known ?? { feed: told.feed, source: reading.source, number: reading.number, versions: [] };
    this.#all.add(allergy);
    allergy.number ||= reading.number;
    for (const key of keys) this.#byKey.set(key, allergy);
    add(allergy, version);
    return allergy;
  }

  /** By its number; by its substance where one of the two has no number. */
  #known(keys: readonly string[], number: string): Allergy | undefined {
    const found = keys.map((key) => this.#byKey.get(key)).filter((each) => each !== undefined);
    return found.find((each) => number === '' || each.number === '' || each.number === number);
  }
}

function keysOf(feed: string, { source, number, code }: AllergyReading): readonly string[] {
  const substance = code.id === '' ? wordsOf(code.text || code.otherText || code.otherId).join(' ') : code.id;
  const ofNumber = number === '' ? [] : [JSON.stringify([feed, source, 'number', number])];
  const system = code.id === '' ? '' : code.system;
  return substance === '' ? ofNumber : [...ofNumber, JSON.stringify([feed, source, substance, system])];
}

function add({ versions }: Allergy, version: Mutable<AllergyVersionAnswer>): void {
  const [newest] = versions;
  if (newest !== undefined && isSame(newest, version)) {
    // Said again after a list that had it not: it stands.
    if (newest.state !== 'removed') newest.state = 'current';
    return;
  }
  if (newest !== undefined && newest.state !== 'removed') newest.state = 'superseded';
  versions.unshift(version);
}

function versionOf(
  { message, heardMs }: Told,
  reading: AllergyReading,
  before: AllergyVersionAnswer | undefined,
): Mutable<AllergyVersionAnswer> {
  const { action, kind, severity, reactions, identifiedAt, sensitivity, status, notes } = reading;
  const isRemoved = action === 'D' || status.some((each) => ERRONEOUS.has(each));
  // A withdrawal that names a number alone shows what it withdraws.
  const code = isNothing(reading.code) ? (before?.code ?? reading.code) : reading.code;
  return {
    ...{ message, state: isRemoved ? 'removed' : 'current', kind, code, isNoneKnown: isNoneKnown(code) },
    ...{ severity, reactions, identifiedAt, sensitivity, status, notes, heardMs },
  };
}

function isNothing({ id, text, otherId, otherText }: Coded): boolean {
  return id + text + otherId + otherText === '';
}

function isSame(one: AllergyVersionAnswer, other: AllergyVersionAnswer): boolean {
  const said = ({ message: _message, heardMs: _heardMs, state, ...rest }: AllergyVersionAnswer) =>
    JSON.stringify([rest, state === 'removed']);
  return said(one) === said(other);
}

function rankOf({ versions: [newest] }: AllergyAnswer): number {
  if (newest === undefined) return RANKS.removed;
  return RANKS[newest.state] + (newest.state === 'current' && newest.isNoneKnown ? 1 : 0);
}

/** SNOMED CT: no known allergy; none to drugs, to food, to what is around. */
const NONE_KNOWN: ReadonlySet<string> = new Set(['716186003', '409137002', '429625007', '428607008']);
const SNOMED: ReadonlySet<string> = new Set(['SCT', 'SNM', 'http://snomed.info/sct', '2.16.840.1.113883.6.96']);
/** `no-known-allergies`, `no-known-medication-allergies`, … of HL7's International Patient Summary. */
const IPS_NONE_KNOWN = /^no-known-[a-z-]*allergies$/;
/** Whole texts that say it, accents and case aside: a text that says more is shown as an allergy. */
const WORDS_FOR_NONE: ReadonlySet<string> = new Set([
  'AUCUNE ALLERGIE CONNUE',
  'AUCUNE ALLERGIE',
  'PAS D ALLERGIE CONNUE',
  'PAS D ALLERGIE',
  'AUCUNE ALLERGIE MEDICAMENTEUSE CONNUE',
  'NO KNOWN ALLERGY',
  'NO KNOWN ALLERGIES',
  'NO KNOWN DRUG ALLERGY',
  'NO KNOWN DRUG ALLERGIES',
  'NKA',
  'NKDA',
]);

/** Whether what stands for a substance says that none is known: by code, or because nothing else is said. */
export function isNoneKnown({ id, text, system, otherId, otherSystem }: Coded): boolean {
  if (isCodeForNone(id, system) || isCodeForNone(otherId, otherSystem)) return true;
  return WORDS_FOR_NONE.has(wordsOf(text || id).join(' '));
}

function isCodeForNone(id: string, system: string): boolean {
  return (SNOMED.has(system) && NONE_KNOWN.has(id)) || IPS_NONE_KNOWN.test(id);
}
