// What the light page knows of a study, read from DICOM JSON (PS3.18 Annex F). Anything may be missing or odd in it.

/** One picture that can be asked for: an object, or one frame of it. */
export interface Picture {
  readonly instance: string;
  /** From 1. */
  readonly frame: number;
  readonly frames: number;
  /** Longest side in pixels; 0 when not told. */
  readonly side: number;
}

export interface Series {
  readonly uid: string;
  readonly number: number;
  readonly modality: string;
  readonly description: string;
  readonly objects: number;
}

/** What stands above the pictures. */
export interface Heading {
  readonly name: string;
  readonly patientId: string;
  readonly born: string;
  readonly sex: string;
  readonly date: string;
  readonly description: string;
  readonly accession: string;
}

/** A DICOM JSON data set as it came. */
export type Attributes = Readonly<Record<string, unknown>>;

const FRAMES_MAX = 100_000;
const [NAME, PATIENT_ID, BORN, SEX] = ['00100010', '00100020', '00100030', '00100040'];
const [DATE, STUDY_DESCRIPTION, ACCESSION] = ['00080020', '00081030', '00080050'];
const [SERIES_UID, SERIES_NUMBER, MODALITY] = ['0020000E', '00200011', '00080060'];
const [SERIES_DESCRIPTION, SERIES_OBJECTS] = ['0008103E', '00201209'];
const [INSTANCE, INSTANCE_NUMBER, FRAMES] = ['00080018', '00200013', '00280008'];
const [ROWS, COLUMNS] = ['00280010', '00280011'];

/** Attributes asked for beyond the usual ones, where series are searched. */
export const SERIES_FIELDS = [NAME, PATIENT_ID, BORN, SEX, DATE, STUDY_DESCRIPTION, ACCESSION, SERIES_OBJECTS].join();
/** The same, where objects are. */
export const INSTANCE_FIELDS = [INSTANCE_NUMBER, FRAMES, ROWS, COLUMNS].join();

function firstOf(attributes: Attributes, tag: string | undefined): unknown {
  const attribute = attributes[tag ?? ''];
  if (typeof attribute !== 'object' || attribute === null) return undefined;
  const { Value: values } = attribute as { readonly Value?: unknown };
  return Array.isArray(values) ? values[0] : undefined;
}

function textOf(attributes: Attributes, tag: string | undefined): string {
  const value = firstOf(attributes, tag);
  return typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';
}

function countOf(attributes: Attributes, tag: string | undefined, otherwise: number): number {
  const value = Number(textOf(attributes, tag));
  return textOf(attributes, tag) !== '' && Number.isFinite(value) ? Math.trunc(value) : otherwise;
}

/** `DURAND^Zoé^^Mme` as `DURAND Zoé`. */
function nameOf(attributes: Attributes): string {
  const value = firstOf(attributes, NAME);
  const alphabetic =
    typeof value === 'object' && value !== null ? (value as Record<string, unknown>).Alphabetic : value;
  return typeof alphabetic === 'string' ? alphabetic.split('^').slice(0, 2).join(' ').trim() : '';
}

/** `20260102` as `2026-01-02`; anything else as it is. */
export function dayOf(date: string): string {
  const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})$/.exec(date) || [];
  return year === undefined ? date : `${year}-${month}-${day}`;
}

/** Who and what it is about, from any of the study's attributes. */
export function headingOf(attributes: Attributes): Heading {
  return {
    name: nameOf(attributes),
    patientId: textOf(attributes, PATIENT_ID),
    born: dayOf(textOf(attributes, BORN)),
    sex: textOf(attributes, SEX),
    date: dayOf(textOf(attributes, DATE)),
    description: textOf(attributes, STUDY_DESCRIPTION),
    accession: textOf(attributes, ACCESSION),
  };
}

/** The series of a study in the order of their numbers. */
export function seriesOf(found: readonly Attributes[]): readonly Series[] {
  const read = found.map((attributes) => ({
    uid: textOf(attributes, SERIES_UID),
    number: countOf(attributes, SERIES_NUMBER, 0),
    modality: textOf(attributes, MODALITY),
    description: textOf(attributes, SERIES_DESCRIPTION),
    objects: countOf(attributes, SERIES_OBJECTS, 0),
  }));
  return read.filter(({ uid }) => isUid(uid)).sort((a, b) => a.number - b.number);
}

/** The pictures of a series: objects by their number, frames one after the other. At most 100,000. */
export function picturesOf(found: readonly Attributes[]): readonly Picture[] {
  const objects = found
    .map((attributes, at) => ({ attributes, at, number: countOf(attributes, INSTANCE_NUMBER, 0) }))
    .filter(({ attributes }) => isUid(textOf(attributes, INSTANCE)))
    .sort((a, b) => a.number - b.number || a.at - b.at);
  const pictures: Picture[] = [];
  for (const { attributes } of objects) {
    const frames = Math.max(1, Math.min(countOf(attributes, FRAMES, 1), FRAMES_MAX - pictures.length));
    const side = Math.max(countOf(attributes, ROWS, 0), countOf(attributes, COLUMNS, 0));
    for (let frame = 1; frame <= frames && pictures.length < FRAMES_MAX; frame += 1)
      pictures.push({ instance: textOf(attributes, INSTANCE), frame, frames, side });
  }
  return pictures;
}

/** Whether `value` may stand in a path as a UID. */
export function isUid(value: string): boolean {
  return value.length <= 64 && /^[0-9]+(\.[0-9]+)*$/.test(value);
}
