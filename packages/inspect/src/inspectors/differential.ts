import { type ElementHead, TAG, type Tag, vrOf } from '@leadglass/dicom';
import { latin1 } from '../bytes.ts';
import type { FindingKind, Inspector, Scene } from '../inspector.ts';
import { kindsOf } from '../kind.ts';

const kind = kindsOf('differential');

/** What two common programs read in two ways although each reads it whole. What they cannot read at all is `structure`. */
export const DIFFERENTIAL_KINDS = {
  severalUids: kind(
    'several-uids',
    'malformed',
    'PS3.5 §6.4, PS3.6 §6',
    'Un identifiant qui doit être unique en contient plusieurs : un logiciel prend le premier, un autre les deux, et l’image n’est plus la même pour chacun.',
    'An identifier that has to be one holds several: one program takes the first, another both, and the image is not the same one for each.',
  ),
  severalPatients: kind(
    'several-patients',
    'suspicious',
    'PS3.5 §6.4, PS3.3 §C.7.1.1',
    'Le numéro du patient en contient plusieurs : deux logiciels rangeraient l’image chez deux patients différents.',
    'The patient’s number holds several: two programs would file the image under two different patients.',
  ),
  nulInIdentity: kind(
    'nul-in-identity',
    'malformed',
    'PS3.5 §6.2',
    'Une donnée qui identifie le patient ou l’examen contient un caractère nul : certains logiciels s’arrêtent là, d’autres lisent la suite.',
    'A value that identifies the patient or the examination holds a NUL character: some programs stop there, others read on.',
  ),
  nulInText: kind(
    'nul-in-text',
    'information',
    'PS3.5 §6.2',
    'Un texte contient un caractère nul suivi d’autre chose ; des appareils laissent ainsi des restes de mémoire derrière leurs textes.',
    'A text holds a NUL character followed by something else: some devices leave remains of memory behind their texts.',
  ),
  hiddenSequence: kind(
    'hidden-sequence',
    'information',
    'PS3.5 §6.2.2',
    'Une liste connue de la norme est transmise sous un type inconnu (UN) : certains logiciels l’ouvrent, d’autres n’y voient que des octets.',
    'A list the standard knows is sent under an unknown type (UN): some programs open it, others see mere bytes.',
  ),
} as const;

/** UIDs of multiplicity 1 that objects are filed by (PS3.6 §6). */
const ONE_UID = new Set<Tag>([TAG.SOPClassUID, TAG.SOPInstanceUID, TAG.StudyInstanceUID, TAG.SeriesInstanceUID]);
const IDENTITY = new Set<Tag>([
  TAG.PatientID,
  TAG.PatientName,
  TAG.PatientBirthDate,
  TAG.IssuerOfPatientID,
  TAG.AccessionNumber,
]);
/** UI is held to its own rules (INSPECT-30). */
const TEXT_VRS = new Set('AE AS CS DA DS DT IS LO LT PN SH ST TM UC UR UT'.split(' '));
const BACKSLASH = 0x5c;
const SPACE = 0x20;

/** Differential dangers that no single reader sees (INSPECT-201 to 204). */
export function differential(scene: Scene): Inspector {
  return {
    name: 'differential',
    element(head): void {
      if (head.vr === 'UN' && head.isVrExplicit && head.length > 0 && vrOf(head.tag) === 'SQ')
        scene.find(DIFFERENTIAL_KINDS.hiddenSequence);
    },
    beginning(head, bytes): void {
      if (head.depth === 0 && isFiledBy(head.tag) && bytes.includes(BACKSLASH)) judgeMultiplicity(scene, head, bytes);
      if (TEXT_VRS.has(head.vr) && hasNulInside(bytes)) scene.find(nulKind(head));
    },
  };
}

function isFiledBy(tag: Tag): boolean {
  return tag === TAG.PatientID || ONE_UID.has(tag);
}

function judgeMultiplicity(scene: Scene, head: ElementHead, bytes: Uint8Array): void {
  if (!areSeveral(bytes)) return;
  scene.find(head.tag === TAG.PatientID ? DIFFERENTIAL_KINDS.severalPatients : DIFFERENTIAL_KINDS.severalUids);
}

/** Whether there are two values that differ, the empty ones left out: `12\` and `12\12` are one patient to everybody. */
function areSeveral(bytes: Uint8Array): boolean {
  const values = latin1(bytes)
    .split('\\')
    .map((value) => value.replace(/[\0 ]+$/, '').trimStart())
    .filter((value) => value !== '');
  return new Set(values).size > 1;
}

/** A NUL with something behind it other than the padding of a value. */
function hasNulInside(bytes: Uint8Array): boolean {
  const end = bytes.length;
  let at = 0;
  while (at < end && bytes[at] !== 0) at += 1;
  while (at < end && (bytes[at] === 0 || bytes[at] === SPACE)) at += 1;
  return at < end;
}

function nulKind(head: ElementHead): FindingKind {
  return head.depth === 0 && IDENTITY.has(head.tag) ? DIFFERENTIAL_KINDS.nulInIdentity : DIFFERENTIAL_KINDS.nulInText;
}
