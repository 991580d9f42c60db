import { lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FileInspection, type FileInspectionResult } from '@leadglass/inspect';
import { text } from '@leadglass/kit';
import type { Verdict } from '@leadglass/model';
import type { Command } from '../command.ts';
import { CliFailure, EXIT } from '../exits.ts';
import type { Colour, Output } from '../output.ts';

const PIECE_BYTES = 256 * 1024;
const COLOURS: Readonly<Record<Verdict, Colour>> = {
  clean: 'green',
  suspicious: 'yellow',
  malformed: 'yellow',
  malicious: 'red',
};

/** Regular files under `path`, in order; symbolic links are not followed. */
async function* filesUnder(path: string): AsyncGenerator<string> {
  const found = await lstat(path).catch((thrown: Error) => {
    throw new CliFailure(
      EXIT.notFound,
      text(`Impossible de lire ${path}.`, `Cannot read ${path}.`),
      'cli.unreadable-file',
      [thrown.message],
    );
  });
  if (found.isFile()) yield path;
  if (!found.isDirectory()) return;
  const names = await readdir(path, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  yield* files.sort();
}

async function inspectOne(path: string): Promise<FileInspectionResult> {
  const inspection = new FileInspection();
  const file = await open(path, 'r');
  try {
    const piece = new Uint8Array(PIECE_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(piece, 0, PIECE_BYTES);
      if (bytesRead === 0) return inspection.end();
      inspection.push(piece.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}

function tell(output: Output, path: string, { verdict, findings }: FileInspectionResult): void {
  output.line(`${verdict.padEnd(10)}  ${path}`, COLOURS[verdict]);
  for (const finding of findings) {
    const place = [finding.path, finding.offset >= 0 ? `@${finding.offset}` : '']
      .filter((word) => word !== '')
      .join(' ');
    const cites = finding.cites === '' ? '' : ` (${finding.cites})`;
    output.line(`  - ${finding.code} ${place} : ${output.of(finding.text)}${cites}`);
  }
}

const inspect: Command = {
  name: 'inspect',
  usage: 'PATH…',
  summary: text('ce que l’inspection dit de fichiers locaux', 'what inspection says of local files'),
  notes: text(
    'Comme à la réception, sans rien envoyer. Code 5 quand un fichier n’est pas sain.',
    'As at reception, sending nothing. Exit code 5 when a file is not clean.',
  ),
  options: {},
  positionals: [1, Number.MAX_SAFE_INTEGER],
  examples: ['inspect image.dcm', 'inspect ./cdrom --json'],
  async run({ output, signal }, given) {
    let isClean = true;
    for (const path of given.positionals) {
      for await (const file of filesUnder(path)) {
        if (signal.aborted) return EXIT.failed;
        const result = await inspectOne(file);
        isClean &&= result.verdict === 'clean';
        output.json({ path: file, verdict: result.verdict, findings: result.findings }, true);
        tell(output, file, result);
      }
    }
    return isClean ? EXIT.ok : EXIT.unsound;
  },
};

export const COMMANDS: readonly Command[] = [inspect];
