import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@leadglass/kit';
import { openAssociation, type ScuAssociation } from '@leadglass/wire';
import type { Gateway } from './gateway.ts';
import { SHAPES } from './objects.ts';

/** A device's files: certificate, key, and the authority it believes. */
export interface DeviceFiles {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

/** What a program said, and how it ended. */
export interface Said {
  readonly status: number | null;
  readonly said: string;
}

/** A folder of its own for keys and certificates. */
export function identityFolder(): { readonly folder: string; at(name: string): string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-identities-'));
  return { folder, at: (name) => join(folder, name), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Has a certificate issued in PEM files at `base`. */
export async function enrol(gateway: Gateway, base: string, name: string, ...options: string[]): Promise<DeviceFiles> {
  await gateway.cli('cert', 'issue', name, '--pem', '--out', base, '--force', ...options);
  return { cert: `${base}.pem`, key: `${base}.key`, ca: `${base}-ca.pem` };
}

/** One of DCMTK's tools over TLS, as the device whose files these are. */
export function overTls(
  tool: 'echoscu' | 'storescu',
  gateway: Gateway,
  calling: string,
  files: DeviceFiles,
  ...objects: string[]
): Promise<Said> {
  const tls = ['+tls', files.key, files.cert, '+cf', files.ca];
  const args = [...tls, '-aet', calling, '-aec', 'LEADGLASS', '127.0.0.1', String(gateway.dimseTls), ...objects];
  return run(tool, args);
}

/** Runs a program to its end. */
export function run(tool: string, args: readonly string[]): Promise<Said> {
  return new Promise((resolve) => {
    execFile(tool, args, { timeout: 30_000 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : (error.code ?? null);
      resolve({ status: typeof code === 'number' ? code : null, said: `${stdout}${stderr}` });
    });
  });
}

/** The last refusal of an association: why, in both languages, and the command proposed. */
export async function lastRefusal(gateway: Gateway): Promise<{ fr: string; en: string; hint: string }> {
  const { entries } = JSON.parse(await gateway.cli('log', '--kind', 'association', '--json', '--last', '50')) as {
    entries: { event: { kind: string; why?: { fr: string; en: string }; hint?: string } }[];
  };
  const last = entries.map(({ event }) => event).findLast(({ kind }) => kind === 'association.rejected');
  return { fr: last?.why?.fr ?? '', en: last?.why?.en ?? '', hint: last?.hint ?? '' };
}

/** An association of our own over TLS, to store through. */
export async function associateOverTls(port: number, calling: string, files: DeviceFiles): Promise<ScuAssociation> {
  const [cert, key, ca] = await Promise.all([files.cert, files.key, files.ca].map((name) => readFile(name, 'utf8')));
  return openAssociation({
    ...{ host: '127.0.0.1', port, called: 'LEADGLASS', calling, maximumLength: 64 * 1024, clock: systemClock },
    contexts: [{ abstractSyntax: SHAPES.mr.sopClassUid, transferSyntaxes: ['1.2.840.10008.1.2.1'] }],
    timeouts: { connectMs: 5_000, associateMs: 15_000, responseMs: 30_000, writeStallMs: 30_000, releaseMs: 5_000 },
    tls: { ca: [ca ?? ''], identity: { cert: cert ?? '', key: key ?? '' } },
  });
}

/** Whether OpenSSL is there. */
export const hasOpenssl = (): boolean => spawnSync('openssl', ['version']).status === 0;
