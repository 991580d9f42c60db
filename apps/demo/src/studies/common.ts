import type { ElementToEncode } from '@leadglass/dicom';
import { dayOf, inventDoctor, inventPatient, type Patient, timeOf } from '../people.ts';
import { Random } from '../random.ts';
import { el, empty, type StudyOrder, uidOf } from './made.ts';

export const HOSPITAL = 'Hôpital de démonstration';
const INVENTED = 'Personne inventée : démonstration de Leadglass';
const SYNTHETIC = 'Image calculée : aucun patient';

/** What all objects of a study have in common. */
export interface StudyHead {
  readonly patient: Patient;
  readonly study: string;
  readonly random: Random;
  readonly elements: readonly ElementToEncode[];
}

interface StudyWords {
  readonly description: string;
  readonly bodyPart: string;
  readonly station: string;
  readonly model: string;
}

/** Who is imaged: the same person whoever asks. */
export function patientOf(order: StudyOrder): Patient {
  return inventPatient(randomOf(order), `${order.kind}-${order.no}`, order.atMs);
}

function randomOf({ kind, seed, no }: StudyOrder): Random {
  return new Random(`${seed} ${kind} ${no}`);
}

/** Patient, study and device: the modules every image has (PS3.3 §C.7.1 to §C.7.5, §C.12.1). */
export function studyHead(order: StudyOrder, words: StudyWords): StudyHead {
  const { kind, seed, no, atMs } = order;
  const random = randomOf(order);
  const patient = inventPatient(random, `${kind}-${no}`, atMs);
  const study = uidOf('study', seed, kind, no, dayOf(atMs));
  return {
    patient,
    study,
    random,
    elements: [...patientElements(patient), ...studyElements(order, study, random, words)],
  };
}

function patientElements({ name, id, birthDate, sex, age }: Patient): ElementToEncode[] {
  return [
    el(0x00100010, name),
    el(0x00100020, id),
    el(0x00100030, birthDate),
    el(0x00100040, sex),
    el(0x00101010, `${String(age).padStart(3, '0')}Y`),
    el(0x00104000, INVENTED),
  ];
}

function studyElements(
  { kind, no, atMs }: StudyOrder,
  study: string,
  random: Random,
  words: StudyWords,
): ElementToEncode[] {
  const [day, time] = [dayOf(atMs), timeOf(atMs)];
  return [
    el(0x00080005, 'ISO_IR 192'),
    ...[0x00080020, 0x00080021, 0x00080022, 0x00080023].map((tag) => el(tag, day)),
    ...[0x00080030, 0x00080031, 0x00080032, 0x00080033].map((tag) => el(tag, time)),
    el(0x00080050, `D${day.slice(2)}${kind}${String(no).padStart(4, '0')}`),
    el(0x00080060, kind),
    el(0x00080070, 'Leadglass (démonstration)'),
    el(0x00080080, HOSPITAL),
    el(0x00080090, inventDoctor(random)),
    el(0x00081010, words.station),
    el(0x00081030, words.description),
    el(0x00081090, words.model),
    el(0x00180015, words.bodyPart),
    el(0x00181020, '1.0'),
    el(0x0020000d, study),
    el(0x00200010, String(no)),
    el(0x00200012, '1'),
    el(0x00204000, SYNTHETIC),
    el(0x00280300, 'YES'),
    el(0x00280301, 'NO'),
  ];
}

/** The series of a study. */
export function seriesElements(study: string, number: number, description: string): ElementToEncode[] {
  return [
    el(0x0008103e, description),
    el(0x00181030, description),
    el(0x0020000e, uidOf(study, 'series', number)),
    el(0x00200011, String(number)),
  ];
}

export interface Stored {
  readonly rows: number;
  readonly columns: number;
  readonly bitsAllocated: 8 | 16;
  readonly bitsStored: number;
  readonly isSigned: boolean;
}

/** Image Pixel (PS3.3 §C.7.6.3), of one sample. */
export function pixelElements(stored: Stored, pixels: Uint8Array): ElementToEncode[] {
  return [
    el(0x00280002, 1),
    el(0x00280004, 'MONOCHROME2'),
    el(0x00280010, stored.rows),
    el(0x00280011, stored.columns),
    el(0x00280100, stored.bitsAllocated),
    el(0x00280101, stored.bitsStored),
    el(0x00280102, stored.bitsStored - 1),
    el(0x00280103, stored.isSigned ? 1 : 0),
    el(0x7fe00010, pixels, stored.bitsAllocated === 8 ? 'OB' : 'OW'),
  ];
}

/** Image Plane and Frame of Reference of an axial slice (PS3.3 §C.7.6.2, §C.7.4.1). @param at millimetres of the first pixel's centre */
export function planeElements(
  frame: string,
  at: readonly [number, number, number],
  spacing: number,
  thickness: number,
): ElementToEncode[] {
  const ds = (value: number) => String(Number(value.toFixed(4)));
  return [
    el(0x00180050, ds(thickness)),
    el(0x00180088, ds(thickness)),
    el(0x00185100, 'HFS'),
    el(0x00200032, at.map(ds).join('\\')),
    el(0x00200037, '1\\0\\0\\0\\1\\0'),
    el(0x00200052, frame),
    empty(0x00201040),
    el(0x00201041, ds(at[2])),
    el(0x00280030, `${ds(spacing)}\\${ds(spacing)}`),
  ];
}

/** Windows a viewer offers, by name. */
export function windowElements(
  windows: readonly (readonly [center: number, width: number, name: string])[],
): ElementToEncode[] {
  return [
    el(0x00281050, windows.map(([center]) => center).join('\\')),
    el(0x00281051, windows.map(([, width]) => width).join('\\')),
    el(0x00281055, windows.map(([, , name]) => name).join('\\')),
  ];
}

export function bytesOf(values: Int16Array | Uint16Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
