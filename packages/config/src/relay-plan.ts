import { type Text, text } from '@leadglass/kit';
import type { Peer, Relay, RelayedService } from '@leadglass/model';
import type { Config } from './config.ts';

/** A relay with its place, where that decides something: among those that both configurations have. */
export type PlacedRelay = Relay & { readonly place?: number };

/** Names a relay in messages and plans. */
export function relayName(relay: Pick<Relay, 'from' | 'to'>): string {
  return `${relay.from} ⇒ ${relay.to}`;
}

/** The relays of both sides, each with its place when the order of those that stay has changed: the first that fits decides. */
export function placedRelays(
  current: readonly Relay[],
  wanted: readonly Relay[],
): readonly [readonly PlacedRelay[], readonly PlacedRelay[]] {
  const kept = (side: readonly Relay[], other: readonly Relay[]): string[] => {
    const names = new Set(other.map(relayName));
    return side.map(relayName).filter((name) => names.has(name));
  };
  const [before, after] = [kept(current, wanted), kept(wanted, current)];
  const isMoved = new Set(before.filter((name, at) => after[at] !== name));
  const placed = (side: readonly Relay[], order: readonly string[]): PlacedRelay[] =>
    side.map((relay) => {
      const name = relayName(relay);
      return isMoved.has(name) ? { ...relay, place: order.indexOf(name) + 1 } : relay;
    });
  return [placed(current, before), placed(wanted, after)];
}

/** What a changed relay no longer passes on. */
export function dangersOfRelay(before: Relay | undefined, after: Relay): readonly Text[] {
  const lost = before?.services.filter((service) => !after.services.includes(service)) ?? [];
  if (lost.length === 0) return [];
  return [
    text(`Ce relais ne transmet plus : ${lost.join(', ')}.`, `This relay no longer passes on: ${lost.join(', ')}.`),
  ];
}

export const RELAY_REMOVED = text(
  'Ce qui passait par ce relais ne sera plus transmis.',
  'What took this relay is no longer passed on.',
);

/** Relays nobody can take: of no peer we know, or for services none of its peers may ask for. */
export function relayDoubts(config: Config): readonly { readonly name: string; readonly text: Text }[] {
  return (config.relays ?? []).flatMap((relay) => {
    const callers = config.peers.filter((peer) => relay.from === '*' || peer.aeTitle === relay.from);
    if (relay.from !== '*' && callers.length === 0)
      return [
        doubt(relay, text(`Aucun correspondant ne s’appelle ${relay.from}.`, `No peer is called ${relay.from}.`)),
      ];
    const unused = relay.services.filter((service) => !callers.some(mayAsk(service)));
    if (unused.length === 0) return [];
    const list = unused.join(', ');
    return [
      doubt(
        relay,
        text(`Aucun correspondant n’a le droit de demander : ${list}.`, `No peer has the right to ask for: ${list}.`),
      ),
    ];
  });
}

const mayAsk = (service: RelayedService) => (peer: Peer) => peer.allow.includes(service);
const doubt = (relay: Relay, sentence: Text) => ({ name: relayName(relay), text: sentence });
