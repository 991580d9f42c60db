import { type ElementHead, TAG, type Tag } from '@leadglass/dicom';
import { latin1 } from '../bytes.ts';
import { BEGINNING_BYTES, type FindingKind, type Inspector, type ObjectContext, type Scene } from '../inspector.ts';
import { kindsOf } from '../kind.ts';
import { BurnedIn } from './burned-in.ts';
import { folded, NEEDLE_OVERLAP, Needles, SHORTEST_WORD } from './needles.ts';

const kind = kindsOf('confidentiality');

/** Where patient data stands that whoever passes an object on may not expect. Information: nothing is held for it. */
export const CONFIDENTIALITY_KINDS = {
  inPrivate: kind(
    'patient-in-private',
    'information',
    'PS3.15 §E.3.10',
    'Une donnée du patient (nom, numéro ou date de naissance) figure aussi dans un élément propre au fabricant, que l’anonymisation peut oublier.',
    'A patient value (name, number or birth date) also stands in a manufacturer’s own element, which de-identification may miss.',
  ),
  inDescription: kind(
    'patient-in-description',
    'information',
    'PS3.15 §E.3.6',
    'Une donnée du patient (nom, numéro ou date de naissance) figure dans une description ou un commentaire.',
    'A patient value (name, number or birth date) stands in a description or comment.',
  ),
  inFileName: kind(
    'patient-in-file-name',
    'information',
    'PS3.15 §E.1.1',
    'Le nom du fichier contient une donnée du patient (nom, numéro ou date de naissance).',
    'The file’s name holds a patient value (name, number or birth date).',
  ),
  inUid: kind(
    'patient-in-uid',
    'information',
    'PS3.15 §E.3.9, PS3.5 §9',
    'Un identifiant technique (UID) contient le numéro du patient ou sa date de naissance : l’anonymiser demande de le remplacer.',
    'A technical identifier (UID) holds the patient’s number or birth date: to de-identify it has to be replaced.',
  ),
  burnedIn: kind(
    'burned-in-declared',
    'information',
    'PS3.3 §C.7.6.1.1.3',
    'L’appareil déclare que des données du patient sont incrustées dans l’image.',
    'The device declares that patient data is burned into the image.',
  ),
  maybeBurnedIn: kind(
    'burned-in-suspected',
    'information',
    'PS3.3 §C.7.6.1.1.3',
    'Ce genre d’image porte souvent des données du patient incrustées, et l’appareil ne déclare pas le contraire.',
    'This sort of image often has patient data burned in, and the device does not declare otherwise.',
  ),
} as const;

const OTHER_PATIENT_IDS: Tag = 0x00101000;
const OTHER_PATIENT_NAMES: Tag = 0x00101001;
/** Free text that travels far: descriptions, comments, labels (PS3.15 Table E.1-1). */
const DESCRIPTIONS = new Set<Tag>([
  ...[TAG.StudyDescription, TAG.SeriesDescription, TAG.ProtocolName],
  ...[0x00081080, 0x00082111, 0x00084000, 0x00180010, 0x00181400, 0x00204000, 0x00284000, 0x00321060, 0x00324000],
  ...[0x00400007, 0x00400254, 0x00400275, 0x00401400, 0x00402400, 0x00420010, 0x00700080, 0x00700081, 0x00880904],
]);
const UIDS = new Set<Tag>([TAG.SOPInstanceUID, TAG.StudyInstanceUID, TAG.SeriesInstanceUID, TAG.FrameOfReferenceUID]);
const PATIENT = new Set<Tag>([
  ...[TAG.PatientName, OTHER_PATIENT_NAMES],
  ...[TAG.PatientID, TAG.PatientBirthDate, OTHER_PATIENT_IDS],
]);
const WATCHED = new Set<Tag>([...PATIENT, ...UIDS, ...DESCRIPTIONS]);
const BINARY_VRS = new Set(['US', 'SS', 'UL', 'SL', 'FL', 'FD', 'AT', 'UV', 'SV', 'OF', 'OD', 'OL', 'OV']);
/** Values that came before the patient's own are looked at once the patient is known: so many, of so many characters. */
const MOST_EARLY = 64;
const MOST_CHARACTERS = 256;
/** Of one private value, and of all of an object together, that is searched. */
const MOST_OF_VALUE = 256 * 1024;
const MOST_OF_OBJECT = 4 * 1024 * 1024;

/** A value that came before the patient's. */
interface Early {
  readonly what: FindingKind;
  readonly text: string;
  readonly path: string;
  readonly offset: number;
}

/** The context of an object that was read from a file may carry the file's own name, without its folders. */
interface NamedContext {
  readonly fileName?: string;
}

/** Patient data where it does not belong: private elements, descriptions, UIDs, file names, pixels (INSPECT-210 to 215). */
export function confidentiality(scene: Scene): Inspector {
  const eye = new PatientEye(scene);
  const pixels = new BurnedIn();
  return {
    name: 'confidentiality',
    element(head): void {
      pixels.element(head);
      eye.element(head);
    },
    fragments: (head) => pixels.element(head),
    value: (bytes) => eye.value(bytes),
    beginning(head, bytes): void {
      pixels.beginning(head, bytes);
      eye.beginning(head, bytes);
    },
    end(): void {
      eye.end();
      const state = pixels.state(scene.context.sopClassUid);
      const at = { path: '(0028,0301)', offset: -1 };
      if (state === 'declared') scene.find(CONFIDENTIALITY_KINDS.burnedIn, at);
      if (state === 'suspected') scene.find(CONFIDENTIALITY_KINDS.maybeBurnedIn, at);
    },
  };
}

class PatientEye {
  readonly #scene: Scene;
  readonly #needles = new Needles();
  #early: Early[] = [];
  /** Bytes of the open private value still to be searched, beyond its beginning; and of the object. */
  #wanted = 0;
  #left = MOST_OF_OBJECT;
  #carry = '';
  #isCut = false;
  #isFound = false;

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  element(head: ElementHead): void {
    const isLong = head.length > BEGINNING_BYTES && isPrivate(head.tag) && !BINARY_VRS.has(head.vr);
    this.#wanted = isLong && !this.#needles.isEmpty ? Math.min(MOST_OF_VALUE, this.#left) : 0;
    this.#carry = '';
    this.#isCut = false;
    this.#isFound = false;
  }

  value(bytes: Uint8Array): void {
    if (this.#wanted <= 0 || this.#isFound) return;
    const taken = bytes.length > this.#wanted ? bytes.subarray(0, this.#wanted) : bytes;
    this.#wanted -= taken.length;
    this.#left -= taken.length;
    const text = this.#carry + folded(latin1(taken));
    this.#isFound = this.#needles.areIn(text, this.#isCut, true);
    this.#isCut ||= text.length > NEEDLE_OVERLAP;
    this.#carry = text.slice(-NEEDLE_OVERLAP);
  }

  beginning(head: ElementHead, bytes: Uint8Array): void {
    const { tag } = head;
    if (isPrivate(tag)) this.#judgePrivate(head, bytes);
    else if (!WATCHED.has(tag)) return;
    else if (PATIENT.has(tag)) this.#learn(head, bytes);
    else if (UIDS.has(tag)) this.#judge(CONFIDENTIALITY_KINDS.inUid, head, latin1(bytes));
    else this.#judge(CONFIDENTIALITY_KINDS.inDescription, head, folded(latin1(bytes)));
  }

  end(): void {
    for (const { what, text, path, offset } of this.#early)
      if (this.#isIn(what, text)) this.#scene.find(what, { path, offset });
    this.#early = [];
    const { fileName = '' } = this.#scene.context as ObjectContext & NamedContext;
    if (this.#needles.areIn(folded(fileName.slice(0, MOST_CHARACTERS))))
      this.#scene.find(CONFIDENTIALITY_KINDS.inFileName, { path: '', offset: -1 });
  }

  #learn({ tag, depth }: ElementHead, bytes: Uint8Array): void {
    if (depth !== 0) return;
    const value = latin1(bytes.subarray(0, MOST_CHARACTERS));
    if (tag === TAG.PatientName || tag === OTHER_PATIENT_NAMES) this.#needles.addName(value);
    else this.#needles.addNumber(value);
  }

  #judgePrivate(head: ElementHead, bytes: Uint8Array): void {
    if (head.length < SHORTEST_WORD || BINARY_VRS.has(head.vr)) return;
    if (head.length <= BEGINNING_BYTES || this.#needles.isEmpty)
      this.#judge(CONFIDENTIALITY_KINDS.inPrivate, head, folded(latin1(bytes)));
    else if (this.#isFound || this.#needles.areIn(this.#carry, this.#isCut))
      this.#scene.find(CONFIDENTIALITY_KINDS.inPrivate);
  }

  #judge(what: FindingKind, head: ElementHead, text: string): void {
    if (!this.#needles.isEmpty) {
      if (this.#isIn(what, text)) this.#scene.find(what);
      return;
    }
    if (this.#early.length >= MOST_EARLY) return;
    this.#early.push({
      what,
      text: text.slice(0, MOST_CHARACTERS),
      path: this.#scene.path(),
      offset: head.offset,
    });
  }

  #isIn(what: FindingKind, text: string): boolean {
    return what === CONFIDENTIALITY_KINDS.inUid
      ? this.#needles.areInUid(text.replace(/[\0 ]+$/, ''))
      : this.#needles.areIn(text);
  }
}

function isPrivate(tag: Tag): boolean {
  return (tag & 0x10000) !== 0;
}
