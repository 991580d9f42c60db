import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** OpenSSL in a folder of its own. */
export interface OpenSsl {
  readonly folder: string;
  /** Runs it; throws what it said when it fails. @returns its output. */
  run(...args: string[]): string;
  /** Exit status and all that it said. */
  try(...args: string[]): { readonly status: number | null; readonly said: string };
  read(name: string): Buffer;
  write(name: string, content: string | Uint8Array): string;
}

/** The `openssl` command, or undefined after a visible skip; a failure where peers are required. */
export function openssl(t: TestContext): OpenSsl | undefined {
  if (spawnSync('openssl', ['version']).status !== 0) {
    if (process.env.LEADGLASS_REQUIRE_PEERS === '1') throw new Error('openssl is not installed');
    t.skip('openssl is not installed');
    return undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-pki-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const attempt = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync('openssl', args, { cwd: folder });
    return { status, said: `${stdout}${stderr}` };
  };
  return {
    folder,
    try: attempt,
    run: (...args) => {
      const { status, said } = attempt(...args);
      if (status !== 0) throw new Error(`openssl ${args[0]}: ${said}`);
      return said;
    },
    read: (name) => readFileSync(join(folder, name)),
    write: (name, content) => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    },
  };
}
