import { text } from '@leadglass/kit';
import { ISOLATED, type IsolationHost } from '../continuity/isolation-host.ts';
import type { FeedDesk } from '../feeds/feed-desk.ts';
import type { Identity } from '../identity/identity.ts';
import type { OperationDesk } from '../operation-desk.ts';
import type { WebDesk } from '../web/desk.ts';
import type { Ground } from './ground.ts';

export interface CutOffParts {
  readonly isolation: Pick<IsolationHost, 'isCut' | 'isCutAddress' | 'isCutPeer'>;
  readonly operations: Pick<OperationDesk, 'upstreamsOf'>;
  readonly feeds: Pick<FeedDesk, 'endFrom'>;
  readonly web: Pick<WebDesk, 'endFrom'>;
}

/** Ends every connection with whom the isolation cuts off, or that is passed on to such an upstream; how many that were. */
export function cutOff(
  { connections, inForce, intakes }: Ground,
  { isolation, operations, feeds, web }: CutOffParts,
): { associations: number; webConnections: number } {
  const { destinations } = inForce.rules;
  const cut = new Set(destinations.filter((each) => isolation.isCut(each)).map(({ name }) => name));
  const ended = connections.all().filter(({ id, listener, remoteAddress, peer }) => {
    const isCaller = isolation.isCutAddress(remoteAddress) || (peer !== undefined && isolation.isCutPeer(peer));
    return listener !== 'web' && (isCaller || operations.upstreamsOf(id).some((name) => cut.has(name)));
  });
  for (const { intake, id } of ended) intakes().tell(intake, { t: 'drop', connection: id, why: ISOLATED });
  return {
    associations: ended.length + feeds.endFrom((address) => isolation.isCutAddress(address)),
    webConnections: web.endFrom((address) => isolation.isCutAddress(address)),
  };
}

/**
 * Ends associations and web connections whose certificate opens nothing any more: whoever has its key may be anybody. Returns how many
 * that were.
 */
export function endRevoked(
  { connections, intakes }: Ground,
  identity: Pick<Identity, 'isRevoked'>,
  web: Pick<WebDesk, 'endRevoked'>,
): number {
  const revoked = connections
    .all()
    .filter(({ certificate }) => certificate !== undefined && identity.isRevoked(certificate));
  for (const { intake, id } of revoked) intakes().tell(intake, { t: 'drop', connection: id, why: REVOKED });
  return revoked.length + web.endRevoked((certificate) => identity.isRevoked(certificate));
}

const REVOKED = text('son certificat vient d’être révoqué', 'its certificate has just been revoked');
