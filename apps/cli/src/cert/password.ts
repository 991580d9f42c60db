import { randomInt } from 'node:crypto';
import { open } from 'node:fs/promises';
import { Secret, type Text, text } from '@leadglass/kit';
import type { Context, Given, Options } from '../command.ts';
import { CliFailure, EXIT, usageFailure } from '../exits.ts';
import { firstLine as firstLineOf } from '../input.ts';

/** Where a password comes from; never the command line, which everybody on the machine can read. */
export const PASSWORD: Options = {
  'password-file': {
    value: 'FILE',
    help: text(
      'mot de passe : première ligne de FILE (- : entrée standard) ; sinon demandé, sinon tiré au hasard et affiché',
      'password: first line of FILE (-: standard input); else asked for, else made at random and shown',
    ),
  },
};

const MOST_BYTES = 1024;
/** Letters and figures that nobody takes for another. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';

export interface GivenPassword {
  readonly password: Secret<string>;
  /** It was made here, and has to be told to the person. */
  readonly isMade: boolean;
}

/** The password for a file to be made. Throws CliFailure when it is too short, or not ASCII (devices do not agree on the rest). */
export async function newPassword(context: Context, given: Given): Promise<GivenPassword> {
  const { ask, output } = context;
  const file = given.value('password-file');
  if (file !== undefined) return { password: checked(await firstLine(file)), isMade: false };
  const first = await ask(output.of(NEW), true);
  if (first === undefined || first === '') return { password: new Secret(made()), isMade: true };
  const again = await ask(output.of(AGAIN), true);
  if (again !== first) throw new CliFailure(EXIT.failed, DIFFER, 'cli.not-confirmed');
  return { password: checked(first), isMade: false };
}

/** The password of a file that exists. */
export async function knownPassword({ ask, output }: Context, given: Given): Promise<Secret<string>> {
  const file = given.value('password-file');
  const typed = file === undefined ? await ask(output.of(KNOWN), true) : await firstLine(file);
  if (typed === undefined) throw usageFailure(NOBODY);
  return new Secret(typed);
}

/** Twenty letters in fours, about 98 bits. */
function made(): string {
  const letter = () => LETTERS[randomInt(LETTERS.length)] ?? '';
  return Array.from({ length: 5 }, () => Array.from({ length: 4 }, letter).join('')).join('-');
}

function checked(value: string): Secret<string> {
  if (/^[\x20-\x7e]{8,128}$/.test(value)) return new Secret(value);
  throw usageFailure(
    text(
      'Un mot de passe a 8 à 128 caractères, sans accents (les appareils ne les lisent pas tous de même).',
      'A password has 8 to 128 characters, in ASCII (devices do not agree on others).',
    ),
  );
}

async function firstLine(name: string): Promise<string> {
  if (name === '-') return firstLineOf(process.stdin, MOST_BYTES);
  return (await fromFile(name)).toString('utf8').split(/\r?\n/, 1)[0] ?? '';
}

async function fromFile(name: string): Promise<Buffer> {
  try {
    const file = await open(name);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(MOST_BYTES), 0, MOST_BYTES, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (thrown) {
    throw new CliFailure(
      EXIT.notFound,
      text(`Impossible de lire ${name}.`, `Cannot read ${name}.`),
      'cli.unreadable-file',
      [(thrown as Error).message],
    );
  }
}

const NEW: Text = text(
  'Mot de passe du fichier (Entrée : en tirer un au hasard) : ',
  'Password of the file (Enter: make one at random): ',
);
const AGAIN: Text = text('Encore une fois : ', 'Once more: ');
const KNOWN: Text = text('Mot de passe du fichier : ', 'Password of the file: ');
const DIFFER = text(
  'Les deux mots de passe diffèrent : rien n’a été fait.',
  'The two passwords differ: nothing was done.',
);
const NOBODY = text(
  'Personne pour taper le mot de passe : donnez --password-file.',
  'Nobody to type the password: give --password-file.',
);
