import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { writeSynced } from './write-synced.ts';

// Letters and digits that are not mistaken for one another on paper (Crockford's base 32).
const PAPER = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CODE_CHARACTERS = 16;
const GROUP = 4;

/** 256 random bits for a one-time link: nothing slower than SHA-256 is needed to keep it. */
export function newLinkToken(): string {
  return randomBytes(32).toString('base64url');
}

/** A one-time code for an envelope: 80 random bits, in groups of four (`7K2M-…`). */
export function newPaperCode(): string {
  const characters = Array.from(randomBytes(CODE_CHARACTERS), (byte) => PAPER.charAt(byte % PAPER.length)).join('');
  return (characters.match(new RegExp(`.{${GROUP}}`, 'g')) ?? []).join('-');
}

/** The code as it was made, however it was typed: case, spaces, dashes, and O, I, L as 0 and 1. */
export function paperCodeOf(typed: string): string {
  return typed
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1');
}

/** What is kept of a random secret. `kind` keeps one sort from standing for another. */
export function digestOf(kind: string, value: string): string {
  return createHash('sha256').update(`${kind}\0${value}`).digest('hex');
}

/** A mark that only this home can make. */
export function markOf(secret: string, ...parts: readonly string[]): string {
  return createHmac('sha256', secret).update(parts.join('\0')).digest('base64url');
}

/** Whether two texts are one, in a time that does not tell where they differ. */
export function isSame(left: string, right: string): boolean {
  const [a, b] = [left, right].map((value) => createHash('sha256').update(value).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}

/** The secret that signs cookies, made the first time; mode 0600. */
export function keptSecret(path: string): string {
  if (!existsSync(path)) writeSynced(path, `${randomBytes(32).toString('hex')}\n`);
  return readFileSync(path, 'utf8').trim();
}
