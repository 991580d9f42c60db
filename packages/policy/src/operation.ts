import { type Text, text } from '@leadglass/kit';
import type { Destination, Peer, Relay, RelayedService } from '@leadglass/model';
import { mayUse } from './rights.ts';
import { serviceClassOf } from './service-class.ts';
import { shellWord, shownTitle } from './words.ts';

/** How a key of a query is asked for (PS3.4 §C.2.2.2). */
export const KEY_FORMS = ['universal', 'single', 'wildcard', 'range', 'list', 'sequence'] as const;
export type KeyForm = (typeof KEY_FORMS)[number];

/** The shape of one key; its value never leaves the intake. */
export interface KeyFact {
  /** Group and element as one 32-bit number. */
  readonly tag: number;
  readonly form: KeyForm;
  /** A wildcard that begins with `*` or `?`: every value has to be looked at. */
  readonly leading?: boolean;
  /** Of a range of dates: its length, when both ends are given. */
  readonly spanDays?: number;
}

export const LEVELS = ['PATIENT', 'STUDY', 'SERIES', 'IMAGE'] as const;
export type Level = (typeof LEVELS)[number];

/** What is asked, without a value of a key. */
export interface OperationFacts {
  readonly service: RelayedService;
  readonly sopClassUid: string;
  readonly level?: Level;
  readonly keys: readonly KeyFact[];
  /** Move Destination (0000,0600) of a C-MOVE. */
  readonly moveDestination?: string;
  /** Wall time. */
  readonly atMs: number;
}

/** What the decision depends on besides. */
export interface OperationRules {
  readonly destinations: readonly Destination[];
  readonly relays: readonly Relay[];
}

/** status: PS3.7 Annex C; comment: at most 64 characters of ASCII, no patient data; hint: safe to paste into a shell, or empty. */
export type OperationDecision =
  | { readonly allowed: true; readonly mostResults: number }
  | {
      readonly allowed: false;
      readonly status: number;
      readonly comment: string;
      readonly why: Text;
      readonly hint: string;
    };

/** PS3.7 Annex C, PS3.4 §C.4.2.1.5. */
const STATUS = { notAuthorized: 0x0124, moveDestinationUnknown: 0xa801 } as const;

/** Whether a peer may ask this: its right, and for C-MOVE a destination we know. Pure. */
export function permitOperation(asked: OperationFacts, peer: Peer, rules: OperationRules): OperationDecision {
  const { service } = asked;
  if (!mayUse(peer, service) || serviceClassOf(asked.sopClassUid)?.service !== service) return noRight(peer, service);
  if (service === 'move' && !rules.destinations.some(({ called }) => called === asked.moveDestination))
    return unknownDestination(asked.moveDestination ?? '');
  return { allowed: true, mostResults: Number.MAX_SAFE_INTEGER };
}

function noRight(peer: Peer, service: RelayedService): OperationDecision {
  return {
    ...{ allowed: false, status: STATUS.notAuthorized, comment: `Not authorized: ${service}` },
    ...missingRight(peer, service),
  };
}

/** Why a peer may not ask for a service, and the command that would let it. */
export function missingRight(peer: Peer, service: RelayedService): { readonly why: Text; readonly hint: string } {
  const rights = [...new Set([...peer.allow, service])].join(',');
  const certificate = peer.certSha256 === undefined ? '' : ` --cert-sha256 ${peer.certSha256}`;
  return {
    why: text(`ce pair n’a pas le droit « ${service} »`, `this peer does not have the “${service}” right`),
    hint: `./leadglass peer add ${shellWord(peer.aeTitle)} --from ${shellWord(peer.from)}${certificate} --allow ${rights}`,
  };
}

function unknownDestination(title: string): OperationDecision {
  const shown = shownTitle(title);
  return {
    allowed: false,
    status: STATUS.moveDestinationUnknown,
    comment: 'Move destination unknown',
    why: text(`aucune destination ne porte le titre « ${shown} »`, `no destination has the title "${shown}"`),
    hint: './leadglass destination add NAME --to HOST:PORT --called AET',
  };
}

/** The relay that decides on a peer's requests for a service: the first that fits, or undefined. */
export function relayFor(relays: readonly Relay[], aeTitle: string, service: RelayedService): Relay | undefined {
  return relays.find(({ from, services }) => (from === '*' || from === aeTitle) && services.includes(service));
}
