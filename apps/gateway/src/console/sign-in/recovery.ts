import { randomBytes, scrypt, scryptSync } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { isSame } from './secrets.ts';
import { writeSynced } from './write-synced.ts';

// What lets a person prove, once, that they wrote the recovery key down, without anything here being able to open an object: a slow hash of the
// key's last eight characters (40 of its 256 bits), gone when they have.
const FILE = 'recovery-end.json';
const CHARACTERS = 8;
const BYTES = 32;
const KeptSchema = z.strictObject({ salt: z.string(), hash: z.string() });

/** Keeps the slow hash of the key's end. Called when the key is made, before anything is sealed to it. @param folder `<home>/people`. */
export function keepRecoveryEnd(folder: string, recoveryKey: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const salt = randomBytes(16).toString('hex');
  const hash = scryptSync(endOf(recoveryKey), salt, BYTES).toString('hex');
  writeSynced(join(folder, FILE), `${JSON.stringify({ salt, hash })}\n`);
}

/** Whether these are the key's last eight characters. False too when that was confirmed before, or the home is older than this. */
export async function isRecoveryEnd(folder: string, typed: string): Promise<boolean> {
  const path = join(folder, FILE);
  if (!existsSync(path)) return false;
  const { salt, hash } = KeptSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  const end = endOf(typed);
  if (end.length !== CHARACTERS) return false;
  return isSame(await hashOf(end, salt), hash);
}

/** It was confirmed: nothing of the key is kept any more. */
export function recoveryIsKept(folder: string): void {
  rmSync(join(folder, FILE), { force: true });
}

function endOf(key: string): string {
  return key.trim().toUpperCase().slice(-CHARACTERS);
}

async function hashOf(end: string, salt: string): Promise<string> {
  const derive = promisify<string, string, number, Buffer>(scrypt);
  return (await derive(end, salt, BYTES)).toString('hex');
}
