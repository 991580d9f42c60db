// Identity: the certificates in force, and who shows which.
import { type Certificates, CertificateWatch } from '../certificate-watch.ts';
import { Identity } from '../identity/identity.ts';
import { parseHostPort } from '../listeners.ts';
import type { Ground } from './ground.ts';
import type { Reception } from './reception.ts';

/** @param changed is called once the intakes have the new certificates. */
export function newCertificates({ home, clock, log, intakes }: Ground, changed: () => void): CertificateWatch {
  return new CertificateWatch(home, clock, log, ({ tls }: Certificates) => {
    intakes().useTls(tls);
    changed();
  });
}

export interface IdentityWiring {
  readonly watch: CertificateWatch;
  endRevoked(): number;
  /** Made later. */
  reception(): Reception;
}

export function newIdentity(
  { home, clock, log, records, teller }: Ground,
  { watch, endRevoked, reception }: IdentityWiring,
): Identity {
  return new Identity({
    ...{ home, clock, log, records, watch, endRevoked },
    appended: () => teller.poke(),
    tlsListener: () => parseHostPort(reception().listening.find(({ name }) => name === 'dimse-tls')?.address ?? ''),
  });
}
