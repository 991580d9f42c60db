import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import type { AnswerInputOf, ParsedRequestOf } from '@leadglass/contract';
import { Secret, text, uuidv7 } from '@leadglass/kit';
import type { Event, IssuedCertificate, RevocationReason } from '@leadglass/model';
import { REVOCATION_REASONS } from '@leadglass/model';
import {
  type Authority,
  acceptedKey,
  expiresAtMs,
  fingerprintSha256,
  issueDeviceCertificate,
  signCrl,
} from '@leadglass/wire';
import { by } from '../actor.ts';
import { controlFault } from '../control-faults.ts';
import type { IdentityParts } from './parts.ts';
import { writeDurably } from './write-durably.ts';

const DAY_MS = 86_400_000;
const CRL_NUMBER = 'crl-number';
/** A revoked certificate stays on the list this long after its end: devices' clocks are seldom right. */
const LISTED_AFTER_END_MS = 30 * DAY_MS;

/** The site's authority at work: what it issued, for whom, and what of it stands. */
export class CertificateOffice {
  readonly #parts: IdentityParts;
  readonly #bySha256 = new Map<string, IssuedCertificate>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: IdentityParts) {
    this.#parts = parts;
  }

  /** Reads what was issued, and makes a list of what was revoked when there is none or it is a day old. */
  async start(): Promise<void> {
    for (const issued of await this.#parts.records.certificates()) this.#bySha256.set(issued.sha256, issued);
    await this.refreshList();
  }

  /** A certificate that this authority issued. */
  issued(sha256: string): IssuedCertificate | undefined {
    return this.#bySha256.get(sha256);
  }

  /** Newest first. */
  get all(): readonly IssuedCertificate[] {
    return [...this.#bySha256.values()].sort((a, b) => b.issuedAtMs - a.issuedAtMs);
  }

  /** Signs a device's public key. Throws Fault `control.bad-request` when the key or a name is not to be signed. */
  issue(asked: ParsedRequestOf<'cert.issue'>): Promise<AnswerInputOf<'cert.issue'>> {
    return this.#inTurn(async () => {
      const publicKey = Buffer.from(asked.publicKey, 'base64');
      if (acceptedKey(publicKey) === undefined) throw controlFault('control.bad-request', BAD_KEY);
      this.#refuseOurNames([asked.name, ...asked.dns, ...asked.addresses]);
      const { clock, records, home } = this.#parts;
      const { name, dns, addresses, days } = asked;
      const options = { publicKey, commonName: name, dns, addresses, days, clock };
      const certPem = await issueDeviceCertificate(this.#authority(), options);
      const certificate = issuedFrom(certPem, name, asked.peer ?? '', clock.now());
      await records.issueCertificate(certificate, [this.#event('certificate.issued', certificate, {})]);
      this.#bySha256.set(certificate.sha256, certificate);
      this.#parts.appended();
      return { certificate, authorityPem: readFileSync(join(home.paths.keys, 'ca.pem'), 'utf8') };
    });
  }

  /** Whatever was issued that `id` names. Throws Faults `control.not-found`, `control.ambiguous`. */
  find(id: string): IssuedCertificate {
    const hex = id.replaceAll(':', '').toLowerCase();
    const byPrint = /^[0-9a-f]{6,64}$/.test(hex) ? this.all.filter(({ sha256 }) => sha256.startsWith(hex)) : [];
    const named = this.all.filter((each) => each.name === id);
    const standing = named.filter((each) => this.#stands(each));
    const found = byPrint.length > 0 ? byPrint : standing.length > 0 ? standing : named.slice(0, 1);
    const [first] = found;
    if (first === undefined) throw controlFault('control.not-found');
    if (found.length > 1) throw controlFault('control.ambiguous', SEVERAL);
    return first;
  }

  /** Revokes what `id` names, ends what it opened, and publishes a new list. */
  revoke({ id, reason }: ParsedRequestOf<'cert.revoke'>): Promise<AnswerInputOf<'cert.revoke'>> {
    return this.#inTurn(async () => {
      const { records, clock } = this.#parts;
      const found = this.find(id);
      const event = this.#event('certificate.revoked', found, { reason });
      if (!(await records.revokeCertificate(found.sha256, clock.now(), reason, [event])))
        throw controlFault('control.conflict', ALREADY);
      const certificate = { ...found, revokedAtMs: clock.now(), revokedBecause: reason };
      this.#bySha256.set(found.sha256, certificate);
      this.#parts.appended();
      const ended = this.#parts.endRevoked();
      await this.#publish();
      return { certificate, ended };
    });
  }

  async list(): Promise<AnswerInputOf<'cert.crl'>> {
    await this.refreshList();
    const { paths } = this.#parts.home;
    const authorityPem = readFileSync(join(paths.keys, 'ca.pem'), 'utf8');
    return { authorityPem, crlPem: readFileSync(this.#listPath, 'utf8') };
  }

  /** Makes the list anew when it is a day old: a list that is never late says that there was nothing to hide. */
  async refreshList(): Promise<void> {
    const age = existsSync(this.#listPath)
      ? this.#parts.clock.now() - statSync(this.#listPath).mtimeMs
      : Number.POSITIVE_INFINITY;
    if (age > DAY_MS) await this.#publish();
  }

  get #listPath(): string {
    return join(this.#parts.home.paths.pki, 'site.crl');
  }

  async #publish(): Promise<void> {
    const { records, clock, home } = this.#parts;
    const number = Number((await records.setting(CRL_NUMBER)) ?? 0) + 1;
    const revoked = this.all
      .filter((each) => each.revokedAtMs > 0 && each.notAfterMs + LISTED_AFTER_END_MS > clock.now())
      .map(({ serial, revokedAtMs, revokedBecause }) => ({
        serial,
        atMs: revokedAtMs,
        reason: reasonOf(revokedBecause),
      }));
    const authority = this.#authority();
    const crlPem = await signCrl(authority, { revoked, number, clock });
    // Counted before it is seen: no two lists bear one number.
    await records.setSetting(CRL_NUMBER, String(number));
    writeDurably(join(home.paths.pki, 'ca.pem'), authority.certPem);
    writeDurably(this.#listPath, crlPem);
  }

  // A device that bore our own names could be taken for us by those who call us.
  #refuseOurNames(names: readonly string[]): void {
    const ours = new X509Certificate(this.#parts.watch.current.tls.certPem);
    const taken = names.find((name) => name === this.#parts.home.keys.siteName || isIn(ours, name));
    if (taken === undefined) return;
    const sentence = text(
      `« ${taken} » est un nom de cette passerelle : un appareil ne peut pas le porter.`,
      `"${taken}" is a name of this gateway: a device cannot bear it.`,
    );
    throw controlFault('control.bad-request', sentence);
  }

  #authority(): Authority {
    const { keys } = this.#parts.home.paths;
    const certPem = readFileSync(join(keys, 'ca.pem'), 'utf8');
    return { certPem, keyPem: new Secret(readFileSync(join(keys, 'ca.key'), 'utf8')) };
  }

  #stands({ revokedAtMs, notAfterMs }: IssuedCertificate): boolean {
    return revokedAtMs === 0 && notAfterMs > this.#parts.clock.now();
  }

  #event(
    kind: 'certificate.issued' | 'certificate.revoked',
    { name, peer, sha256, notAfterMs }: IssuedCertificate,
    more: { readonly reason?: string },
  ): Event {
    const atMs = this.#parts.clock.now();
    return { id: uuidv7(atMs), atMs, kind, by: by(), name, peer, sha256, notAfterMs, ...more } as Event;
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(act, act);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '::1']);

/** Names of loopback are everybody's. */
function isIn(certificate: X509Certificate, name: string): boolean {
  if (LOOPBACK.has(name)) return false;
  if (isIP(name) !== 0) return certificate.checkIP(name) !== undefined;
  return certificate.checkHost(name, { subject: 'never' }) !== undefined;
}

function issuedFrom(certPem: string, name: string, peer: string, issuedAtMs: number): IssuedCertificate {
  const [sha256, notAfterMs] = [fingerprintSha256(certPem) ?? '', expiresAtMs(certPem) ?? 0];
  const serial = new X509Certificate(certPem).serialNumber.toLowerCase();
  return { sha256, serial, name, peer, issuedAtMs, notAfterMs, certPem, revokedAtMs: 0, revokedBecause: '' };
}

function reasonOf(value: string): RevocationReason {
  return value in REVOCATION_REASONS ? (value as RevocationReason) : 'unspecified';
}

const BAD_KEY = text(
  'Cette clé n’est pas admise : EC P-256, P-384 ou P-521, ou RSA de 2048 à 8192 bits.',
  'This key is not accepted: EC P-256, P-384 or P-521, or RSA of 2048 to 8192 bits.',
);
const SEVERAL = text(
  'Plusieurs certificats en vigueur portent ce nom : donnez l’empreinte (cert list).',
  'Several standing certificates bear this name: give the fingerprint (cert list).',
);
const ALREADY = text('Ce certificat est déjà révoqué.', 'This certificate is revoked already.');
