import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, X509Certificate } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { DEMO_MARK } from '@leadglass/contract';
import { type Clock, Fault, Secret, text } from '@leadglass/kit';
import {
  generateIdentity,
  type Identity,
  parseIdentity,
  parseRecipient,
  type Recipient,
  recipientOf,
} from '@leadglass/vault';
import {
  type CertificateAndKey,
  createAuthority,
  issueClientCertificate,
  issueServerCertificate,
  type TlsIdentity,
} from '@leadglass/wire';
import { keepRecoveryEnd } from './console/sign-in/recovery.ts';
import { bears, isUsable, readTlsSettings, sortedNames } from './identity/tls-settings.ts';
import { readAnchors } from './identity/trust-files.ts';
import { writeDurably } from './identity/write-durably.ts';
import type { TlsMaterial } from './messages.ts';

/** Where everything of one gateway lies. */
export interface HomePaths {
  readonly root: string;
  readonly records: string;
  readonly vault: string;
  readonly staging: string;
  readonly ledger: string;
  readonly run: string;
  readonly socket: string;
  readonly keys: string;
  /** The site's own YARA rules, put there by people. */
  readonly rules: string;
  /** Authorities of others, and their revocation lists. */
  readonly trust: string;
  /** For everybody to have: the site's authority and its revocation list. */
  readonly pki: string;
}

/** What the keeper holds and no intake ever sees (but `tls`). */
export interface HomeKeys {
  readonly site: Identity;
  readonly recipients: readonly Recipient[];
  readonly ledgerSigning: KeyObject;
  /** Keys the patients' pseudonyms in records and ledger. */
  readonly pseudonymKey: Secret<Buffer>;
  /** Seals the index of patients and studies, and makes what it is found by. */
  readonly indexKey: Secret<Buffer>;
  readonly siteName: string;
}

export interface OpenedHome {
  readonly paths: HomePaths;
  readonly keys: HomeKeys;
  /** The listeners' certificate: all of the keys that an intake sees. */
  readonly tls: TlsMaterial;
  /** The certificate we show to destinations. */
  readonly outgoing: TlsIdentity;
  /** The console's: a key of its own, because its process is not one of the intakes. */
  readonly console: TlsIdentity;
  /** The offline recovery key, on the very first start alone: to be shown once and never stored. */
  readonly recoveryKey?: Secret<string>;
}

/** Written last of all keys: a home that has it is complete. */
const RECIPIENTS = 'recipients.txt';
const CERTIFICATE_DAYS = 825;
const RENEW_BEFORE_MS = 60 * 24 * 3600 * 1000;

/** The paths under `root`; nothing is touched. */
export function homePaths(root: string): HomePaths {
  const at = (name: string): string => join(resolve(root), name);
  return {
    root: resolve(root),
    records: at('records/leadglass.db'),
    vault: at('vault'),
    staging: at('staging'),
    ledger: at('ledger'),
    run: at('run'),
    socket: at('run/leadglass.sock'),
    keys: at('keys'),
    rules: at('rules'),
    trust: at('trust'),
    pki: at('pki'),
  };
}

/**
 * Whether nothing was ever kept here: the list of recipients, which is written last of all keys, is not there, and no record, ledger
 * or object lies beside it. A first start that was cut short is still a first start.
 */
export function isFirstStart(root: string): boolean {
  const paths = homePaths(root);
  const [checkpoint, objects] = [join(paths.ledger, 'checkpoint'), join(paths.vault, 'objects')];
  return ![paths.records, checkpoint, objects, join(paths.keys, RECIPIENTS)].some((path) => existsSync(path));
}

/** Whether this home is a demonstration's: whoever makes one marks it, and every page then says so. */
export function isDemo(root: string): boolean {
  return existsSync(join(resolve(root), DEMO_MARK));
}

/**
 * Opens a gateway's home. The first time it is made: folders, the site key, the ledger's signing key, the site's certificate authority,
 * and the recovery key, which `present` is called with before its recipient is written, so that no home ever seals to a recovery key
 * that nobody was shown. Afterwards no key is ever made anew: throws Fault `gateway.key-missing` or `gateway.key-damaged` (permanent).
 * Certificates that end within 60 days, or are not of this authority, are issued again. Throws `gateway.home-unusable` when the
 * folder cannot be used.
 */
export async function openHome(
  root: string,
  clock: Clock,
  present: (recoveryKey: Secret<string>) => void,
): Promise<OpenedHome> {
  const paths = homePaths(root);
  try {
    const isFirst = isFirstStart(root);
    for (const folder of [
      paths.root,
      dirname(paths.records),
      paths.vault,
      paths.staging,
      paths.ledger,
      paths.run,
      paths.keys,
      paths.rules,
      paths.trust,
      paths.pki,
    ]) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    }
    chmodSync(paths.run, 0o700);
    chmodSync(paths.keys, 0o700);
    return { paths, ...(await openKeys(paths, isFirst, clock, present)) };
  } catch (thrown) {
    if (thrown instanceof Fault) throw thrown;
    throw new Fault(
      'gateway.home-unusable',
      'permanent',
      text(
        `Le dossier de données ${paths.root} est inutilisable (droits, disque plein ou en lecture seule ?).`,
        `The data folder ${paths.root} cannot be used (permissions, full or read-only disk?).`,
      ),
      { cause: thrown },
    );
  }
}

// The list of recipients comes last: it is what says that this home is complete and may seal.
async function openKeys(
  paths: HomePaths,
  isFirst: boolean,
  clock: Clock,
  present: (recoveryKey: Secret<string>) => void,
): Promise<Omit<OpenedHome, 'paths'>> {
  const file = (name: string): string => join(paths.keys, name);
  const site = keep(file('site.agekey'), isFirst, () => `${generateIdentity().text.reveal()}\n`, parseIdentity);
  const ledgerSigning = keep(file('ledger.pem'), isFirst, newLedgerKey, parseLedgerKey);
  const pseudonymKey = keep(file('pseudonym.key'), isFirst, () => `${randomBytes(32).toString('hex')}\n`, parseHexKey);
  // The one key that may be made anew: what it seals can be made again from the vault.
  const indexFile = file('index.key');
  const indexKey = keep(indexFile, !existsSync(indexFile), () => `${randomBytes(32).toString('hex')}\n`, parseHexKey);
  const siteName = keep(
    file('site-name.txt'),
    isFirst,
    () => `leadglass-${randomBytes(4).toString('hex')}\n`,
    parseSiteName,
  );
  await openAuthority(paths, siteName, isFirst, clock);
  const certificates = await openCertificates(paths, siteName, clock);
  const { list, recoveryKey } = openRecipients(file(RECIPIENTS), site, isFirst, (key) => {
    keepRecoveryEnd(join(paths.root, 'people'), key.reveal());
    present(key);
  });
  return {
    keys: { site, recipients: list, ledgerSigning, pseudonymKey, indexKey, siteName },
    ...certificates,
    ...(recoveryKey === undefined ? {} : { recoveryKey }),
  };
}

function openRecipients(
  path: string,
  site: Identity,
  isFirst: boolean,
  present: (recoveryKey: Secret<string>) => void,
): { list: readonly Recipient[]; recoveryKey?: Secret<string> } {
  if (!isFirst) return { list: recipientsIn(path, site) };
  const recovery = generateIdentity();
  const recoveryKey = recovery.text;
  present(recoveryKey);
  const list = [recipientOf(site), recipientOf(recovery)];
  writeDurably(
    path,
    `# every object is sealed to these: the site key, then the offline recovery key\n${list.map(String).join('\n')}\n`,
  );
  return { list, recoveryKey };
}

// Sealing without the site's own key loses the object for us; without another, for everybody once this machine is gone.
function recipientsIn(path: string, site: Identity): readonly Recipient[] {
  const lines = readKey(path)
    .split('\n')
    .map((line) => line.trim());
  const list = lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => parseRecipient(line) ?? damaged(path));
  const names = new Set(list.map((recipient) => recipient.text));
  if (!names.has(recipientOf(site).text) || names.size < 2) return damaged(path);
  return list;
}

async function openAuthority(paths: HomePaths, siteName: string, isFirst: boolean, clock: Clock): Promise<void> {
  const [certPath, keyPath] = [join(paths.keys, 'ca.pem'), join(paths.keys, 'ca.key')];
  if (isFirst && !(existsSync(certPath) && existsSync(keyPath))) {
    const made = await createAuthority({ siteName, clock });
    writeDurably(keyPath, made.keyPem.reveal());
    writeDurably(certPath, made.certPem);
  }
  const key = parsePrivateKey(readKey(keyPath)) ?? damaged(keyPath);
  const cert = parseCertificate(readKey(certPath));
  if (cert === undefined || !cert.ca || !cert.checkPrivateKey(key)) damaged(certPath);
}

/**
 * The listeners', the console's and our own certificate, from the authority in the home's `keys`: issued when there is none, when it ends within 60
 * days, or when this authority has not signed it. @returns the certificates in force.
 */
export async function openCertificates(
  paths: HomePaths,
  siteName: string,
  clock: Clock,
): Promise<Pick<OpenedHome, 'tls' | 'outgoing' | 'console'>> {
  const file = (name: string): string => join(paths.keys, name);
  const caPem = readKey(file('ca.pem'));
  const authority = { certPem: caPem, keyPem: new Secret(readKey(file('ca.key'))) };
  const settings = readTlsSettings(paths.keys);
  const chosen = sortedNames(settings.names);
  const names = [...new Set(['localhost', cleanHostname(), siteName, ...chosen.dns])];
  const addresses = [...new Set([...ownAddresses(), ...chosen.addresses])];
  const server = await openCertificate(file('server'), caPem, settings.names, clock, () =>
    issueServerCertificate(authority, { names, addresses, days: CERTIFICATE_DAYS, clock }),
  );
  const forConsole = await openCertificate(file('console'), caPem, settings.names, clock, () =>
    issueServerCertificate(authority, { names, addresses, days: CERTIFICATE_DAYS, clock }),
  );
  const outgoing = await openCertificate(file('client'), caPem, [], clock, () =>
    issueClientCertificate(authority, { commonName: siteName, days: CERTIFICATE_DAYS, clock }),
  );
  // One of somebody else's that does not do any more is not shown: the site's own always can be.
  const { certificate, minVersion } = settings;
  const isOther = certificate !== undefined && isUsable(certificate, clock.now());
  const shown = isOther ? certificate : { certPem: server.cert, keyPem: server.key };
  return { tls: { caPem, ...shown, minVersion, anchors: readAnchors(paths.trust) }, outgoing, console: forConsole };
}

/** The certificate at `path`.pem and its key, made anew when there is none that will do. */
async function openCertificate(
  path: string,
  caPem: string,
  wantedNames: readonly string[],
  clock: Clock,
  make: () => Promise<CertificateAndKey>,
): Promise<TlsIdentity> {
  const [certPath, keyPath] = [`${path}.pem`, `${path}.key`];
  if (!isGood(certPath, keyPath, caPem, wantedNames, clock)) {
    const issued = await make();
    writeDurably(keyPath, issued.keyPem.reveal());
    writeDurably(certPath, issued.certPem);
  }
  return { cert: readFileSync(certPath, 'utf8'), key: readFileSync(keyPath, 'utf8') };
}

function isGood(
  certPath: string,
  keyPath: string,
  caPem: string,
  wantedNames: readonly string[],
  clock: Clock,
): boolean {
  if (!existsSync(certPath) || !existsSync(keyPath)) return false;
  const cert = parseCertificate(readFileSync(certPath, 'utf8'));
  const key = parsePrivateKey(readFileSync(keyPath, 'utf8'));
  // A crash between the two writes of a renewal leaves a key that is not this certificate's.
  if (cert === undefined || key === undefined || !cert.checkPrivateKey(key)) return false;
  const authority = new X509Certificate(caPem);
  if (!cert.checkIssued(authority) || !cert.verify(authority.publicKey)) return false;
  if (!bears(cert, wantedNames)) return false;
  return cert.validToDate.getTime() - clock.now() > RENEW_BEFORE_MS;
}

function ownAddresses(): string[] {
  const found = Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map((entry) => entry.address));
  return [...new Set(['127.0.0.1', '::1', ...found.filter((address) => !address.includes('%'))])];
}

function cleanHostname(): string {
  return (
    hostname()
      .toLowerCase()
      .replace(/[^a-z0-9.-]/g, '-')
      .slice(0, 63) || 'localhost'
  );
}

function damaged(path: string): never {
  throw new Fault(
    'gateway.key-damaged',
    'permanent',
    text(
      `Le fichier de clé ${path} est abîmé ou ne va pas avec les autres : restaurez-le de la sauvegarde. Rien n’est refait à sa place.`,
      `The key file ${path} is damaged or does not go with the others: restore it from the backup. Nothing is made in its place.`,
    ),
  );
}

function missing(path: string): never {
  throw new Fault(
    'gateway.key-missing',
    'permanent',
    text(
      `Le fichier de clé ${path} manque alors que ce dossier a déjà servi : restaurez-le de la sauvegarde. Rien n’est refait à sa place.`,
      `The key file ${path} is missing although this home has been used: restore it from the backup. Nothing is made in its place.`,
    ),
  );
}

/** The file's text. Throws Fault `gateway.key-missing`. */
function readKey(path: string): string {
  if (!existsSync(path)) missing(path);
  return readFileSync(path, 'utf8');
}

/** The file as `parse` understands it; on a first start, made durably by `make` when it is not there. */
function keep<T>(path: string, isFirst: boolean, make: () => string, parse: (value: string) => T | undefined): T {
  if (isFirst && !existsSync(path)) writeDurably(path, make());
  return parse(readKey(path).trim()) ?? damaged(path);
}

function newLedgerKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
}

function parseLedgerKey(pem: string): KeyObject | undefined {
  const key = parsePrivateKey(pem);
  return key?.asymmetricKeyType === 'ed25519' ? key : undefined;
}

function parseHexKey(hex: string): Secret<Buffer> | undefined {
  return /^[0-9a-f]{64}$/.test(hex) ? new Secret(Buffer.from(hex, 'hex')) : undefined;
}

function parseSiteName(name: string): string | undefined {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,51}$/.test(name) ? name : undefined;
}

function parsePrivateKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

function parseCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}
