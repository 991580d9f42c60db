import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, X509Certificate } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import { dirname, join, resolve } from 'node:path';
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
  expiresAtMs,
  issueClientCertificate,
  issueServerCertificate,
  type TlsIdentity,
} from '@leadglass/wire';
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
}

/** What the keeper holds and no intake ever sees (but `tls`). */
export interface HomeKeys {
  readonly site: Identity;
  readonly recipients: readonly Recipient[];
  readonly ledgerSigning: KeyObject;
  /** Keys the patients' pseudonyms in records and ledger. */
  readonly pseudonymKey: Secret<Buffer>;
  readonly siteName: string;
}

export interface OpenedHome {
  readonly paths: HomePaths;
  readonly keys: HomeKeys;
  /** The listeners' certificate: all of the keys that an intake sees. */
  readonly tls: TlsMaterial;
  /** The certificate we show to destinations. */
  readonly outgoing: TlsIdentity;
  /** The offline recovery key, on the very first start alone: to be shown once and never stored. */
  readonly recoveryKey?: Secret<string>;
}

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
  };
}

/**
 * Opens a gateway's home, making what is missing: folders, the site key, the ledger's signing key, the site's certificate authority
 * and the listener's certificate. The first time, also the recovery key: `present` is called with it before its recipient is
 * written, so that no home ever seals to a recovery key that nobody was shown.
 */
export async function openHome(
  root: string,
  clock: Clock,
  present: (recoveryKey: Secret<string>) => void,
): Promise<OpenedHome> {
  const paths = homePaths(root);
  try {
    for (const folder of [
      paths.root,
      dirname(paths.records),
      paths.vault,
      paths.staging,
      paths.ledger,
      paths.run,
      paths.keys,
    ]) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    }
    chmodSync(paths.run, 0o700);
    chmodSync(paths.keys, 0o700);
    return { paths, ...(await openKeys(paths, clock, present)) };
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

async function openKeys(
  paths: HomePaths,
  clock: Clock,
  present: (recoveryKey: Secret<string>) => void,
): Promise<Omit<OpenedHome, 'paths'>> {
  const file = (name: string): string => join(paths.keys, name);
  const siteText = keep(file('site.agekey'), () => `${generateIdentity().text.reveal()}\n`);
  const site = parseIdentity(siteText.trim()) ?? damaged(file('site.agekey'));
  const recipients = openRecipients(file('recipients.txt'), site, present);
  const ledgerPem = keep(file('ledger.pem'), () =>
    generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  );
  const pseudonymHex = keep(file('pseudonym.key'), () => `${randomBytes(32).toString('hex')}\n`);
  const siteName = keep(file('site-name.txt'), () => `leadglass-${randomBytes(4).toString('hex')}\n`).trim();
  return {
    keys: {
      site,
      recipients: recipients.list,
      ledgerSigning: createPrivateKey(ledgerPem),
      pseudonymKey: new Secret(Buffer.from(pseudonymHex.trim(), 'hex')),
      siteName,
    },
    ...(await openTls(paths, siteName, clock)),
    ...(recipients.recoveryKey === undefined ? {} : { recoveryKey: recipients.recoveryKey }),
  };
}

function openRecipients(
  path: string,
  site: Identity,
  present: (recoveryKey: Secret<string>) => void,
): { list: readonly Recipient[]; recoveryKey?: Secret<string> } {
  if (existsSync(path)) {
    const lines = readFileSync(path, 'utf8').split('\n');
    return {
      list: lines.filter((line) => line.startsWith('age1')).map((line) => parseRecipient(line.trim()) ?? damaged(path)),
    };
  }
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

async function openTls(
  paths: HomePaths,
  siteName: string,
  clock: Clock,
): Promise<Pick<OpenedHome, 'tls' | 'outgoing'>> {
  const file = (name: string): string => join(paths.keys, name);
  if (!existsSync(file('ca.pem')) || !existsSync(file('ca.key'))) {
    const made = await createAuthority({ siteName, clock });
    writeDurably(file('ca.key'), made.keyPem.reveal());
    writeDurably(file('ca.pem'), made.certPem);
  }
  const caPem = readFileSync(file('ca.pem'), 'utf8');
  const authority = { certPem: caPem, keyPem: new Secret(readFileSync(file('ca.key'), 'utf8')) };
  const names = ['localhost', cleanHostname(), siteName];
  const server = await openCertificate(file('server'), clock, () =>
    issueServerCertificate(authority, { names, addresses: ownAddresses(), days: CERTIFICATE_DAYS, clock }),
  );
  const outgoing = await openCertificate(file('client'), clock, () =>
    issueClientCertificate(authority, { commonName: siteName, days: CERTIFICATE_DAYS, clock }),
  );
  return { tls: { caPem, certPem: server.cert, keyPem: server.key }, outgoing };
}

/** The certificate at `path`.pem and its key, made anew when there is none or it ends soon. */
async function openCertificate(
  path: string,
  clock: Clock,
  make: () => Promise<CertificateAndKey>,
): Promise<TlsIdentity> {
  const [certPath, keyPath] = [`${path}.pem`, `${path}.key`];
  if (!isGood(certPath, keyPath, clock)) {
    const issued = await make();
    writeDurably(keyPath, issued.keyPem.reveal());
    writeDurably(certPath, issued.certPem);
  }
  return { cert: readFileSync(certPath, 'utf8'), key: readFileSync(keyPath, 'utf8') };
}

function isGood(certPath: string, keyPath: string, clock: Clock): boolean {
  if (!existsSync(certPath) || !existsSync(keyPath)) return false;
  const certPem = readFileSync(certPath, 'utf8');
  const expiresMs = expiresAtMs(certPem);
  // A crash between the two writes of a renewal leaves a key that is not this certificate's.
  if (
    expiresMs === undefined ||
    !new X509Certificate(certPem).checkPrivateKey(createPrivateKey(readFileSync(keyPath, 'utf8')))
  )
    return false;
  return expiresMs - clock.now() > RENEW_BEFORE_MS;
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
      `Le fichier de clé ${path} est illisible : restaurez-le d’une sauvegarde.`,
      `The key file ${path} cannot be read: restore it from a backup.`,
    ),
  );
}

/** The file's text; made durably by `make` when it is not there. */
function keep(path: string, make: () => string): string {
  if (!existsSync(path)) writeDurably(path, make());
  return readFileSync(path, 'utf8');
}

/** A small secret file: written whole and synced under another name, then renamed; only its owner can read it. */
export function writeDurably(path: string, content: string): void {
  const temporary = `${path}.new`;
  const fd = openSync(temporary, 'w', 0o600);
  try {
    writeSync(fd, content);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(temporary, path);
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
