import { text } from '@leadglass/kit';
import type { Command, Context, Given } from '../command.ts';
import { CliFailure, IMPORT_EXIT, IMPORT_EXIT_MEANINGS } from '../exits.ts';
import { choiceOf } from '../import/choice.ts';
import { ImportDesk } from '../import/desk.ts';

/** Whatever keeps an import from taking place is told with one code. */
async function run(context: Context, given: Given): Promise<number> {
  try {
    return await new ImportDesk(context, await choiceOf(given), given.positionals).run();
  } catch (thrown) {
    if (!(thrown instanceof CliFailure)) throw thrown;
    throw new CliFailure(IMPORT_EXIT.failed, thrown.text, thrown.code, thrown.details);
  }
}

const NOTES = text(
  'PATH : CD, clé USB, dossier, archive ZIP ou fichiers. Tout est d’abord regardé par des processus sans aucun droit, montré, puis confirmé ;\n' +
    'rien de ce que porte le support n’est lancé ni ouvert, et ce qui n’est pas DICOM n’est jamais importé. Les images prennent l’identité du\n' +
    'patient dans l’établissement, l’ancienne restant inscrite en elles ; leurs pixels et leurs UID ne changent pas. Ce qui est douteux est importé\n' +
    'désarmé, ce qui est dangereux retenu. Un import interrompu se relance tel quel, sans doublon.\n' +
    'L’identité n’est jamais écrite sur la ligne de commande, que tous les comptes de la machine peuvent lire : elle est demandée, ou lue dans\n' +
    'un fichier JSON : {"patientId": "…", "patientName": "NOM^Prénom", "birthDate": "AAAAMMJJ", "sex": "F", "issuerOfPatientId": "…",\n' +
    '"accessionNumber": "…"} (les quatre dernières au besoin). Où vont les images : ./leadglass route add --from IMPORT --to NOM.',
  'PATH: a CD, USB stick, folder, ZIP archive or files. All is looked at first by processes without any right, shown, then confirmed;\n' +
    'nothing on the medium is run or opened, and what is not DICOM is never imported. The images take the patient’s identity at this site,\n' +
    'the old one staying written in them; their pixels and UIDs do not change. What is doubtful is imported disarmed, what is dangerous held.\n' +
    'An interrupted import is run again as it was, without doubles.\n' +
    'The identity never stands on the command line, which every account of the machine can read: it is asked for, or read from a JSON\n' +
    'file: {"patientId": "…", "patientName": "FAMILY^Given", "birthDate": "YYYYMMDD", "sex": "F", "issuerOfPatientId": "…",\n' +
    '"accessionNumber": "…"} (the last four as needed). Where the images go: ./leadglass route add --from IMPORT --to NAME.',
);

const importCommand: Command = {
  name: 'import',
  usage: 'PATH… [--patient-file FILE|-] [--as-is] [--study UID]… [--patient N] [--dry-run] [--yes]',
  summary: text(
    'importe le CD ou la clé d’un patient, sous son identité ici',
    'imports a patient’s CD or USB stick, under their identity here',
  ),
  notes: NOTES,
  options: {
    'patient-file': {
      value: 'FILE|-',
      help: text('identité du patient, en JSON (sinon demandée)', 'the patient’s identity, as JSON (else asked for)'),
    },
    'as-is': { help: text('garder l’identité du support', 'keep the identity on the medium') },
    study: { value: 'UID', isMultiple: true, help: text('cette étude seulement', 'this study only') },
    patient: {
      value: 'N|all',
      help: text(
        'ce patient, s’il y en a plusieurs (all : avec --as-is)',
        'this patient, of several (all: with --as-is)',
      ),
    },
    'dry-run': { help: text('regarder et montrer, ne rien importer', 'look and show, import nothing') },
    'accept-mismatch': {
      help: text('accepter une autre date de naissance ou un autre sexe', 'accept another birth date or sex'),
    },
    yes: { short: 'y', help: text('confirmer d’avance', 'confirm beforehand') },
  },
  positionals: [1, Number.MAX_SAFE_INTEGER],
  examples: [
    'import /media/cdrom',
    'import portail.zip --patient-file patient.json --yes',
    'import /media/usb --as-is --dry-run',
  ],
  exits: IMPORT_EXIT_MEANINGS,
  run,
};

export const COMMANDS: readonly Command[] = [importCommand];
