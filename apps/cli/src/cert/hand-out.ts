import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { AnswerOf, RequestOf } from '@leadglass/contract';
import { type Text, text } from '@leadglass/kit';
import { type DeviceKey, newDeviceKey, readCsr, writePfx } from '@leadglass/wire';
import type { Context, Given, Options } from '../command.ts';
import { CliFailure, EXIT, usageFailure } from '../exits.ts';
import { refuseExisting, writeWhole } from '../files.ts';
import { writeEnrolment } from './enrolment.ts';
import { type GivenPassword, newPassword, PASSWORD } from './password.ts';

/** How a certificate leaves: in which files, with which key. */
export const HAND_OUT: Options = {
  p12: { help: text('un fichier PKCS #12 avec sa clé (par défaut)', 'a PKCS #12 file with its key (the default)') },
  pem: { help: text('des fichiers PEM : certificat, clé, autorité', 'PEM files: certificate, key, authority') },
  csr: {
    value: 'FILE',
    help: text(
      'signer la demande faite par l’appareil : sa clé ne le quitte pas',
      'sign the request the device made: its key never leaves it',
    ),
  },
  edge: {
    help: text('un fichier d’inscription pour leadglass edge', 'an enrolment file for leadglass edge'),
  },
  to: {
    value: 'HOST:PORT',
    help: text('avec --edge : port TLS de la passerelle', 'with --edge: the gateway’s TLS port'),
  },
  device: {
    value: 'ADDRESS',
    help: text('avec --edge : adresse du seul appareil admis', 'with --edge: address of the one device let in'),
  },
  legacy: {
    help: text(
      'PKCS #12 d’avant 2019 (3DES, SHA-1), pour un appareil qui ne lit que celui-là',
      'PKCS #12 from before 2019 (3DES, SHA-1), for a device that reads no other',
    ),
  },
  rsa: { help: text('clé RSA de 3072 bits au lieu de EC P-256', 'RSA key of 3072 bits instead of EC P-256') },
  out: {
    value: 'PATH',
    help: text(
      'début du nom des fichiers (sinon le nom du certificat)',
      'beginning of the files’ names (else the certificate’s name)',
    ),
  },
  force: { help: text('remplacer les fichiers', 'replace the files') },
  ...PASSWORD,
};

type Form = 'p12' | 'pem' | 'csr' | 'edge';
type Wanted = Omit<RequestOf<'cert.issue'>, 'publicKey'>;

/** What was written, and the password that has to be told. */
export interface HandedOut {
  readonly answer: AnswerOf<'cert.issue'>;
  readonly files: readonly string[];
  readonly password?: GivenPassword;
}

/** Has `wanted` signed, on a new key or on a request's, and writes the files: each its owner's alone, none of them anywhere else. */
export async function handOut(context: Context, given: Given, wanted: Wanted): Promise<HandedOut> {
  const form = formOf(given);
  const base = given.value('out') ?? wanted.name;
  const names = filesOf(form, base);
  if (!given.flag('force')) for (const name of names) await refuseExisting(name);
  if (form === 'csr') return signRequest(context, given, wanted, names);
  const isSealed = form !== 'pem' || given.value('password-file') !== undefined;
  const password = isSealed ? await newPassword(context, given) : undefined;
  const key = await newDeviceKey(given.flag('rsa') ? 'rsa' : 'ec');
  const answer = await context.client.call('cert.issue', { ...wanted, publicKey: key.publicKey.toString('base64') });
  const contents = await contentsOf(context, given, form, { answer, key, password });
  for (const [at, name] of names.entries()) await writeWhole(name, contents[at] ?? Buffer.alloc(0));
  return { answer, files: names, ...(password === undefined ? {} : { password }) };
}

function formOf(given: Given): Form {
  const asked = (['pem', 'p12', 'edge'] as const).filter((form) => given.flag(form));
  const forms: readonly Form[] = given.value('csr') === undefined ? asked : [...asked, 'csr'];
  if (forms.length > 1) throw usageFailure(ONE_FORM);
  return forms[0] ?? 'p12';
}

function filesOf(form: Form, base: string): readonly string[] {
  if (form === 'p12') return [`${base}.p12`];
  if (form === 'edge') return [`${base}.enrolment`];
  return form === 'csr' ? [`${base}.pem`, `${base}-ca.pem`] : [`${base}.pem`, `${base}.key`, `${base}-ca.pem`];
}

interface Made {
  readonly answer: AnswerOf<'cert.issue'>;
  readonly key: DeviceKey;
  readonly password: GivenPassword | undefined;
}

async function contentsOf(context: Context, given: Given, form: Form, made: Made): Promise<readonly Uint8Array[]> {
  const { answer, key, password } = made;
  const { certPem, name } = answer.certificate;
  const { authorityPem } = answer;
  if (form === 'pem' || password === undefined)
    return [certPem, keyText(made), authorityPem].map((pem) => Buffer.from(pem));
  if (form === 'p12') {
    const pfxForm = given.flag('legacy') ? 'legacy' : 'modern';
    const names = { friendlyName: name, authorityPem, certPem };
    return [writePfx({ ...names, keyPem: key.keyPem, password: password.password, form: pfxForm })];
  }
  const { tls } = { tls: await context.client.call('tls.show', {}) };
  const [siteName = ''] = tls.certificate.names.filter((each) => /^leadglass-/.test(each));
  const places = { to: given.value('to') ?? '', device: given.value('device') ?? '' };
  const enrolment = { ...places, name, siteName, authorityPem, certPem, keyPem: '' };
  return [writeEnrolment(enrolment, key.keyPem, password.password)];
}

function keyText({ key, password }: Made): string {
  if (password === undefined) return key.keyPem.reveal();
  const sealed = {
    format: 'pem',
    type: 'pkcs8',
    cipher: 'aes-256-cbc',
    passphrase: password.password.reveal(),
  } as const;
  return createPrivateKey(key.keyPem.reveal()).export(sealed).toString();
}

async function signRequest(
  context: Context,
  given: Given,
  wanted: Wanted,
  names: readonly string[],
): Promise<HandedOut> {
  const request = await readCsr(await readInput(given.value('csr') ?? ''));
  if ('en' in request) throw new CliFailure(EXIT.failed, request, 'cli.bad-request');
  const left = [...request.dns, ...request.addresses].filter(
    (name) => !wanted.dns?.includes(name) && !wanted.addresses?.includes(name),
  );
  if (left.length > 0) context.output.error(context.output.of(notTaken(left)), 'yellow');
  const publicKey = request.publicKey.toString('base64');
  const answer = await context.client.call('cert.issue', { ...wanted, publicKey });
  await writeWhole(names[0] ?? '', Buffer.from(answer.certificate.certPem));
  await writeWhole(names[1] ?? '', Buffer.from(answer.authorityPem));
  return { answer, files: names };
}

/** Names are for a person to approve: those of a request are told and not taken. */
const notTaken = (names: readonly string[]): Text => {
  const list = names.map((name) => name.replace(/[^\x20-\x7e]/g, '?').slice(0, 100)).join(', ');
  return text(
    `La demande voudrait aussi ces noms, qui n’ont pas été mis : ${list}. Pour les accorder : --dns, --address.`,
    `The request also wishes for these names, which were not put in: ${list}. To grant them: --dns, --address.`,
  );
};

/** A file of at most 16 MB. Throws CliFailure `cli.unreadable-file`. */
export async function readInput(name: string): Promise<Buffer> {
  try {
    return await readFile(name);
  } catch (thrown) {
    throw new CliFailure(
      EXIT.notFound,
      text(`Impossible de lire ${name}.`, `Cannot read ${name}.`),
      'cli.unreadable-file',
      [(thrown as Error).message],
    );
  }
}

const ONE_FORM = text(
  'Une seule forme à la fois : --p12, --pem, --csr ou --edge.',
  'One form at a time: --p12, --pem, --csr or --edge.',
);
