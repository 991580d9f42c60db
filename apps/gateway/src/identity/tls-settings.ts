import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import type { TlsIdentity, TlsVersion } from '@leadglass/wire';
import { z } from 'zod';
import { writeDurably } from './write-durably.ts';

/** What the site chose for its TLS listener. */
export interface TlsSettings {
  readonly minVersion: TlsVersion;
  /** DNS names and addresses in the site's certificate, besides this machine's own. */
  readonly names: readonly string[];
  /** Another authority's certificate, its chain behind it, and its key; absent: the site's own. */
  readonly certificate?: { readonly certPem: string; readonly keyPem: string };
}

/** All that `tls rollback` needs: the settings, and the site's certificate as it was. */
export interface TlsSnapshot {
  readonly settings: TlsSettings;
  readonly server: TlsIdentity;
}

export const DEFAULT_TLS_SETTINGS: TlsSettings = { minVersion: 'TLSv1.2', names: [] };

const settingsSchema = z.strictObject({
  minVersion: z.enum(['TLSv1.2', 'TLSv1.3']),
  names: z.array(z.string().max(253)).max(32),
  certificate: z.exactOptional(z.strictObject({ certPem: z.string(), keyPem: z.string() })),
});
const snapshotSchema = z.strictObject({
  settings: settingsSchema,
  server: z.strictObject({ cert: z.string(), key: z.string() }),
});

const CURRENT = 'tls.json';
const PREVIOUS = 'tls-previous.json';

/** The settings in a home's `keys`; the defaults where there are none, or none that can be read: a damaged file locks nobody out. */
export function readTlsSettings(keys: string): TlsSettings {
  return read(join(keys, CURRENT), settingsSchema) ?? DEFAULT_TLS_SETTINGS;
}

export function writeTlsSettings(keys: string, settings: TlsSettings): void {
  writeDurably(join(keys, CURRENT), JSON.stringify(settings));
}

/** What was in force before the last change; undefined when nothing was. */
export function readPrevious(keys: string): TlsSnapshot | undefined {
  return read(join(keys, PREVIOUS), snapshotSchema);
}

export function writePrevious(keys: string, snapshot: TlsSnapshot): void {
  writeDurably(join(keys, PREVIOUS), JSON.stringify(snapshot));
}

function read<T>(path: string, schema: z.ZodType<T>): T | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

/** Names and addresses apart. */
export function sortedNames(names: readonly string[]): { dns: string[]; addresses: string[] } {
  return {
    dns: names.filter((name) => isIP(name) === 0),
    addresses: names.filter((name) => isIP(name) !== 0),
  };
}

/** Whether a certificate bears every one of `names`. */
export function bears(certificate: X509Certificate, names: readonly string[]): boolean {
  const { dns, addresses } = sortedNames(names);
  const isNamed = (name: string) => certificate.checkHost(name, { wildcards: false }) !== undefined;
  return dns.every(isNamed) && addresses.every((address) => certificate.checkIP(address) !== undefined);
}

/** Whether a certificate of somebody else's can be shown: it goes with its key, and is in force. */
export function isUsable({ certPem, keyPem }: { certPem: string; keyPem: string }, nowMs: number): boolean {
  try {
    const certificate = new X509Certificate(certPem);
    const isInForce = certificate.validFromDate.getTime() <= nowMs && nowMs < certificate.validToDate.getTime();
    return isInForce && certificate.checkPrivateKey(createPrivateKey(keyPem));
  } catch {
    return false;
  }
}
