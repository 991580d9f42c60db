import { createHash } from 'node:crypto';
import { MEDIA_STORAGE_DIRECTORY } from '@leadglass/dicom';
import { Phi } from '@leadglass/kit';
import { parseSha256, type Sha256, UNREADABLE } from '@leadglass/model';
import { isOfPatient } from '@leadglass/rewrite';
import type { About } from '../scan/about.ts';
import type { Looked } from '../scan/look.ts';
import type { Outcome } from '../scan/pool.ts';
import type { Entry } from '../scan/walk.ts';

/** One DICOM object on the medium. */
export interface MediumObject {
  /** The file it lies in, and which of the DICOM objects in there it is. */
  readonly entry: Entry;
  readonly at: number;
  readonly looked: Looked;
  /** Patient data. */
  readonly about: Phi<About>;
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
}

/** A file that holds nothing to import. */
export interface OtherFile {
  readonly path: string;
  readonly looked: Looked;
  /** Whether there may be images in it all the same: closed to us, damaged, or pretending. */
  readonly isInDoubt: boolean;
}

/** What the medium's own directory and the medium disagree about. */
export interface DirectoryCheck {
  readonly path: string;
  /** Named and not there. */
  readonly missing: readonly string[];
  /** There and not named. */
  readonly unlisted: number;
}

/** All that is on a medium. */
export interface Medium {
  readonly objects: readonly MediumObject[];
  readonly others: readonly OtherFile[];
  readonly directories: readonly DirectoryCheck[];
  readonly problems: readonly { readonly path: string; readonly problem: string }[];
  /** SHA-256 over the hashes of all its files: the same for every copy of the medium, wherever it is mounted. */
  readonly fingerprint: Sha256;
}

/** Codes of findings that say that something could not be looked into. */
const CLOSED: ReadonlySet<string> = new Set([
  ...['archive.encrypted', 'archive.unknown-method', 'archive.too-deep', 'archive.too-many', 'archive.broken'],
  ...['file.closed-archive', 'file.disk-image'],
]);

/** Gathers what looking tells, in its order. */
export class MediumGatherer {
  readonly #objects: MediumObject[] = [];
  readonly #others: OtherFile[] = [];
  readonly #directories: { readonly path: string; readonly references: readonly string[] }[] = [];
  readonly #problems: { readonly path: string; readonly problem: string }[] = [];
  readonly #files: string[] = [];

  take({ entry, looked, problem, sha256 }: Outcome): void {
    if (problem !== undefined) this.#problems.push({ path: entry.path, problem });
    this.#files.push(`${sha256 ?? problem ?? ''} ${entry.bytes}`);
    let at = 0;
    for (const one of looked) {
      if (one.nature !== 'dicom') this.#other(one);
      else if (one.about === undefined) this.#problems.push({ path: one.path, problem: 'UNREADABLE' });
      else if (one.about.sopClassUid === MEDIA_STORAGE_DIRECTORY)
        this.#directories.push({ path: one.path, references: one.about.references });
      else this.#objects.push(objectOf(entry, at, one, one.about));
      if (one.nature === 'dicom') at += 1;
    }
  }

  medium(): Medium {
    const hash = createHash('sha256');
    for (const file of this.#files.toSorted()) hash.update(`${file}\n`);
    const fingerprint = parseSha256(hash.digest('hex'));
    if (fingerprint === undefined) throw new Error('a SHA-256 is one');
    const paths = this.#objects.map(({ looked }) => looked.path);
    return {
      objects: this.#objects,
      others: this.#others,
      directories: this.#directories.map(({ path, references }) => checked(path, references, paths)),
      problems: this.#problems,
      fingerprint,
    };
  }

  #other(looked: Looked): void {
    const isClosed = looked.findings.some(({ code }) => CLOSED.has(code));
    const isGrave = looked.verdict === 'malicious' || looked.verdict === 'malformed';
    // An archive is as bad as what is in it, which is told by itself.
    const isArchive = looked.nature === 'zip' || looked.nature === 'gzip';
    this.#others.push({ path: looked.path, looked, isInDoubt: isClosed || (isGrave && !isArchive) });
  }
}

function objectOf(entry: Entry, at: number, looked: Looked, about: About): MediumObject {
  const { sopClassUid, sopInstanceUid, transferSyntaxUid, studyInstanceUid, seriesInstanceUid } = about;
  const uids = { sopClassUid, sopInstanceUid, transferSyntaxUid, studyInstanceUid, seriesInstanceUid };
  return { entry, at, looked, about: new Phi(about), ...uids };
}

/** File systems of media change names: case, a version (`;1`), a dot at the end (PS3.10 §8, ISO 9660). */
function plainName(path: string): string {
  return path
    .replaceAll('\\', '/')
    .replace(/^\.\//, '')
    .split('/')
    .map((part) => part.toUpperCase().replace(/;\d+$/, '').replace(/\.$/, ''))
    .join('/');
}

function checked(path: string, references: readonly string[], paths: readonly string[]): DirectoryCheck {
  const all = plainName(path);
  const base = all.slice(0, all.lastIndexOf('/') + 1);
  const there = new Set(paths.map(plainName).filter((one) => one.startsWith(base)));
  const named = new Set(references.map((one) => `${base}${plainName(one)}`));
  const missing = references.filter((one) => !there.has(`${base}${plainName(one)}`));
  return { path, missing, unlisted: [...there].filter((one) => !named.has(one)).length };
}

/** Whether an object can be counted to a patient: not what is about nobody, nor what cannot be read and names nobody. */
export function isOfSomebody({ sopClassUid, looked, about }: MediumObject): boolean {
  const { patientId, patientName, birthDate } = about.reveal();
  const isNamed = [patientId, patientName, birthDate].some((value) => value !== '');
  return isOfPatient(sopClassUid) && (isNamed || !looked.findings.some(({ code }) => code === UNREADABLE));
}

/** What one patient has on the medium, by what the objects say. */
export interface PatientOnMedium {
  readonly objects: readonly MediumObject[];
  readonly about: Phi<About>;
}

/** Patients apart by number and issuer; without a number by name and birth date. Objects that are nobody’s are left out. */
export function patientsOf(objects: readonly MediumObject[]): readonly PatientOnMedium[] {
  const groups = Map.groupBy(objects.filter(isOfSomebody), ({ about }) => {
    const { patientId, issuerOfPatientId, patientName, birthDate } = about.reveal();
    return JSON.stringify(patientId === '' ? ['', patientName, birthDate] : [patientId, issuerOfPatientId]);
  });
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [{ objects: group, about: first.about }];
  });
}
