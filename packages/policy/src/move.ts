import { type Text, text } from '@leadglass/kit';
import type { Destination, Peer } from '@leadglass/model';
import { shellWord, shownTitle } from './words.ts';

/** Where a C-MOVE may send, or why it may not. `hint`: safe to paste into a shell, or empty. */
export type MoveTarget =
  | { readonly allowed: true; readonly destination: Destination }
  | { readonly allowed: false; readonly why: Text; readonly hint: string };

/**
 * Resolves a Move Destination (0000,0600): a peer may have objects sent to itself and to the destinations named for it, and to nobody
 * else. Of several destinations with that title the first that is allowed. Pure.
 */
export function moveTarget(title: string, peer: Peer, destinations: readonly Destination[]): MoveTarget {
  const called = destinations.filter((destination) => destination.called === title);
  const isItself = title === peer.aeTitle;
  const mine = called.find(({ name }) => isItself || peer.mayMoveTo?.includes(name) === true);
  if (mine !== undefined) return { allowed: true, destination: mine };
  const shown = shownTitle(title);
  const [other] = called;
  if (other === undefined)
    return {
      allowed: false,
      why: text(`aucune destination ne porte le titre « ${shown} »`, `no destination has the title "${shown}"`),
      hint: './leadglass destination add NAME --to HOST:PORT --called AET',
    };
  const named = [...new Set([...(peer.mayMoveTo ?? []), other.name])].map(
    (name) => ` --may-move-to ${shellWord(name)}`,
  );
  const certificate = peer.certSha256 === undefined ? '' : ` --cert-sha256 ${peer.certSha256}`;
  return {
    allowed: false,
    why: text(`ce pair ne peut rien faire envoyer à « ${shown} »`, `this peer may have nothing sent to "${shown}"`),
    hint: `./leadglass peer add ${shellWord(peer.aeTitle)} --from ${shellWord(peer.from)}${certificate} --allow ${peer.allow.join(',')}${named.join('')}`,
  };
}
