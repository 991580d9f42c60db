import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdir, open, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from '@leadglass/kit';
import type { Context, Given, Options } from './command.ts';
import { CliFailure, EXIT } from './exits.ts';

/** Rights of group and others. */
const NOT_OWNER = 0o077;
const MOST_KEY_BYTES = 16_384;
/** Standard input, so that `sudo -u leadglass … --key - < KEY` opens the key with the person’s own rights. */
const STDIN = '-';

/** Options of every command that may be signed. */
export const SIGNING: Options = {
  as: { value: 'NAME', help: text('décider sous ce nom d’opérateur, et signer', 'decide as this operator, and sign') },
  key: {
    value: 'FILE',
    help: text(
      'sa clé (sinon ~/.config/leadglass/operators/NAME.pem ; - : entrée standard)',
      'their key (else ~/.config/leadglass/operators/NAME.pem; -: standard input)',
    ),
  },
};

/** Where a person’s key is: `--key`, else in their own home. */
export function keyPathOf(given: Given, environment: Context['environment'], name: string): string {
  const asked = given.value('key');
  if (asked !== undefined) return asked;
  const config = environment.XDG_CONFIG_HOME || join(homedir(), '.config');
  return join(config, 'leadglass', 'operators', `${name}.pem`);
}

/** The public half of a key, in hexadecimal. */
export function publicKeyOf(key: KeyObject): string {
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' });
  return Buffer.from(x, 'base64url').toString('hex');
}

/** The signature of `statement`, in hexadecimal. */
export function signatureOf(key: KeyObject, statement: string): string {
  return sign(null, Buffer.from(statement), key).toString('hex');
}

/** Makes a key of its owner’s alone; an empty passphrase leaves it open to whoever reads the file. Never replaces one. */
export async function makeKey(path: string, passphrase: string): Promise<KeyObject> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const sealed = passphrase === '' ? {} : { cipher: 'aes-256-cbc', passphrase };
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem', ...sealed });
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  try {
    await writeFile(path, pem, { flag: 'wx', mode: 0o600 });
  } catch (thrown) {
    throw unreadable(path, thrown);
  }
  return privateKey;
}

/** Reads a person’s key. Throws CliFailure `cli.operator-key` when others may read it too, or it is none. */
export async function loadKey(context: Context, path: string): Promise<KeyObject> {
  const pem = await pemOf(path);
  const passphrase = pem.includes(SEALED) ? await passphraseOf(context) : undefined;
  try {
    return ed25519(createPrivateKey({ key: pem, ...(passphrase === undefined ? {} : { passphrase }) }), path);
  } catch (thrown) {
    throw unreadable(path, thrown);
  }
}

/** RFC 7468 §11. */
const SEALED = 'BEGIN ENCRYPTED PRIVATE KEY';

async function passphraseOf({ ask, environment, output }: Context): Promise<string | undefined> {
  return environment.LEADGLASS_OPERATOR_PASSPHRASE ?? (await ask(output.of(PASSPHRASE), true));
}

/** A passphrase for a new key, typed twice; empty where nobody is there to type one. */
export async function newPassphrase({ ask, environment, output }: Context): Promise<string> {
  const known = environment.LEADGLASS_OPERATOR_PASSPHRASE;
  if (known !== undefined) return known;
  const first = await ask(output.of(NEW_PASSPHRASE), true);
  if (first === undefined || first === '') return '';
  if ((await ask(output.of(AGAIN), true)) === first) return first;
  throw new CliFailure(
    EXIT.failed,
    text('Les deux phrases diffèrent : rien n’a été fait.', 'The two passphrases differ: nothing was done.'),
    'cli.not-confirmed',
  );
}

async function pemOf(path: string): Promise<string> {
  try {
    if (path === STDIN) return await bounded(process.stdin);
    if (process.platform !== 'win32' && ((await stat(path)).mode & NOT_OWNER) !== 0) throw new Error('mode');
    const file = await open(path);
    try {
      return await bounded(file.createReadStream({ autoClose: false }));
    } finally {
      await file.close();
    }
  } catch (thrown) {
    throw unreadable(path, thrown);
  }
}

async function bounded(chunks: AsyncIterable<Uint8Array | string>): Promise<string> {
  let pem = '';
  for await (const chunk of chunks) {
    pem += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('latin1');
    if (pem.length > MOST_KEY_BYTES) throw new Error('too long');
  }
  return pem;
}

function ed25519(key: KeyObject, path: string): KeyObject {
  if (key.asymmetricKeyType === 'ed25519') return key;
  throw unreadable(path, new Error('another kind of key'));
}

// What was thrown is not told: it may hold a part of the key.
function unreadable(path: string, thrown: unknown): CliFailure {
  if (thrown instanceof CliFailure) return thrown;
  const { code, message } = thrown as { code?: string; message?: string };
  if (code === 'ENOENT')
    return failure(
      text(`Pas de clé dans ${path} : operator add en fait une.`, `No key at ${path}: operator add makes one.`),
    );
  if (code === 'EEXIST') return failure(text(`${path} existe déjà.`, `${path} exists already.`));
  if (message === 'mode')
    return failure(
      text(
        `D’autres que vous peuvent lire ${path} : chmod 600, et faites-en une nouvelle si quelqu’un l’a pu copier.`,
        `Others than you can read ${path}: chmod 600, and make a new one if anybody may have copied it.`,
      ),
    );
  return failure(
    text(
      `${path} ne s’ouvre pas comme une clé d’opérateur (Ed25519) : mauvaise phrase secrète, ou autre fichier.`,
      `${path} does not open as an operator’s key (Ed25519): a wrong passphrase, or another file.`,
    ),
  );
}

const failure = (sentence: ReturnType<typeof text>) => new CliFailure(EXIT.failed, sentence, 'cli.operator-key');

const PASSPHRASE = text('Phrase secrète de votre clé : ', 'Passphrase of your key: ');
const NEW_PASSPHRASE = text(
  'Phrase secrète pour protéger la nouvelle clé (vide : aucune) : ',
  'Passphrase to protect the new key (empty: none): ',
);
const AGAIN = text('Encore une fois : ', 'Once more: ');
