import { createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto';
import { assert, bytesEqual, concatBytes } from '@leadglass/kit';

/** Ed25519 signature type of a signed note (C2SP signed-note, Signature types). */
const ED25519 = 0x01;
const NOTE_BYTES_MAX = 262_144;
const SIGNATURES_MAX = 64;
const KEY_NAME = /^[^\s+\p{Cc}\p{Z}]+$/u;
const SIGNATURE_START = '\u2014 ';

/** The 32 bytes of an Ed25519 public key (RFC 8032), from a public or private key. */
export function rawPublicKey(key: KeyObject): Uint8Array {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  assert(publicKey.asymmetricKeyType === 'ed25519', 'the ledger key is Ed25519');
  return new Uint8Array(Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url'));
}

/** Key ID of `publicKey` under `name`: four bytes (C2SP signed-note, Ed25519 signatures). */
export function keyId(name: string, publicKey: Uint8Array): Uint8Array {
  const input = concatBytes(Buffer.from(`${name}\n`), Uint8Array.of(ED25519), publicKey);
  return new Uint8Array(hash('sha256', input, 'buffer').subarray(0, 4));
}

/** The verifier key in the text form that note tools take: `name+keyid+base64(0x01 ‖ key)`. */
export function verifierKey(name: string, key: KeyObject): string {
  const raw = rawPublicKey(key);
  return `${name}+${Buffer.from(keyId(name, raw)).toString('hex')}+${Buffer.from([ED25519, ...raw]).toString('base64')}`;
}

/** Whether `name` may name a key and an origin: not empty, no space, no `+`, no control character. */
export function isKeyName(name: string): boolean {
  return KEY_NAME.test(name);
}

/** Signs `text`, which ends in a newline, as a note. @param key Ed25519 private key. */
export function signNote(text: string, name: string, key: KeyObject): string {
  assert(isKeyName(name) && text.endsWith('\n'), 'a note has a key name and ends in a newline');
  const signature = sign(null, Buffer.from(text), key);
  return `${text}\n${SIGNATURE_START}${name} ${Buffer.concat([keyId(name, rawPublicKey(key)), signature]).toString('base64')}\n`;
}

/** Bytes of canonical standard base64, or undefined: an altered unused bit must not pass. */
export function fromBase64(value: string): Uint8Array | undefined {
  const bytes = Buffer.from(value, 'base64');
  return bytes.toString('base64') === value ? new Uint8Array(bytes) : undefined;
}

/** Text of a note that `key` signed under `name`; undefined when it is malformed or no signature of that key verifies. Other signatures are passed over. */
export function openNote(note: string, name: string, key: KeyObject): string | undefined {
  if (note.length > NOTE_BYTES_MAX || !note.endsWith('\n') || /[^\P{Cc}\n]/u.test(note)) return undefined;
  const split = note.lastIndexOf('\n\n');
  if (split < 0) return undefined;
  const text = note.slice(0, split + 1);
  const lines = note.slice(split + 2, -1).split('\n');
  if (lines.length > SIGNATURES_MAX) return undefined;
  const raw = rawPublicKey(key);
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  const verdicts = lines.map((line) => checkLine(line, text, name, keyId(name, raw), publicKey));
  return verdicts.includes('bad') || !verdicts.includes('good') ? undefined : text;
}

function checkLine(
  line: string,
  text: string,
  name: string,
  id: Uint8Array,
  key: KeyObject,
): 'good' | 'bad' | 'unknown' {
  const parts = line.startsWith(SIGNATURE_START) ? line.slice(SIGNATURE_START.length).split(' ') : [];
  const bytes = parts.length === 2 ? fromBase64(parts[1] as string) : undefined;
  if (bytes === undefined || bytes.byteLength < 5) return 'bad';
  if (parts[0] !== name || !bytesEqual(bytes.subarray(0, 4), id)) return 'unknown';
  return verify(null, Buffer.from(text), key, bytes.subarray(4)) ? 'good' : 'bad';
}
