import { closeSync, fstatSync, lstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Text, text } from '@leadglass/kit';
import { printable } from '@leadglass/model';

/** Bounds of a folder of rules. */
export interface RuleFileLimits {
  readonly files: number;
  readonly fileBytes: number;
}

/** A file of YARA rules as it lies there. */
export interface RuleFile {
  /** Without its folder. */
  readonly name: string;
  readonly text: string;
}

/** Why a file, or the folder (`file` empty), could not be taken. */
export interface RuleFileProblem {
  readonly file: string;
  readonly line: 0;
  readonly text: Text;
}

/** The files of a folder in the order of their names, and what could not be read. */
export interface RuleFolder {
  readonly files: readonly RuleFile[];
  readonly problems: readonly RuleFileProblem[];
}

const RULE_NAME = /\.yara?$/i;

/**
 * Reads the rules of a folder: all `*.yar` and `*.yara` that lie in it, no folder inside, no link followed. Never throws; a folder that is
 * not there holds none.
 * @param limits a file over `fileBytes`, or more than `files`, is a problem and not read.
 */
export function readRuleFiles(folder: string | URL, limits: RuleFileLimits): RuleFolder {
  const path = typeof folder === 'string' ? folder : fileURLToPath(folder);
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return { files: [], problems: [] };
  try {
    const names = readdirSync(path)
      .filter((name) => RULE_NAME.test(name))
      .sort();
    if (names.length > limits.files) return { files: [], problems: [problem('', tooMany(limits.files))] };
    return together(names.map((name) => readOne(path, name, limits.fileBytes)));
  } catch (thrown) {
    return { files: [], problems: [problem('', unreadable(thrown))] };
  }
}

function together(read: readonly (RuleFile | RuleFileProblem)[]): RuleFolder {
  return {
    files: read.filter((one): one is RuleFile => 'name' in one),
    problems: read.filter((one): one is RuleFileProblem => 'file' in one),
  };
}

function readOne(folder: string, name: string, mostBytes: number): RuleFile | RuleFileProblem {
  const path = join(folder, name);
  try {
    if (!lstatSync(path).isFile()) return problem(name, NOT_A_FILE);
    const fd = openSync(path, 'r');
    try {
      if (fstatSync(fd).size > mostBytes) return problem(name, tooLarge(mostBytes));
      const bytes = Buffer.alloc(mostBytes);
      const length = readSync(fd, bytes, 0, mostBytes, 0);
      return { name, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length)) };
    } finally {
      closeSync(fd);
    }
  } catch (thrown) {
    return problem(name, thrown instanceof TypeError ? NOT_UTF_8 : unreadable(thrown));
  }
}

function problem(file: string, sentence: Text): RuleFileProblem {
  return { file: printable(file, 128), line: 0, text: sentence };
}

const NOT_A_FILE = text(
  'ce n’est pas un fichier ; déposez le fichier lui-même',
  'not a file; put the file itself here',
);
const NOT_UTF_8 = text('ce fichier n’est pas en UTF-8 ; enregistrez-le ainsi', 'this file is not UTF-8; save it so');

function tooMany(most: number): Text {
  return text(`plus de ${most} fichiers de règles ; réunissez-les`, `more than ${most} rule files; join them`);
}

function tooLarge(most: number): Text {
  const size = most / 2 ** 20;
  return text(`fichier de plus de ${size} Mio ; partagez-le`, `file of more than ${size} MiB; split it`);
}

function unreadable(thrown: unknown): Text {
  const code = String((thrown as { code?: unknown }).code ?? 'EIO')
    .replace(/[^A-Z0-9_]/g, '')
    .slice(0, 32);
  return text(`lecture impossible (${code}) ; vérifiez les droits`, `cannot be read (${code}); check its permissions`);
}
