import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { Phi, type Text, text } from '@leadglass/kit';
import type { AskedIdentity } from '@leadglass/rewrite';
import { z } from 'zod';
import { CliFailure, EXIT, usageFailure } from '../exits.ts';

const MOST_FILE_BYTES = 64 * 1024;
const STANDARD_INPUT = '-';

/** No control character, no backslash, no space around (PS3.5 §6.2). */
const words = (most: number) =>
  z
    .string()
    .regex(/^(?! )[^\p{Cc}\p{Cf}\\]+(?<! )$/u)
    .max(most);

/** A person's name: family, given, middle, prefix, suffix, apart by `^` (PS3.5 §6.2.1.1). */
const name = words(64).regex(/^[^=^]+(?:\^[^=^]*){0,4}$/);

/** The patient as the site knows them, as a file says it or a person types it. */
const IdentitySchema = z.strictObject({
  patientId: words(64),
  patientName: name,
  birthDate: z.exactOptional(z.string().transform(dateOf).refine(isDate)),
  sex: z.exactOptional(z.enum(['M', 'F', 'O'])),
  issuerOfPatientId: z.exactOptional(words(64)),
  accessionNumber: z.exactOptional(words(16)),
});

/** YYYY-MM-DD is as good as YYYYMMDD. */
function dateOf(value: string): string {
  return /^\d{4}-\d{2}-\d{2}$/.test(value) ? value.replaceAll('-', '') : value;
}

function isDate(value: string): boolean {
  const iso = `${value.slice(0, 4)}-${value.slice(4, 6)}-${value.slice(6)}`;
  return /^\d{8}$/.test(value) && new Date(`${iso}T00:00:00Z`).toJSON()?.slice(0, 10) === iso;
}

/** Reads `value` strictly. Throws a usage failure that names the fields and never what stands in them. */
export function identityOf(value: unknown): Phi<AskedIdentity> {
  const parsed = IdentitySchema.safeParse(value);
  if (parsed.success) return new Phi(parsed.data);
  const fields = [...new Set(parsed.error.issues.map(fieldOf))].join(', ');
  throw usageFailure(
    text(
      `Identité du patient : à corriger : ${fields}. Attendu en JSON : patientId, patientName (NOM^Prénom), et au besoin birthDate (AAAAMMJJ), sex (M, F ou O), issuerOfPatientId, accessionNumber.`,
      `Patient identity: to be corrected: ${fields}. Expected as JSON: patientId, patientName (FAMILY^Given), and as needed birthDate (YYYYMMDD), sex (M, F or O), issuerOfPatientId, accessionNumber.`,
    ),
  );
}

// A field that is not known is named by nobody: a person may have typed a value there.
function fieldOf({
  path,
  code,
}: {
  readonly path: readonly PropertyKey[];
  readonly code?: string | undefined;
}): string {
  if (code === 'unrecognized_keys') return '?';
  return path.length === 0 ? 'JSON' : path.join('.');
}

/** The identity in a file, or in the standard input (`-`). Patient data never stands on a command line, where every user of the machine sees it. */
export async function identityFromFile(path: string): Promise<Phi<AskedIdentity>> {
  const bytes = await contents(path);
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    value = undefined;
  }
  return identityOf(value);
}

async function contents(path: string): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    const stream = path === STANDARD_INPUT ? process.stdin : (await open(path, 'r')).createReadStream();
    for await (const part of stream) {
      bytes += part.length;
      if (bytes > MOST_FILE_BYTES) return Buffer.alloc(0);
      parts.push(part);
    }
  } catch (thrown) {
    const sentence = text(`Impossible de lire ${path}.`, `Cannot read ${path}.`);
    throw new CliFailure(EXIT.usage, sentence, 'cli.unreadable-file', [(thrown as Error).message]);
  }
  return Buffer.concat(parts);
}

type Ask = (question: string) => Promise<string | undefined>;
type Say = (sentence: Text) => string;

const QUESTIONS: readonly (readonly [field: string, question: Text])[] = [
  ['patientId', text('Numéro du patient (IPP) : ', 'Patient ID: ')],
  ['patientName', text('Nom (NOM^Prénom) : ', 'Name (FAMILY^Given): ')],
  ['birthDate', text('Date de naissance (AAAAMMJJ, vide si inconnue) : ', 'Birth date (YYYYMMDD, empty if unknown): ')],
  ['sex', text('Sexe (M, F ou O, vide si inconnu) : ', 'Sex (M, F or O, empty if unknown): ')],
];

/** Asks a person for the identity; undefined when nobody is there. What is left empty is not asked of the objects either. */
export async function identityFromPerson(ask: Ask, of: Say): Promise<Phi<AskedIdentity> | undefined> {
  const typed: Record<string, string> = {};
  for (const [field, question] of QUESTIONS) {
    const answer = await ask(of(question));
    if (answer === undefined) return undefined;
    const value = answer.trim();
    if (value !== '') typed[field] = field === 'sex' ? value.toUpperCase() : value;
  }
  return identityOf(typed);
}

/** What stands for the identity on the control socket: the gateway keys it before it is written anywhere. */
export function digestOf(identity: Phi<AskedIdentity>): string {
  const fields = Object.entries(identity.reveal()).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(fields)).digest('hex');
}
