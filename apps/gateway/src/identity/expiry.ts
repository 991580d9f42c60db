import { X509Certificate } from 'node:crypto';
import { type Text, text, uuidv7 } from '@leadglass/kit';
import type { Event } from '@leadglass/model';
import { fingerprintSha256 } from '@leadglass/wire';
import { z } from 'zod';
import type { CertificateOffice } from './office.ts';
import type { IdentityParts } from './parts.ts';
import type { TrustDesk } from './trust-desk.ts';

const DAY_MS = 86_400_000;
/** Days before its end at which a certificate is told of. */
export const WARNING_DAYS = [7, 30, 60, 90] as const;
const SETTING = 'certificates-warned';
const warnedSchema = z.record(z.string(), z.number());

/** A certificate whose end would be noticed. */
interface Watched {
  readonly name: string;
  readonly peer: string;
  readonly sha256: string;
  readonly notAfterMs: number;
}

/** Looks once a day at what ends within 90 days, and tells at 90, 60, 30 and 7, each once. */
export class ExpiryWatch {
  readonly #parts: IdentityParts;
  readonly #office: CertificateOffice;
  readonly #trust: TrustDesk;

  constructor(parts: IdentityParts, office: CertificateOffice, trust: TrustDesk) {
    this.#parts = parts;
    this.#office = office;
    this.#trust = trust;
  }

  /** Tells of what has passed a threshold since it was last told of. */
  async look(): Promise<void> {
    const { records, clock } = this.#parts;
    const told = warnedOf(await records.setting(SETTING));
    const due = this.ending().filter((each) => (told[each.sha256] ?? 1000) > each.threshold);
    if (due.length === 0) return;
    const events = due.map(({ name, peer, sha256, notAfterMs, days }): Event => {
      const atMs = clock.now();
      return { id: uuidv7(atMs), atMs, kind: 'certificate.expiring', name, peer, sha256, notAfterMs, days };
    });
    await records.appendEvents(events);
    this.#parts.appended();
    // Told first: after a crash between the two it is told twice, and never not at all.
    const kept = this.ending().map(({ sha256, threshold }) => [sha256, threshold]);
    await records.setSetting(SETTING, JSON.stringify(Object.fromEntries(kept)));
  }

  /** What ends within 90 days or has ended, the soonest first, with the threshold it has passed. */
  ending(): readonly (Watched & { readonly days: number; readonly threshold: number })[] {
    const now = this.#parts.clock.now();
    return this.#watched()
      .map((each) => ({ ...each, days: Math.floor((each.notAfterMs - now) / DAY_MS) }))
      .flatMap((each) => {
        const threshold = WARNING_DAYS.find((limit) => each.days <= limit);
        return threshold === undefined ? [] : [{ ...each, threshold }];
      })
      .sort((a, b) => a.notAfterMs - b.notAfterMs);
  }

  troubles(): { code: string; text: Text }[] {
    return this.ending().map(({ name, days }) => ({ code: 'certificate.expiring', text: endsSoon(name, days) }));
  }

  #watched(): Watched[] {
    return [...this.#devices(), ...this.#own(), ...this.#others()];
  }

  // One that was revoked, or has a later successor of the same name and peer, is nobody's worry any more.
  #devices(): Watched[] {
    const standing = this.#office.all.filter(({ revokedAtMs }) => revokedAtMs === 0);
    return standing.filter(
      (each) =>
        !standing.some(
          (other) => other.name === each.name && other.peer === each.peer && other.notAfterMs > each.notAfterMs,
        ) && each.notAfterMs > this.#parts.clock.now() - 30 * DAY_MS,
    );
  }

  // The site's own certificates are renewed by themselves at 60 days: to be told of below that, when it did not work.
  #own(): Watched[] {
    const { tls } = this.#parts.watch.current;
    const listener = watchedOf('TLS listener', tls.certPem);
    const isOurs = new X509Certificate(tls.certPem).checkIssued(new X509Certificate(tls.caPem));
    const isQuiet = isOurs && listener.notAfterMs - this.#parts.clock.now() > 45 * DAY_MS;
    return [watchedOf('site authority', tls.caPem), ...(isQuiet ? [] : [listener])];
  }

  #others(): Watched[] {
    return this.#trust.anchors.flatMap(({ name, authorities }) =>
      authorities.map(({ certPem }) => watchedOf(name, certPem)),
    );
  }
}

function watchedOf(name: string, certPem: string): Watched {
  const notAfterMs = new X509Certificate(certPem).validToDate.getTime();
  return { name, peer: '', sha256: fingerprintSha256(certPem) ?? '', notAfterMs };
}

function warnedOf(value: string | undefined): Readonly<Record<string, number>> {
  try {
    return warnedSchema.parse(JSON.parse(value ?? '{}'));
  } catch {
    return {};
  }
}

function endsSoon(name: string, days: number): Text {
  if (days < 0)
    return text(
      `Le certificat « ${name} » n’est plus valable depuis ${-days} jours (leadglass cert renew).`,
      `The certificate "${name}" ended ${-days} days ago (leadglass cert renew).`,
    );
  return text(
    `Le certificat « ${name} » expire dans ${days} jours (leadglass cert renew).`,
    `The certificate "${name}" expires in ${days} days (leadglass cert renew).`,
  );
}
