import { lstatSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { isFault, systemClock, text } from '@leadglass/kit';
import type { Command, Context, Given } from '../command.ts';
import { CliFailure, EXIT, SCAN_EXIT_MEANINGS, usageFailure } from '../exits.ts';
import type { ClamdDoor } from '../scan/clamd.ts';
import { ScanPool } from '../scan/pool.ts';
import { SarifLog } from '../scan/sarif.ts';
import { ScanTeller } from '../scan/teller.ts';
import { type Entry, walk } from '../scan/walk.ts';
import { programVersion } from '../version.ts';

const MOST_JOBS = 256;
/** For each step of the look at clamd before a scan. */
const CLAMD_MS = 5_000;
/** A command line holds so much on every system: with more PATHs, their workers are started for so many at a time. */
const MOST_PATH_CHARS = 20_000;

/** PATHs in their order, cut into groups that each fit a command line. */
function groupsOf(paths: readonly string[]): string[][] {
  const groups: string[][] = [];
  let room = 0;
  for (const path of paths) {
    room -= path.length;
    if (room < 0) {
      groups.push([]);
      room = MOST_PATH_CHARS - path.length;
    }
    groups.at(-1)?.push(path);
  }
  return groups;
}

function rulesOf(given: Given): string | undefined {
  const folder = given.value('rules');
  if (folder === undefined || lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return folder;
  throw usageFailure(text(`--rules : ${folder} n’est pas un dossier.`, `--rules: ${folder} is no folder.`));
}

/** The clamd asked for, after a look at it: a scan that asks for it and cannot have it is none. */
async function clamdOf(given: Given): Promise<ClamdDoor | undefined> {
  const words = given.value('clamd');
  if (words === undefined) return undefined;
  const [{ parseClamdAddress, probeClamd }, { ClamdDoor }] = await Promise.all([
    import('@leadglass/wire'),
    import('../scan/clamd.ts'),
  ]);
  const address = parseClamdAddress(words);
  if (address === undefined)
    throw usageFailure(
      text(
        '--clamd : le chemin absolu d’un socket Unix, ou HÔTE:PORT.',
        '--clamd: the absolute path of a Unix socket, or HOST:PORT.',
      ),
    );
  await probeClamd(address, CLAMD_MS, systemClock).catch((thrown) => {
    throw isFault(thrown) ? new CliFailure(EXIT.usage, thrown.text, thrown.code) : thrown;
  });
  return new ClamdDoor(address);
}

async function* counted(entries: AsyncIterable<Entry>, teller: ScanTeller): AsyncGenerator<Entry> {
  for await (const entry of entries) {
    teller.found(entry.bytes);
    yield entry;
  }
  teller.allFound();
}

async function scanGroup(
  paths: readonly string[],
  { signal }: Context,
  given: Given,
  teller: ScanTeller,
  clamd: ClamdDoor | undefined,
): Promise<void> {
  const jobs = given.number('jobs', 1, MOST_JOBS) ?? availableParallelism();
  const pool = new ScanPool({ jobs, paths, rulesDir: rulesOf(given), ...(clamd === undefined ? {} : { clamd }) });
  const stop = () => void pool.close();
  signal.addEventListener('abort', stop);
  try {
    for await (const outcome of pool.look(counted(walk(paths), teller))) {
      if (signal.aborted) return;
      teller.take(outcome, performance.now());
    }
  } finally {
    signal.removeEventListener('abort', stop);
    await pool.close();
  }
}

async function run(context: Context, given: Given): Promise<number> {
  const { output, signal } = context;
  if (given.flag('json') && given.flag('sarif')) {
    throw usageFailure(text('--json ou --sarif, pas les deux.', '--json or --sarif, not both.'));
  }
  const clamd = await clamdOf(given);
  const write = (value: string) => output.block(value);
  const sarif = given.flag('sarif') ? new SarifLog(write, output.language, programVersion()) : undefined;
  const teller = new ScanTeller(output, sarif, performance.now());
  for (const paths of groupsOf(given.positionals))
    if (!signal.aborted) await scanGroup(paths, context, given, teller, clamd);
  const exit = teller.exit();
  output.redraw('');
  sarif?.end(exit);
  teller.summary(performance.now());
  return signal.aborted ? Math.max(1, exit) : exit;
}

const NOTES = text(
  'PATH : fichiers, dossiers, archives ZIP, supports avec DICOMDIR, ou - pour l’entrée standard. Sans passerelle, sans rien écrire ni\n' +
    'envoyer, sans suivre de lien. Tout est regardé, aussi ce qui n’est pas DICOM, par des processus sans aucun autre droit.\n' +
    'Un fichier d’une archive est nommé archive.zip!/fichier. Avec --json : un objet par ligne, et les sains aussi.',
  'PATH: files, folders, ZIP archives, media with a DICOMDIR, or - for the standard input. Without a gateway, writing and sending\n' +
    'nothing, following no link. Everything is looked at, what is not DICOM too, by processes that have no other right.\n' +
    'A file of an archive is named archive.zip!/file. With --json: one object a line, clean ones as well.',
);

const scan: Command = {
  name: 'scan',
  usage: 'PATH… [--json|--sarif] [--rules DIR] [--clamd ADDRESS] [--jobs N]',
  summary: text(
    'regarde des fichiers avant que quoi que ce soit ne les ouvre',
    'looks at files before anything opens them',
  ),
  notes: NOTES,
  options: {
    sarif: { help: text('réponse au format SARIF 2.1.0', 'answer in SARIF 2.1.0') },
    rules: { value: 'DIR', help: text('dossier de règles YARA du site', 'folder of the site’s YARA rules') },
    clamd: {
      value: 'ADDRESS',
      help: text('ClamAV aussi : socket de clamd, ou HÔTE:PORT', 'ClamAV too: clamd’s socket, or HOST:PORT'),
    },
    jobs: { value: 'N', help: text('processus à la fois (un par cœur)', 'processes at a time (one a core)') },
  },
  positionals: [1, Number.MAX_SAFE_INTEGER],
  examples: [
    'scan image.dcm',
    'scan /media/cdrom --json',
    'scan export.zip --sarif > scan.sarif',
    'scan /media/cdrom --clamd /run/clamav/clamd.ctl',
    'scan - < image.dcm',
  ],
  exits: SCAN_EXIT_MEANINGS,
  run,
};

/** Its name before it read everything. */
const inspect: Command = {
  ...scan,
  name: 'inspect',
  summary: text('autre nom de scan', 'another name of scan'),
  examples: ['inspect image.dcm', 'inspect ./cdrom --json'],
};

export const COMMANDS: readonly Command[] = [scan, inspect];
