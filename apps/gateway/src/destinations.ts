import type { RoleSelection } from '@leadglass/dimse';
import type { Clock } from '@leadglass/kit';
import type { Destination } from '@leadglass/model';
import { openAssociation, type ScuAssociation, type ScuContext } from '@leadglass/wire';
import type { OpenedHome } from './home.ts';

const TIMEOUTS = {
  connectMs: 10_000,
  associateMs: 30_000,
  responseMs: 120_000,
  writeStallMs: 60_000,
  releaseMs: 10_000,
};
const MAXIMUM_LENGTH = 64 * 1024;

/** Opens associations to destinations: with TLS, our certificate is the site's and theirs is pinned or signed by the site's authority. */
export function connectorTo({ tls, outgoing }: Pick<OpenedHome, 'tls' | 'outgoing'>, clock: Clock) {
  return (
    destination: Destination,
    contexts: readonly ScuContext[],
    signal: AbortSignal,
    roleSelections: readonly RoleSelection[] = [],
  ): Promise<ScuAssociation> =>
    openAssociation({
      roleSelections,
      host: destination.host,
      port: destination.port,
      called: destination.called,
      calling: destination.calling,
      contexts,
      maximumLength: MAXIMUM_LENGTH,
      timeouts: TIMEOUTS,
      clock,
      signal,
      ...(destination.tls
        ? {
            tls: {
              ca: [tls.caPem],
              identity: outgoing,
              ...(destination.certSha256 === undefined ? {} : { certSha256: destination.certSha256 }),
            },
          }
        : {}),
    });
}
