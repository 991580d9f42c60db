import { createHash, type Hash } from 'node:crypto';
import { type ElementHead, type FileMeta, MEDIA_STORAGE_DIRECTORY, type Tag, tagOf } from '@leadglass/dicom';
import type { InspectorMaker } from '@leadglass/inspect';
import { decoded } from './decoded-text.ts';

/** Whose an object is and of which study, as it says itself: decoded for people to read, bounded, believed by nobody. Holds patient data. */
export interface About {
  /** Of the whole object, as it lies on the medium. */
  readonly sha256: string;
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
  readonly studyInstanceUid: string;
  readonly studyDate: string;
  readonly studyDescription: string;
  readonly seriesInstanceUid: string;
  readonly seriesDescription: string;
  readonly modality: string;
  readonly charset: string;
  readonly patientName: string;
  readonly patientId: string;
  readonly issuerOfPatientId: string;
  readonly birthDate: string;
  readonly sex: string;
  readonly accessionNumber: string;
  /** Of a media directory: the files it names, as `IMAGES/IM0001`; of other objects none. */
  readonly references: readonly string[];
}

/** PN has three groups of 64 characters; everything else is shorter. */
const MOST_CHARACTERS = 256;
export const MOST_REFERENCES = 100_000;
/** Eight components of 16 (PS3.10 §8.2); what is longer names no file. */
const MOST_REFERENCE = 256;

const FIELDS = {
  charset: 'SpecificCharacterSet',
  sopClassUid: 'SOPClassUID',
  sopInstanceUid: 'SOPInstanceUID',
  studyInstanceUid: 'StudyInstanceUID',
  studyDate: 'StudyDate',
  studyDescription: 'StudyDescription',
  seriesInstanceUid: 'SeriesInstanceUID',
  seriesDescription: 'SeriesDescription',
  modality: 'Modality',
  patientName: 'PatientName',
  patientId: 'PatientID',
  issuerOfPatientId: 'IssuerOfPatientID',
  birthDate: 'PatientBirthDate',
  sex: 'PatientSex',
  accessionNumber: 'AccessionNumber',
} as const;
type Field = keyof typeof FIELDS;

const FIELD_OF = new Map<Tag, Field>(Object.entries(FIELDS).map(([field, name]) => [tagOf(name) ?? 0, field as Field]));
const REFERENCED_FILE_ID: Tag = tagOf('ReferencedFileID') ?? 0;

/** Collects it beside the inspectors: hand `maker` to the inspection with them, and every piece to `push`. */
export class AboutCollector {
  readonly #hash: Hash = createHash('sha256');
  readonly #values = new Map<Field, Uint8Array>();
  readonly #references: string[] = [];

  readonly maker: InspectorMaker = () => ({
    name: 'about',
    beginning: (head: ElementHead, bytes: Uint8Array) => this.#take(head, bytes),
  });

  push(piece: Uint8Array): void {
    this.#hash.update(piece);
  }

  /** To be asked once, after the end. @param meta the file's header, when there is one. */
  about(meta: FileMeta | undefined): About {
    const charset = decoded(this.#values.get('charset') ?? NOTHING, '');
    const text = (field: Field): string =>
      decoded(this.#values.get(field) ?? NOTHING, charset).slice(0, MOST_CHARACTERS);
    const fields = Object.fromEntries(Object.keys(FIELDS).map((field) => [field, text(field as Field)]));
    const { sopClassUid = '', sopInstanceUid = '' } = fields;
    return {
      ...(fields as Record<Field, string>),
      sha256: this.#hash.digest('hex'),
      sopClassUid: sopClassUid || (meta?.mediaStorageSopClassUid ?? ''),
      sopInstanceUid: sopInstanceUid || (meta?.mediaStorageSopInstanceUid ?? ''),
      transferSyntaxUid: meta?.transferSyntaxUid ?? '',
      references: meta?.mediaStorageSopClassUid === MEDIA_STORAGE_DIRECTORY ? this.#references : [],
    };
  }

  /** The first of two counts, as for who reads from the front. */
  #take(head: ElementHead, bytes: Uint8Array): void {
    if (head.tag === REFERENCED_FILE_ID && head.depth === 1) this.#refer(bytes);
    const field = head.depth === 0 ? FIELD_OF.get(head.tag) : undefined;
    if (field !== undefined && !this.#values.has(field)) this.#values.set(field, new Uint8Array(bytes));
  }

  #refer(bytes: Uint8Array): void {
    if (this.#references.length >= MOST_REFERENCES || bytes.length > MOST_REFERENCE) return;
    this.#references.push(decoded(bytes, '').split('\\').join('/'));
  }
}

const NOTHING = new Uint8Array(0);
const WORDS = Object.keys({ ...FIELDS, sha256: '', transferSyntaxUid: '' });

/** What a worker says an object is about; undefined when it is nothing of the kind. */
export function aboutOf(value: unknown): About | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const given = value as Readonly<Record<string, unknown>>;
  const isWord = (one: unknown): one is string => typeof one === 'string' && one.length <= MOST_CHARACTERS;
  if (!WORDS.every((word) => isWord(given[word]))) return undefined;
  const { references } = given;
  if (!Array.isArray(references) || references.length > MOST_REFERENCES || !references.every(isWord)) return undefined;
  const fields = Object.fromEntries(WORDS.map((word) => [word, given[word]]));
  return { ...(fields as unknown as Omit<About, 'references'>), references };
}
