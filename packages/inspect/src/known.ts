import { type Text, text } from '@leadglass/kit';
import type { Finding } from '@leadglass/model';
import type { ObjectFacts } from './facts.ts';
import type { FindingKind } from './inspector.ts';
import { kindsOf } from './kind.ts';

const kind = kindsOf('known');

/** What an object can contradict of what was known before it came. */
export const KNOWN_KINDS = {
  otherPatient: kind(
    'other-patient',
    'suspicious',
    'PS3.3 §A.1.2, §C.7.2.1',
    'Cet examen est déjà connu sous un autre patient : l’image serait rangée dans le dossier de quelqu’un d’autre.',
    'This study is already known under another patient: the image would be filed with somebody else’s.',
  ),
  otherPixels: kind(
    'other-pixels',
    'suspicious',
    'PS3.5 §9',
    'Une image portant le même identifiant est déjà connue, et ses pixels étaient différents : l’un des deux envois n’est pas l’original.',
    'An image with the same identifier is already known, and its pixels were different: one of the two is not the original.',
  ),
  otherContent: kind(
    'other-content',
    'information',
    'PS3.5 §9',
    'Un objet portant le même identifiant est déjà connu avec un autre contenu ; les deux sont gardés. C’est courant après une correction.',
    'An object with the same identifier is already known with other content; both are kept. This is common after a correction.',
  ),
  destroyedBefore: kind(
    'destroyed-before',
    'suspicious',
    '',
    'Ce même objet, à l’octet près, a déjà été retenu puis détruit par décision d’une personne.',
    'This very object, to the byte, was held before and destroyed by a person’s decision.',
  ),
  heldBefore: kind(
    'held-before',
    'information',
    '',
    'Ce même objet, à l’octet près, est déjà retenu et attend la décision d’une personne.',
    'This very object, to the byte, is held already and waits for a person’s decision.',
  ),
  newCreator: kind(
    'new-private-creator',
    'information',
    'PS3.5 §7.8.1',
    'Cet appareil n’avait encore jamais envoyé d’éléments de ce fabricant : il a été mis à jour, ou un autre se présente à sa place.',
    'This device had never sent elements of this maker before: it was updated, or another one presents itself in its place.',
  ),
  otherDevice: kind(
    'other-device',
    'information',
    'PS3.3 §C.7.5.1',
    'Ce titre AE envoie une image d’un appareil d’un autre fabricant ou modèle que jusqu’ici.',
    'This AE title sends an image of a device of another maker or model than so far.',
  ),
  newSerial: kind(
    'new-serial-number',
    'information',
    'PS3.3 §C.7.5.1',
    'L’appareil derrière ce titre AE a un autre numéro de série que jusqu’ici : il a été réparé ou remplacé, ou un autre se présente à sa place.',
    'The device behind this AE title has another serial number than so far: it was repaired or replaced, or another one presents itself in its place.',
  ),
  deviceOfOther: kind(
    'device-of-other-title',
    'information',
    'PS3.3 §C.7.5.1',
    'Ce titre AE envoie une image d’un appareil connu sous un autre titre.',
    'This AE title sends an image of a device known under another title.',
  ),
  future: kind(
    'date-in-future',
    'information',
    'PS3.3 §C.7.2.1',
    'L’examen est daté de plus d’un mois dans le futur : l’horloge de l’appareil est sans doute fausse.',
    'The study is dated more than a month in the future: the device’s clock is probably wrong.',
  ),
  past: kind(
    'date-before-imaging',
    'information',
    'PS3.3 §C.7.2.1',
    'L’examen est daté d’avant l’invention de la radiographie : la date ne peut pas être vraie.',
    'The study is dated before radiography was invented: the date cannot be true.',
  ),
  beforeBirth: kind(
    'date-before-birth',
    'information',
    'PS3.3 §C.7.1.1, §C.7.2.1',
    'L’examen est daté d’avant la naissance du patient : l’une des deux dates est fausse.',
    'The study is dated before the patient’s birth: one of the two dates is wrong.',
  ),
} as const;

/** What the gateway knew before this object, as far as it concerns it. */
export interface KnownFacts {
  /** Wall time, milliseconds since the epoch. */
  readonly nowMs: number;
  /** Pseudonyms of the patients this study was delivered under; empty when the study is new. */
  readonly studyPatients: readonly string[];
  /** An object with the same SOP Instance UID and other content is in custody. */
  readonly hasOtherContent: boolean;
  /** Digests of the pixels known under this SOP Instance UID and transfer syntax; empty when none was taken. */
  readonly instancePixels: readonly string[];
  /** What became of a hold of the very same bytes; undefined when there was none. */
  readonly earlierHold: 'held' | 'released' | 'destroyed' | undefined;
  /** Digests of the private creators this peer has sent before; empty for one that is new to us. */
  readonly peerCreators: ReadonlySet<string>;
  /** The device it says it comes from, when that is not one known under its title; absent when it is, or the object does not say. */
  readonly newDevice?: NewDevice;
}

/** A device that is new under a title. */
export interface NewDevice {
  readonly title: string;
  /** Devices known under that title; none for a title that is new to us. */
  readonly ofTitle: readonly { readonly manufacturer: string; readonly model: string }[];
  /** Other titles this very device is known under. */
  readonly others: readonly string[];
  /** Whether the site wants such objects held. */
  readonly isHeld: boolean;
}

/** An object that has come in, with the pseudonyms its patient may be known by: with the issuer of the number and without. */
export interface ArrivingFacts extends ObjectFacts {
  readonly patients: readonly string[];
}

const DAY_MS = 86_400_000;
/** A device's clock may be off by a time zone or a day; beyond a month it is another date. */
const FUTURE_MS = 31 * DAY_MS;
/** Röntgen's first radiograph: 8 November 1895. */
const FIRST_RADIOGRAPH = 18951108;
const MOST_CREATOR_FINDINGS = 4;

/** What `facts` contradicts of `known`, as findings. Pure. Never holds a value of the object (INSPECT-216 to 224). */
export function contradictions(facts: ArrivingFacts, known: KnownFacts): Finding[] {
  return [
    ...ofPatient(facts, known),
    ...ofContent(facts, known),
    ...ofDates(facts, known),
    ...ofCreators(facts, known),
    ...ofDevice(facts, known),
  ];
}

/** Objects without a patient's number contradict nobody's. */
function ofPatient({ patients }: ArrivingFacts, { studyPatients }: KnownFacts): Finding[] {
  const isNew = patients.length === 0 || studyPatients.length === 0;
  return isNew || patients.some((one) => studyPatients.includes(one))
    ? []
    : [at(KNOWN_KINDS.otherPatient, '(0010,0020)')];
}

function ofContent({ pixelSha256 }: ArrivingFacts, known: KnownFacts): Finding[] {
  const findings: Finding[] = [];
  const { hasOtherContent, instancePixels, earlierHold } = known;
  const areOtherPixels = pixelSha256 !== '' && instancePixels.length > 0 && !instancePixels.includes(pixelSha256);
  if (areOtherPixels) findings.push(at(KNOWN_KINDS.otherPixels, '(7FE0,0010)'));
  else if (hasOtherContent) findings.push(at(KNOWN_KINDS.otherContent, '(0008,0018)'));
  if (earlierHold === 'destroyed') findings.push(at(KNOWN_KINDS.destroyedBefore, ''));
  if (earlierHold === 'held') findings.push(at(KNOWN_KINDS.heldBefore, ''));
  return findings;
}

function ofDates({ earliestDate, latestDate, isBeforeBirth }: ArrivingFacts, { nowMs }: KnownFacts): Finding[] {
  const findings: Finding[] = [];
  const latestPossible = Number(new Date(nowMs + FUTURE_MS).toISOString().slice(0, 10).replaceAll('-', ''));
  if (latestDate > latestPossible) findings.push(at(KNOWN_KINDS.future, '(0008,0020)'));
  if (earliestDate > 0 && earliestDate < FIRST_RADIOGRAPH) findings.push(at(KNOWN_KINDS.past, '(0008,0020)'));
  if (isBeforeBirth) findings.push(at(KNOWN_KINDS.beforeBirth, '(0010,0030)'));
  return findings;
}

/** Of a peer that is new to us everything is new, and nothing is said. */
function ofCreators({ creators }: ArrivingFacts, { peerCreators }: KnownFacts): Finding[] {
  if (peerCreators.size === 0) return [];
  const unknown = creators.filter(({ digest }) => !peerCreators.has(digest));
  return unknown.slice(0, MOST_CREATOR_FINDINGS).map(({ path }) => at(KNOWN_KINDS.newCreator, path));
}

/** A title with so many devices behind it is an archive's or a workstation's: a further one says nothing. */
const MANY_DEVICES = 4;

function ofDevice({ manufacturer, model }: ArrivingFacts, { newDevice }: KnownFacts): Finding[] {
  if (newDevice === undefined || newDevice.ofTitle.length === 0) return [];
  const { ofTitle, others, isHeld, title } = newDevice;
  if (ofTitle.length >= MANY_DEVICES && !isHeld) return [];
  const isSameModel = ofTitle.some((known) => isLike(known.manufacturer, manufacturer) && isLike(known.model, model));
  const [owner] = others;
  const kindOf = isSameModel ? KNOWN_KINDS.newSerial : KNOWN_KINDS.otherDevice;
  const found =
    owner === undefined
      ? at(kindOf, '(0018,1000)')
      : { ...at(KNOWN_KINDS.deviceOfOther, '(0018,1000)'), text: cameFrom(title, owner) };
  return [isHeld ? { ...found, severity: 'suspicious' } : found];
}

const isLike = (a: string, b: string): boolean => a.toUpperCase() === b.toUpperCase();

/** AE titles of peers, which are no patient data. */
const cameFrom = (title: string, owner: string): Text =>
  text(
    `Le titre de ${title} est venu avec une image de l’appareil de ${owner} : un appareil a été déplacé, ou l’un se présente pour l’autre.`,
    `${title}'s title came with an image of ${owner}'s device: a device was moved, or one presents itself as the other.`,
  );

function at({ inspector, code, severity, cites, text }: FindingKind, path: string): Finding {
  return { inspector, code, severity, path, offset: -1, text, cites };
}
