import { access, rename, rm, writeFile } from 'node:fs/promises';
import { text } from '@leadglass/kit';
import { CliFailure, EXIT } from './exits.ts';

/** Throws CliFailure `cli.exists` when there is something of this name. */
export async function refuseExisting(name: string): Promise<void> {
  const exists = await access(name).then(
    () => true,
    () => false,
  );
  if (exists)
    throw new CliFailure(
      EXIT.failed,
      text(`${name} existe déjà : --force pour remplacer.`, `${name} exists: --force to replace it.`),
      'cli.exists',
    );
}

/** Writes a file of its owner's alone, whole or not at all. */
export async function writeWhole(name: string, bytes: Uint8Array): Promise<void> {
  const partial = `${name}.partial-${process.pid}`;
  try {
    await writeFile(partial, bytes, { flag: 'wx', mode: 0o600 });
    await rename(partial, name);
  } finally {
    await rm(partial, { force: true });
  }
}
