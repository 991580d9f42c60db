import type { ImportResultSchema } from '@leadglass/contract';
import { MOST_NOT_STORED } from '@leadglass/contract';
import { type Text, text } from '@leadglass/kit';
import type { z } from 'zod';
import type { Fate } from './judge.ts';
import type { MediumObject } from './medium.ts';
import type { Mode, ObjectEnd } from './messages.ts';
import type { Answered } from './sending.ts';

/** What became of an object: its images are in the gateway's custody and go on; a person has to decide; it was not taken; it was not sent. */
export type ImportOutcome = 'stored' | 'held' | 'refused' | 'left';

/** One object, and what became of it. */
export interface ImportResult {
  readonly object: MediumObject;
  readonly fate: Fate;
  readonly outcome: ImportOutcome;
  /** Whether its original is kept beside the copy that went on. */
  readonly isOriginalKept: boolean;
  readonly why?: Text;
  /** C-STORE status, when one was given. */
  readonly status?: number;
  readonly originalSha256?: string;
  readonly copySha256?: string;
  readonly pixelSha256?: string;
}

const SUCCESS = 0x0000;
/** PS3.7 §C.4.4, which the gateway answers an import with when it holds. */
const HELD = 0x0124;

function outcomeOf(answered: Answered): ImportOutcome {
  if (answered === undefined) return 'left';
  if (answered.status === SUCCESS) return 'stored';
  return answered.status === HELD ? 'held' : 'refused';
}

/** The result of one object, as it comes about. */
export class ObjectTally {
  readonly #object: MediumObject;
  readonly #fate: Fate;
  readonly #answers = new Map<Mode, Answered>();
  #ends: Partial<ObjectEnd> = {};
  #why: Text | undefined;

  constructor(object: MediumObject, fate: Fate) {
    this.#object = object;
    this.#fate = fate;
  }

  answered(mode: Mode, answer: Answered): void {
    this.#answers.set(mode, answer);
  }

  /** Whether the original is where it is to be before a copy goes on. */
  get isReadyForCopy(): boolean {
    return this.#fate !== 'disarm' || this.#isKept;
  }

  ended(end: ObjectEnd): void {
    this.#ends = { ...this.#ends, ...end };
    if (end.why !== undefined) this.left(end.why.text);
  }

  left(why: Text): void {
    this.#why ??= why;
  }

  get result(): ImportResult {
    const { originalSha256, copySha256, pixelSha256 } = this.#ends;
    const status = [...this.#answers.values()].at(-1)?.status;
    const outcome = this.#outcome;
    const why = outcome === 'stored' && this.#fate === 'copy' ? undefined : (this.#why ?? this.#reason(outcome));
    return {
      ...{ object: this.#object, fate: this.#fate, outcome, isOriginalKept: this.#isKept },
      ...(why === undefined ? {} : { why }),
      ...(status === undefined ? {} : { status }),
      ...(originalSha256 === undefined ? {} : { originalSha256 }),
      ...(copySha256 === undefined ? {} : { copySha256 }),
      ...(pixelSha256 === undefined ? {} : { pixelSha256 }),
    };
  }

  get #isKept(): boolean {
    return this.#answers.has('original') && outcomeOf(this.#answers.get('original')) === 'held';
  }

  get #outcome(): ImportOutcome {
    if (this.#fate === 'refuse') return 'refused';
    const sent: Mode = this.#answers.has('copy') ? 'copy' : this.#answers.has('as-is') ? 'as-is' : 'original';
    if (!this.#answers.has(sent)) return 'left';
    return outcomeOf(this.#answers.get(sent));
  }

  /** The gravest finding of what was not passed on; else what the gateway's answer means. */
  #reason(outcome: ImportOutcome): Text | undefined {
    const { findings, unfinished } = this.#object.looked;
    const grave = GRAVEST_FIRST.flatMap((severity) => findings.filter((finding) => finding.severity === severity))[0];
    if (grave !== undefined) return grave.text;
    if (unfinished.length > 0) return UNFINISHED;
    return outcome === 'left' ? NOT_TAKEN : outcome === 'stored' ? undefined : BY_GATEWAY;
  }
}

const GRAVEST_FIRST = ['malicious', 'malformed', 'suspicious'] as const;
const UNFINISHED = text('Un contrôle n’a pas pu aller jusqu’au bout.', 'A check could not be completed.');
const NOT_TAKEN = text(
  'La passerelle n’accepte pas cette sorte d’objet (classe SOP privée ou codage inconnu).',
  'The gateway does not take this sort of object (private SOP class or unknown encoding).',
);
const BY_GATEWAY = text(
  'La passerelle en a décidé ainsi en recevant l’objet : voir ./leadglass hold list et ./leadglass log.',
  'The gateway decided so on receiving the object: see ./leadglass hold list and ./leadglass log.',
);

type Counts = Omit<z.output<typeof ImportResultSchema>, 'importId'>;

/** The whole in figures, and for the ledger what was not stored. */
export function countsOf(results: readonly ImportResult[]): Counts {
  const count = (is: (result: ImportResult) => boolean) => results.filter(is).length;
  const others = results.filter(({ outcome }) => outcome !== 'stored');
  return {
    stored: count(({ outcome }) => outcome === 'stored'),
    originals: count(({ outcome, isOriginalKept }) => outcome === 'stored' && isOriginalKept),
    held: count(({ outcome }) => outcome === 'held'),
    refused: count(({ outcome }) => outcome === 'refused'),
    left: count(({ outcome }) => outcome === 'left'),
    notStored: others.slice(0, MOST_NOT_STORED).map(({ object, outcome }) => {
      const uid = object.sopInstanceUid.replace(/[^0-9.]/g, '?').slice(0, 64) || '-';
      const codes = [...new Set(object.looked.findings.map(({ code }) => code))].slice(0, 2).join(',');
      return `${uid} ${object.about.reveal().sha256} ${outcome} ${codes}`.trim().slice(0, 250);
    }),
  };
}
