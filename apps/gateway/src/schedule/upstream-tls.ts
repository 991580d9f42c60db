import type { Destination } from '@leadglass/model';
import type { Certificates } from '../certificate-watch.ts';
import type { UpstreamTls } from '../relay-messages.ts';

/** How TLS is spoken with a destination in a sandbox; undefined where it is not. */
export function upstreamTls(
  destination: Pick<Destination, 'tls' | 'certSha256'> | undefined,
  { tls, outgoing }: Certificates,
): UpstreamTls | undefined {
  if (destination?.tls !== true) return undefined;
  const pinned = destination.certSha256 === undefined ? {} : { certSha256: destination.certSha256 };
  return { ca: [tls.caPem], identity: outgoing, ...pinned };
}
