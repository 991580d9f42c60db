import type { Destination, Peer } from '@leadglass/model';
import { relayFor } from '@leadglass/policy';
import type { OwnHostTools } from './own-host.ts';

type Service = 'move' | 'get' | 'commit';

/** Whoever is to be asked in our place; not the peer itself, which would ask itself. */
function relayedTo({ rules }: Pick<OwnHostTools, 'rules'>, peer: Peer, service: Service): Destination | undefined {
  const { relays, destinations } = rules();
  const relay = relayFor(relays, peer.aeTitle, service);
  return destinations.find(({ name, called }) => name === relay?.to && called !== peer.aeTitle);
}

/** Whom we answer for when we answer ourselves. */
export function insteadOf(tools: Pick<OwnHostTools, 'rules'>, peer: Peer, service: Service): string | undefined {
  return relayedTo(tools, peer, service)?.name;
}

/** Who is asked in our place; nobody while it is down. */
export function upstreamFor(
  tools: Pick<OwnHostTools, 'rules' | 'isAsked'>,
  peer: Peer,
  service: Service,
): Destination | undefined {
  const relay = relayFor(tools.rules().relays, peer.aeTitle, service);
  const to = relayedTo(tools, peer, service);
  const found = to !== undefined && tools.isAsked(to) ? to : undefined;
  // A report comes to whoever asked for it: commitment is always asked under our own title.
  const isAsPeer = relay?.calling === 'peer' && service !== 'commit';
  return found !== undefined && isAsPeer ? { ...found, calling: peer.aeTitle } : found;
}
