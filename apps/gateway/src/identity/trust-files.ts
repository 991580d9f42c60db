import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { SITE_ANCHOR, type TrustAnchor } from '@leadglass/model';
import { REVOKED_BYTES } from '@leadglass/wire';
import { z } from 'zod';
import { writeDurably } from './write-durably.ts';

/** A revocation list of somebody else's, as it is kept: digests alone (`revokedDigest`). */
export interface KeptCrl {
  /** SHA-256 of the SubjectPublicKeyInfo of the authority that signed it. */
  readonly authority: string;
  readonly thisUpdateMs: number;
  /** 0 when it did not say. */
  readonly nextUpdateMs: number;
  readonly digests: Buffer;
}

const anchorSchema = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/),
  authorities: z
    .array(z.strictObject({ certPem: z.string(), isAnchor: z.boolean(), mostBelow: z.int().min(0).max(9) }))
    .min(1)
    .max(16),
});
const crlSchema = z.strictObject({
  authority: z.string().regex(/^[0-9a-f]{64}$/),
  thisUpdateMs: z.number(),
  nextUpdateMs: z.number(),
  digests: z.string(),
});

/** Most authorities of others, and most lists of theirs. */
export const MOST_ANCHORS = 32;
const ANCHOR = '.anchor.json';
const CRL = '.crl.json';

/** The authorities of others in a home, by name. What cannot be read is left out, which admits less and never more. */
export function readAnchors(folder: string): readonly TrustAnchor[] {
  return filesIn(folder, ANCHOR)
    .flatMap((path) => read(path, anchorSchema))
    .filter(({ name }) => name !== SITE_ANCHOR)
    .slice(0, MOST_ANCHORS);
}

export function writeAnchor(folder: string, anchor: TrustAnchor): void {
  writeDurably(join(folder, `${anchor.name}${ANCHOR}`), JSON.stringify(anchor));
}

export function removeAnchor(folder: string, name: string): void {
  rmSync(join(folder, `${name}${ANCHOR}`), { force: true });
}

/** The lists kept, and the authorities whose list cannot be read any more: it has to be imported again. */
export function readCrls(folder: string): { readonly lists: readonly KeptCrl[]; readonly damaged: readonly string[] } {
  const files = filesIn(folder, CRL).map((path) => ({ path, found: read(path, crlSchema) }));
  const lists = files.flatMap(({ found }) => found).map((kept) => ({ ...kept, digests: wholeDigests(kept.digests) }));
  const damaged = files.filter(({ found }) => found.length === 0).map(({ path }) => basename(path, CRL));
  return { lists, damaged };
}

export function writeCrl(folder: string, { digests, ...crl }: KeptCrl): void {
  writeDurably(join(folder, `${crl.authority}${CRL}`), JSON.stringify({ ...crl, digests: digests.toString('base64') }));
}

/** Digests from base64, sorted whatever was sent: they are searched by halves. */
export function wholeDigests(base64: string): Buffer {
  const bytes = Buffer.from(base64, 'base64');
  const count = Math.floor(bytes.byteLength / REVOKED_BYTES);
  const each = Array.from({ length: count }, (_, at) => bytes.subarray(at * REVOKED_BYTES, (at + 1) * REVOKED_BYTES));
  // As a rule it is: sorting hundreds of thousands takes a second of everybody's.
  const isSorted = each.every((digest, at) => at === 0 || Buffer.compare(each[at - 1] ?? digest, digest) <= 0);
  return isSorted ? bytes.subarray(0, count * REVOKED_BYTES) : Buffer.concat(each.sort(Buffer.compare));
}

function filesIn(folder: string, ending: string): string[] {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith(ending));
    return names.sort().map((name) => join(folder, name));
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw thrown;
  }
}

function read<T>(path: string, schema: z.ZodType<T>): T[] {
  try {
    return [schema.parse(JSON.parse(readFileSync(path, 'utf8')))];
  } catch {
    return [];
  }
}
