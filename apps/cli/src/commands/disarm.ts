import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isFault, type Text, text } from '@leadglass/kit';
import type { Verdict } from '@leadglass/model';
import type { Command, Given } from '../command.ts';
import { CliFailure, EXIT, type Exit } from '../exits.ts';
import type { Colour, Output } from '../output.ts';
import { type DisarmFileOutcome, disarmFile } from './disarm-file.ts';
import { copyPath } from './disarm-name.ts';

/** Regular files under `path`, in order, with the path they are named below; symbolic links are not followed. */
async function filesUnder(path: string): Promise<readonly string[]> {
  const found = await lstat(path).catch((thrown: Error) => {
    throw new CliFailure(
      EXIT.usage,
      text(`Impossible de lire ${path}.`, `Cannot read ${path}.`),
      'cli.unreadable-file',
      [thrown.message],
    );
  });
  if (found.isFile()) return [path];
  if (!found.isDirectory()) return [];
  const names = await readdir(path, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return files.sort();
}

const VERDICTS: Readonly<Record<Verdict, Text>> = {
  clean: text('sain', 'clean'),
  suspicious: text('douteux', 'suspicious'),
  malformed: text('mal formé', 'malformed'),
  malicious: text('dangereux', 'malicious'),
};
const STATUSES: Readonly<Record<DisarmFileOutcome['status'] | 'failed', readonly [Text, Colour]>> = {
  disarmed: [text('désarmé', 'disarmed'), 'green'],
  clean: [text('sain, pas de copie', 'clean, no copy'), 'green'],
  cannot: [text('NON désarmé', 'NOT disarmed'), 'red'],
  exists: [text('existe déjà (--force)', 'exists already (--force)'), 'yellow'],
  failed: [text('échec', 'failed'), 'red'],
};

/** Says what became of one file. @param to the copy's path below the output folder. */
function tell(output: Output, path: string, to: string, outcome: DisarmFileOutcome): void {
  const { status, before } = outcome;
  const [words, colour] = STATUSES[status];
  const isCopied = status === 'disarmed';
  output.line(`${output.of(words)}  ${path}${isCopied ? ` → ${to}` : ''}`, colour);
  if (status === 'cannot')
    for (const reason of outcome.reasons) output.line(`  - ${line(output, reason.text, reason.path)}`);
  if (!isCopied) return;
  const { receipt, after } = outcome;
  const verdicts = `${output.of(VERDICTS[before.verdict])} → ${output.of(VERDICTS[after.verdict])}`;
  output.line(text(`  verdict : ${verdicts}`, `  verdict: ${verdicts}`));
  for (const change of receipt.changes) {
    const times = change.times > 1 ? ` (${change.times} ×)` : '';
    output.line(`  - ${line(output, change.text, change.path)}${times}`);
  }
  tellPixels(output, receipt.pixels);
}

function line(output: Output, sentence: Text, path: string): string {
  return `${output.of(sentence)}${path === '' ? '' : ` ${path}`}`;
}

type Pixels = Extract<DisarmFileOutcome, { status: 'disarmed' }>['receipt']['pixels'];

function tellPixels(output: Output, { before, after }: Pixels): void {
  if (before.bytes === 0) {
    output.line(text('  pixels : aucun', '  pixels: none'));
    return;
  }
  output.line(text(`  pixels avant : SHA-256 ${before.sha256}`, `  pixels before: SHA-256 ${before.sha256}`));
  output.line(
    text(
      `  pixels après : SHA-256 ${after.sha256} (identiques)`,
      `  pixels after:  SHA-256 ${after.sha256} (identical)`,
    ),
  );
}

/** The outcome for programs. No value of the object stands in it. */
function jsonOf(path: string, to: string, outcome: DisarmFileOutcome): object {
  const { status, before } = outcome;
  const base = { path, status, before: { verdict: before.verdict, findings: before.findings } };
  if (status === 'cannot') return { ...base, reasons: outcome.reasons };
  if (status !== 'disarmed') return base;
  const { changes, pixels, original, copy } = outcome.receipt;
  const after = { verdict: outcome.after.verdict, findings: outcome.after.findings };
  return { ...base, copy: { path: to, ...copy }, original, after, changes, pixels };
}

interface Tally {
  disarmed: number;
  clean: number;
  cannot: number;
  failed: number;
}

/** What the run is about, and how it goes. */
class Run {
  readonly tally: Tally = { disarmed: 0, clean: 0, cannot: 0, failed: 0 };
  readonly #output: Output;
  readonly #given: Given;
  readonly #signal: AbortSignal;

  constructor(output: Output, given: Given, signal: AbortSignal) {
    this.#output = output;
    this.#given = given;
    this.#signal = signal;
  }

  async file(root: string, path: string): Promise<void> {
    const to = copyPath(root, path);
    const contact = this.#given.value('contact');
    try {
      const outcome = await disarmFile(path, {
        target: join(this.#given.required('output'), to),
        isForced: this.#given.flag('force'),
        isAll: this.#given.flag('all'),
        contact: contact === undefined ? undefined : text(contact, contact),
        signal: this.#signal,
      });
      this.tally[outcome.status === 'exists' ? 'cannot' : outcome.status] += 1;
      this.#output.json(jsonOf(path, to, outcome), true);
      tell(this.#output, path, to, outcome);
    } catch (thrown) {
      if (this.#signal.aborted) return;
      this.#fail(path, thrown);
    }
  }

  /** One file that cannot be read or written does not end the run. */
  #fail(path: string, thrown: unknown): void {
    if (!isFault(thrown) && (thrown as NodeJS.ErrnoException).code === undefined) throw thrown;
    const { message } = thrown as Error;
    const said = isFault(thrown) ? thrown.text : text(message, message);
    this.tally.failed += 1;
    this.#output.json(
      { path, status: 'failed', reasons: [{ code: (thrown as { code: string }).code, text: said, path: '' }] },
      true,
    );
    this.#output.line(`${this.#output.of(STATUSES.failed[0])}  ${path}: ${this.#output.of(said)}`, 'red');
  }

  sum(): Exit {
    const { disarmed, clean, cannot, failed } = this.tally;
    this.#output.line();
    this.#output.line(
      text(
        `${disarmed} désarmés, ${clean} sains, ${cannot} non désarmés, ${failed} en échec`,
        `${disarmed} disarmed, ${clean} clean, ${cannot} not disarmed, ${failed} failed`,
      ),
      cannot + failed === 0 ? 'green' : 'red',
    );
    if (failed > 0) return EXIT.usage;
    return cannot > 0 ? EXIT.failed : EXIT.ok;
  }
}

const disarm: Command = {
  name: 'disarm',
  usage: 'PATH… -o DIR [--all] [--force]',
  summary: text(
    'copie désarmée de fichiers : le dangereux retiré, les pixels identiques',
    'disarmed copy of files: what is dangerous removed, the pixels identical',
  ),
  notes: text(
    'Les originaux ne sont jamais modifiés. Chaque copie est inspectée à son tour ; seule une copie saine reçoit son nom, sans jamais\nécraser un fichier. Code 0 : tout est sain ; 1 : au moins un fichier n’a pas pu être désarmé ; 2 : au moins un n’a pas pu être lu.',
    'Originals are never changed. Each copy is inspected in its turn; only a clean one gets its name, and never replaces a file.\nExit 0: all is clean; 1: some file could not be disarmed; 2: some could not be read.',
  ),
  options: {
    output: { value: 'DIR', short: 'o', help: text('dossier des copies', 'folder of the copies') },
    all: { help: text('réécrire aussi les fichiers sains', 'rewrite clean files too') },
    force: { help: text('remplacer les copies existantes', 'replace copies that exist') },
    contact: {
      value: 'TEXT',
      help: text('à qui demander un document retiré', 'whom to ask for a withdrawn document'),
    },
  },
  positionals: [1, Number.MAX_SAFE_INTEGER],
  examples: ['disarm image.dcm -o copies', 'disarm /media/cdrom -o copies --all --json'],
  async run({ output, signal }, given) {
    given.required('output');
    const listed = await Promise.all(given.positionals.map(async (root) => ({ root, files: await filesUnder(root) })));
    const run = new Run(output, given, signal);
    for (const { root, files } of listed) {
      for (const file of files) {
        if (signal.aborted) return EXIT.failed;
        await run.file(root, file);
      }
    }
    return run.sum();
  },
};

export const COMMANDS: readonly Command[] = [disarm];
