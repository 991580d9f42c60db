import type { Clock, Logger } from '@leadglass/kit';
import type { Records } from '@leadglass/records';
import type { CertificateWatch } from '../certificate-watch.ts';
import type { OpenedHome } from '../home.ts';

/** What the desks of this folder ask of the running gateway. */
export interface IdentityParts {
  readonly home: Pick<OpenedHome, 'paths' | 'keys'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly records: Pick<
    Records,
    | 'certificates'
    | 'issueCertificate'
    | 'revokeCertificate'
    | 'devices'
    | 'setting'
    | 'setSetting'
    | 'appendEvents'
    | 'peers'
  >;
  readonly watch: Pick<CertificateWatch, 'current' | 'reload'>;
  /** Events were appended to `records`. */
  appended(): void;
  /** Ends the associations whose certificate is now refused. @returns how many. */
  endRevoked(): number;
  /** Where the TLS listener listens, `HOST:PORT`; undefined when there is none. */
  tlsListener(): { readonly host: string; readonly port: number } | undefined;
}
