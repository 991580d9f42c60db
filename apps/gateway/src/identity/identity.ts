import type { AnswerInputOf, IDENTITY_CONTROL, ParsedRequestOf } from '@leadglass/contract';
import type { Text, Timer } from '@leadglass/kit';
import type { CertificateShown } from '@leadglass/policy';
import type { ShownCertificate } from '../messages.ts';
import { ExpiryWatch } from './expiry.ts';
import { CertificateOffice } from './office.ts';
import type { IdentityParts } from './parts.ts';
import { TlsDesk } from './tls-desk.ts';
import { TrustDesk } from './trust-desk.ts';

const DAY_MS = 86_400_000;

type IdentityActs = {
  [K in keyof typeof IDENTITY_CONTROL]: (asked: ParsedRequestOf<K>) => Promise<AnswerInputOf<K>>;
};

/** Who is who: the site's authority, those of others, the TLS listener, and what is known of a certificate that is shown. */
export class Identity {
  readonly office: CertificateOffice;
  readonly trust: TrustDesk;
  readonly tls: TlsDesk;
  readonly #expiry: ExpiryWatch;
  readonly #parts: IdentityParts;
  #timer: Timer | undefined;

  constructor(parts: IdentityParts) {
    this.#parts = parts;
    this.office = new CertificateOffice(parts);
    this.trust = new TrustDesk(parts);
    this.tls = new TlsDesk(parts);
    this.#expiry = new ExpiryWatch(parts, this.office, this.trust);
  }

  /** Before anybody can call: a revoked certificate opens nothing from the first moment. */
  async start(): Promise<void> {
    await this.office.start();
    await this.#daily();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** What is known of a certificate, for policy; undefined when none was shown. */
  shown(certificate: ShownCertificate | undefined): CertificateShown {
    if (certificate === undefined) return {};
    const { sha256, isSigned, anchors, names } = certificate;
    const issued = this.office.issued(sha256);
    const issuedTo = issued === undefined ? {} : { issuedTo: { peer: issued.peer, name: issued.name } };
    return { certSha256: sha256, isSigned, anchors, names, ...issuedTo, isRevoked: this.isRevoked(certificate) };
  }

  /** Whether it, or an authority on its way, was revoked. */
  isRevoked({ sha256, links }: ShownCertificate): boolean {
    if ((this.office.issued(sha256)?.revokedAtMs ?? 0) > 0) return true;
    return links.some(({ authority, serial }) => this.trust.isRevoked(authority, serial));
  }

  /** What is not as it should be. */
  troubles(): readonly { readonly code: string; readonly text: Text }[] {
    return [...this.#expiry.troubles(), ...this.trust.troubles()];
  }

  /** Certificates that end within 90 days or have ended, the soonest first. */
  ending(): readonly {
    readonly name: string;
    readonly sha256: string;
    readonly days: number;
    readonly notAfterMs: number;
  }[] {
    return this.#expiry.ending();
  }

  readonly acts: IdentityActs = {
    'cert.list': async () => ({ certificates: this.office.all }),
    'cert.issue': (asked) => this.office.issue(asked),
    'cert.show': async ({ id }) => ({ certificate: this.office.find(id) }),
    'cert.revoke': (asked) => this.office.revoke(asked),
    'cert.crl': () => this.office.list(),
    'trust.list': async () => this.trust.list(),
    'trust.add': (asked) => this.trust.add(asked),
    'trust.remove': (asked) => this.trust.remove(asked),
    'trust.crl': (asked) => this.trust.take(asked),
    'tls.show': async () => this.tls.show(),
    'tls.set': (asked) => this.tls.set(asked),
    'tls.renew': () => this.tls.renew(),
    'tls.rollback': () => this.tls.rollback(),
    'device.list': async () => ({ devices: await this.#parts.records.devices() }),
  };

  // What goes wrong here is told, and tried again the next day: nobody is kept outside for it.
  async #daily(): Promise<void> {
    try {
      await this.#expiry.look();
      await this.office.refreshList();
    } catch (thrown) {
      this.#parts.log.error('identity.not-looked', { fault: thrown });
    }
    this.#timer = this.#parts.clock.after(DAY_MS, () => void this.#daily());
  }
}
