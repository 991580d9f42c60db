import { areEqual, type Bytes, fromBase64, fromHex, toHex, utf8 } from './bytes.ts';
import { sha256 } from './merkle.ts';

// C2SP signed-note, with the Ed25519 of WebCrypto.

const ED25519 = 0x01;
const KEY_BYTES = 32;
const NOTE_CHARACTERS_MAX = 262_144;
const SIGNATURES_MAX = 64;
const VKEY_CHARACTERS_MAX = 1024;
const SIGNATURE_START = '\u2014 ';
const NAME = /^[^\s+\p{Cc}\p{Z}]+$/u;

/** Whom to believe: the log's name, its key, and the text both come from (C2SP vkey). */
export interface LogKey {
  readonly vkey: string;
  readonly name: string;
  readonly id: Bytes;
  readonly publicKey: CryptoKey;
  /** SHA-256 of the raw key in hexadecimal: what people compare. */
  readonly fingerprint: string;
}

/** Reads `name+keyid+base64(0x01 ‖ key)`; undefined when it is none, or its id is not that of its key. */
export async function readLogKey(vkey: string): Promise<LogKey | undefined> {
  const [, name = '', idHex = '', rest = ''] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(vkey) ?? [];
  const [id, typed] = [fromHex(idHex), fromBase64(rest)];
  if (vkey.length > VKEY_CHARACTERS_MAX || !NAME.test(name) || id === undefined || typed === undefined)
    return undefined;
  if (typed.length !== 1 + KEY_BYTES || typed[0] !== ED25519) return undefined;
  const [computed, raw] = [(await sha256(joined(utf8(`${name}\n`), typed))).subarray(0, 4), typed.slice(1)];
  if (!areEqual(computed, id)) return undefined;
  const publicKey = await crypto.subtle.importKey('raw', raw, 'Ed25519', true, ['verify']);
  return { vkey, name, id, publicKey, fingerprint: toHex(await sha256(raw)) };
}

function joined(...parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * The text of a note that `key` signed; undefined when it is malformed or no signature of that key verifies. Signatures of others (witnesses)
 * are passed over.
 */
export async function openNote(note: string, key: LogKey): Promise<string | undefined> {
  if (note.length > NOTE_CHARACTERS_MAX || !note.endsWith('\n') || /[^\P{Cc}\n]/u.test(note)) return undefined;
  const split = note.lastIndexOf('\n\n');
  if (split < 0) return undefined;
  const text = note.slice(0, split + 1);
  const lines = note.slice(split + 2, -1).split('\n');
  if (lines.length > SIGNATURES_MAX) return undefined;
  const verdicts = await Promise.all(lines.map((line) => verdictOf(line, text, key)));
  return verdicts.includes('bad') || !verdicts.includes('good') ? undefined : text;
}

async function verdictOf(line: string, text: string, key: LogKey): Promise<'good' | 'bad' | 'unknown'> {
  const parts = line.startsWith(SIGNATURE_START) ? line.slice(SIGNATURE_START.length).split(' ') : [];
  const bytes = parts.length === 2 ? fromBase64(parts[1] ?? '') : undefined;
  if (bytes === undefined || bytes.length < 5) return 'bad';
  if (parts[0] !== key.name || !areEqual(bytes.subarray(0, 4), key.id)) return 'unknown';
  const isGood = await crypto.subtle.verify('Ed25519', key.publicKey, bytes.slice(4), utf8(text));
  return isGood ? 'good' : 'bad';
}
