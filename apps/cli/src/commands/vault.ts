import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { type ExportHead, ExportReader, type ObjectAnswer } from '@leadglass/contract';
import { text } from '@leadglass/kit';
import type { Command, Context } from '../command.ts';
import { CliFailure, EXIT, type Exit } from '../exits.ts';
import { sizeWords, timeWords } from '../words.ts';

const check: Command = {
  name: 'vault check',
  usage: '',
  summary: text('ouvre et vérifie chaque objet conservé', 'opens and verifies every object in custody'),
  options: {},
  positionals: [0, 0],
  examples: ['vault check'],
  async run({ client, output, signal }) {
    let exit: Exit = EXIT.failed;
    const faults: { sha256: string; fault: string }[] = [];
    for await (const line of client.lines('vault.check', {}, signal)) {
      if (line.kind === 'progress') output.redraw(`${line.checked} / ${line.objects}`);
      if (line.kind === 'fault') {
        faults.push({ sha256: line.sha256, fault: line.fault });
        output.line(`${line.sha256}  ${line.fault}`, 'red');
      }
      if (line.kind !== 'done') continue;
      output.redraw('');
      output.json({ objects: line.objects, faults });
      const said = text(
        `${line.objects} objets vérifiés, ${line.faults} en défaut`,
        `${line.objects} objects verified, ${line.faults} unsound`,
      );
      output.line(said, line.faults === 0 ? 'green' : 'red');
      exit = line.faults === 0 ? EXIT.ok : EXIT.unsound;
    }
    return exit;
  },
};

const ENTIRE = 1;

/** The one object `id` names; several are listed for the person to choose from. */
async function theObject({ client, output }: Context, id: string): Promise<ObjectAnswer> {
  const { objects } = await client.call('vault.find', { id });
  const [only] = objects;
  if (only !== undefined && objects.length === ENTIRE) return only;
  const details = objects.map(
    (each) =>
      `${each.sha256}  ${timeWords(each.receivedAtMs)}  ${each.peer}  ${sizeWords(each.plainBytes, output.language)}`,
  );
  throw new CliFailure(
    EXIT.failed,
    text(
      'Cet UID est arrivé avec plusieurs contenus : choisissez par SHA-256.',
      'This UID arrived with several contents: choose by SHA-256.',
    ),
    'cli.ambiguous',
    details,
  );
}

function mismatch(): CliFailure {
  return new CliFailure(
    EXIT.unsound,
    text(
      'Les octets reçus n’ont pas le bon SHA-256 : rien n’a été écrit.',
      'The bytes received have the wrong SHA-256: nothing was written.',
    ),
    'cli.wrong-hash',
  );
}

/** Writes chunks to `file` with back-pressure and says whether their SHA-256 is `sha256`. */
async function pour(chunks: AsyncIterable<Uint8Array>, file: WriteStream, sha256: string): Promise<boolean> {
  const hash = createHash('sha256');
  for await (const chunk of chunks) {
    hash.update(chunk);
    if (!file.write(chunk)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'close');
  return hash.digest('hex') === sha256;
}

export async function refuseExisting(name: string): Promise<void> {
  const exists = await access(name).then(
    () => true,
    () => false,
  );
  if (exists)
    throw new CliFailure(
      EXIT.failed,
      text(`${name} existe déjà : --force pour remplacer.`, `${name} exists: --force to replace it.`),
      'cli.exists',
    );
}

/** Nobody finds half a file under the name asked for: it is renamed once it is whole and right. */
async function writeObject(context: Context, object: ObjectAnswer, name: string): Promise<void> {
  const partial = `${name}.partial-${process.pid}`;
  try {
    const file = createWriteStream(partial, { flags: 'wx', mode: 0o600 });
    await once(file, 'open');
    const chunks = context.client.bytes('vault.open', { sha256: object.sha256 }, context.signal);
    if (!(await pour(chunks, file, object.sha256))) throw mismatch();
    await rename(partial, name);
  } finally {
    await rm(partial, { force: true });
  }
}

const open: Command = {
  name: 'vault open',
  usage: 'SOPInstanceUID|SHA256 -o FILE [--force]',
  summary: text('sort un objet du coffre, en fichier DICOM', 'takes an object out of the vault, as a DICOM file'),
  notes: text(
    'Le fichier contient des données de patient, lisible par vous seul. L’ouverture est inscrite au registre.',
    'The file holds patient data, readable by you alone. Opening is written to the ledger.',
  ),
  options: {
    output: { value: 'FILE', short: 'o', help: text('où l’écrire', 'where to write it') },
    force: { help: text('remplacer le fichier', 'replace the file') },
  },
  positionals: [1, 1],
  examples: ['vault open 1.2.840.113619.2.55.3 -o image.dcm'],
  async run(context, given) {
    const name = given.required('output');
    const object = await theObject(context, given.at(0));
    if (!given.flag('force')) await refuseExisting(name);
    await writeObject(context, object, name);
    context.output.json({ object, file: name });
    context.output.line(
      `${name}: ${sizeWords(object.plainBytes, context.output.language)}, SHA-256 ${object.sha256}`,
      'green',
    );
    return EXIT.ok;
  },
};

interface Exported {
  readonly file: string;
  readonly object: ObjectAnswer;
}

/** Writes each object of an export under a name made from its SHA-256 alone: no peer chooses a path. */
class ExportWriter {
  readonly #folder: string;
  readonly exported: Exported[] = [];
  readonly faults: { readonly sha256: string; readonly fault: string }[] = [];
  #current: { head: ExportHead; path: string; file: WriteStream; hash: ReturnType<typeof createHash> } | undefined;
  #work: (() => Promise<void>)[] = [];

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Reads all of `chunks`; waits for the disk before it asks for more. */
  async run(chunks: AsyncIterable<Uint8Array>, onObject: (done: number) => void): Promise<boolean> {
    const reader = new ExportReader({
      head: (head) => this.#work.push(() => this.#begin(head)),
      body: (chunk) => this.#work.push(() => this.#write(chunk)),
      bodyEnd: () => this.#work.push(() => this.#end().then(() => onObject(this.exported.length))),
    });
    for await (const chunk of chunks) {
      reader.write(chunk);
      const work = this.#work;
      this.#work = [];
      for (const step of work) await step();
    }
    return reader.isEnded;
  }

  async #begin(head: ExportHead): Promise<void> {
    const { sha256 } = head.object;
    if (head.fault !== undefined) {
      this.faults.push({ sha256, fault: head.fault });
      return;
    }
    const path = join(this.#folder, 'objects', sha256.slice(0, 2), `${sha256}.dcm`);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = createWriteStream(path, { flags: 'w', mode: 0o600 });
    await once(file, 'open');
    this.#current = { head, path, file, hash: createHash('sha256') };
  }

  async #write(chunk: Uint8Array): Promise<void> {
    if (this.#current === undefined) return;
    this.#current.hash.update(chunk);
    if (!this.#current.file.write(chunk)) await once(this.#current.file, 'drain');
  }

  async #end(): Promise<void> {
    if (this.#current === undefined) return;
    const { head, path, file, hash } = this.#current;
    this.#current = undefined;
    file.end();
    await once(file, 'close');
    const { object } = head;
    if (hash.digest('hex') === object.sha256) this.exported.push({ file: relative(this.#folder, path), object });
    else this.faults.push({ sha256: object.sha256, fault: 'cli.wrong-hash' });
  }
}

const exportAll: Command = {
  name: 'vault export',
  usage: 'FOLDER',
  summary: text(
    'sort tous les objets, en fichiers DICOM et un index',
    'takes every object out, as DICOM files and an index',
  ),
  notes: text(
    'Les noms viennent de nos empreintes seules ; index.json dit ce qu’est chaque fichier.',
    'Names come from our own fingerprints alone; index.json says what each file is.',
  ),
  options: {},
  positionals: [1, 1],
  examples: ['vault export /media/disk/leadglass'],
  async run({ client, output, signal }, given) {
    const folder = given.at(0);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const writer = new ExportWriter(folder);
    const isWhole = await writer.run(client.bytes('vault.export', {}, signal), (done) => output.redraw(String(done)));
    output.redraw('');
    await writeFile(
      join(folder, 'index.json'),
      `${JSON.stringify({ objects: writer.exported, isWhole }, undefined, 2)}\n`,
      { mode: 0o600 },
    );
    output.json({ folder, objects: writer.exported.length, faults: writer.faults, isWhole });
    for (const { sha256, fault } of writer.faults) output.line(`${sha256}  ${fault}`, 'red');
    const count = writer.exported.length;
    output.line(text(`${count} objets dans ${folder}`, `${count} objects in ${folder}`), isWhole ? 'green' : 'yellow');
    if (!isWhole)
      output.error(output.of(text('Export interrompu avant la fin.', 'The export was cut before its end.')), 'red');
    if (!isWhole) return EXIT.failed;
    return writer.faults.length === 0 ? EXIT.ok : EXIT.unsound;
  },
};

export const COMMANDS: readonly Command[] = [check, open, exportAll];
