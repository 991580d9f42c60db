import { type Phi, type Text, text } from '@leadglass/kit';
import type { AskedIdentity } from '@leadglass/rewrite';
import type { Context, Given } from '../command.ts';
import { CliFailure, EXIT, usageFailure } from '../exits.ts';
import { type Comparison, isMismatch } from './compare.ts';
import { identityFromFile, identityFromPerson } from './identity.ts';
import { isOfSomebody, type Medium, type MediumObject, type PatientOnMedium } from './medium.ts';

/** What the person who imports has chosen. */
export interface Choice {
  /** Undefined: to be asked for. */
  readonly identity: Phi<AskedIdentity> | undefined;
  /** The objects keep the identity they have. */
  readonly isAsIs: boolean;
  readonly studies: readonly string[];
  /** A number as shown, or `all`. */
  readonly patient: string | undefined;
  readonly isDryRun: boolean;
  readonly isConfirmed: boolean;
  readonly isMismatchAccepted: boolean;
}

/** Reads the options, and the identity when it comes from a file. Throws usage failures. */
export async function choiceOf(given: Given): Promise<Choice> {
  const [file, isAsIs] = [given.value('patient-file'), given.flag('as-is')];
  if (file !== undefined && isAsIs)
    throw usageFailure(text('--patient-file ou --as-is, pas les deux.', '--patient-file or --as-is, not both.'));
  const patient = given.value('patient');
  if (patient !== undefined && patient !== 'all' && !/^[1-9][0-9]{0,3}$/.test(patient))
    throw usageFailure(text('--patient : un numéro de la liste, ou all.', '--patient: a number of the list, or all.'));
  return {
    identity: file === undefined ? undefined : await identityFromFile(file),
    isAsIs,
    studies: given.list('study'),
    patient,
    isDryRun: given.flag('dry-run'),
    isConfirmed: given.flag('yes'),
    isMismatchAccepted: given.flag('accept-mismatch'),
  };
}

/** Ends the command before anything was stored. */
function stop(sentence: Text, code: string): CliFailure {
  return new CliFailure(EXIT.usage, sentence, code);
}

/** The objects of the studies chosen; all of them when none was. */
export function ofStudies({ objects }: Medium, { studies }: Choice): readonly MediumObject[] {
  if (studies.length === 0) return objects;
  const known = new Set(objects.map(({ studyInstanceUid }) => studyInstanceUid));
  if (!studies.every((uid) => known.has(uid)))
    throw stop(
      text(
        '--study : une de ces études n’est pas sur le support.',
        '--study: one of these studies is not on the medium.',
      ),
      'import.no-study',
    );
  return objects.filter((object) => studies.includes(object.studyInstanceUid) || !isOfSomebody(object));
}

/** Of several patients the one to import, asked for when it was not said: two patients never become one. */
export async function chosenPatients(
  patients: readonly PatientOnMedium[],
  choice: Choice,
  { ask, output }: Pick<Context, 'ask' | 'output'>,
): Promise<readonly PatientOnMedium[]> {
  if (patients.length < 2) return patients;
  const typed = choice.patient ?? (choice.isConfirmed ? undefined : await ask(output.of(WHICH)));
  if (typed?.trim() === 'all' && choice.isAsIs) return patients;
  const one = patients[Number(typed?.trim()) - 1];
  if (one !== undefined) return [one];
  throw stop(
    text(
      `Le support porte ${patients.length} patients : choisissez-en un par --patient N ou --study UID${choice.isAsIs ? ', ou tous par --patient all' : ''}. Rien n’a été importé.`,
      `The medium holds ${patients.length} patients: choose one by --patient N or --study UID${choice.isAsIs ? ', or all by --patient all' : ''}. Nothing was imported.`,
    ),
    'import.several-patients',
  );
}

const WHICH = text('Quel patient (numéro) ? ', 'Which patient (number)? ');

/** The objects of these patients, and those that are nobody’s. */
export function objectsOf(
  objects: readonly MediumObject[],
  patients: readonly PatientOnMedium[],
): readonly MediumObject[] {
  const chosen = new Set(patients.flatMap((patient) => patient.objects));
  return objects.filter((object) => chosen.has(object) || !isOfSomebody(object));
}

/** The identity to give the objects; undefined when they keep theirs. Throws when nobody says. */
export async function askedIdentity(
  choice: Choice,
  { ask, output }: Pick<Context, 'ask' | 'output'>,
): Promise<Phi<AskedIdentity> | undefined> {
  if (choice.isAsIs) return undefined;
  const identity = choice.identity ?? (await identityFromPerson(ask, (sentence) => output.of(sentence)));
  if (identity !== undefined) return identity;
  throw stop(
    text(
      'Sous quelle identité importer ? Donnez-la par --patient-file FICHIER (ou -), ou gardez celle du support par --as-is.',
      'Under which identity to import? Give it by --patient-file FILE (or -), or keep the medium’s by --as-is.',
    ),
    'import.no-identity',
  );
}

/** An accession number names one request: it is not given to several studies. */
export function refuseSharedAccession(
  identity: Phi<AskedIdentity> | undefined,
  objects: readonly MediumObject[],
): void {
  if (identity?.reveal().accessionNumber === undefined) return;
  if (new Set(objects.map(({ studyInstanceUid }) => studyInstanceUid)).size < 2) return;
  throw stop(
    text(
      'Un numéro de demande (accessionNumber) ne vaut que pour une étude : choisissez-la par --study UID.',
      'An accession number (accessionNumber) stands for one study alone: choose it by --study UID.',
    ),
    'import.shared-accession',
  );
}

/** Nothing is stored before this resolves: another birth date or sex is confirmed by itself, then all of it. */
export async function confirm(
  choice: Choice,
  identity: Phi<AskedIdentity> | undefined,
  comparison: Comparison | undefined,
  { ask, output }: Pick<Context, 'ask' | 'output'>,
): Promise<void> {
  const isOther = comparison !== undefined && isMismatch(comparison) && !choice.isMismatchAccepted;
  if (isOther) {
    const typed = choice.isConfirmed ? undefined : await ask(output.of(RETYPE));
    if (typed?.trim() !== identity?.reveal().patientId) throw stop(MISMATCH, 'import.mismatch');
  }
  if (choice.isConfirmed) return;
  const answer = (await ask(output.of(PROCEED)))?.trim().toLowerCase() ?? '';
  if (!['o', 'oui', 'y', 'yes'].includes(answer)) throw stop(NOT_CONFIRMED, 'import.not-confirmed');
}

const RETYPE = text(
  'La date de naissance ou le sexe DIFFÈRE. Si c’est bien le même patient, retapez son numéro dans l’établissement : ',
  'The birth date or the sex DIFFERS. If this is the same patient all the same, type their number at this site again: ',
);
const PROCEED = text('Importer ? (oui/non) ', 'Import? (yes/no) ');
const MISMATCH = text(
  'La date de naissance ou le sexe du support n’est pas celui du patient demandé. Rien n’a été importé ; si c’est bien lui, ajoutez --accept-mismatch.',
  'The birth date or the sex on the medium is not that of the patient asked for. Nothing was imported; if it is them all the same, add --accept-mismatch.',
);
const NOT_CONFIRMED = text(
  'Import non confirmé : rien n’a été importé (sans terminal, --yes confirme).',
  'Import not confirmed: nothing was imported (without a terminal, --yes confirms).',
);
