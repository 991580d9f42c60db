import { IMPORT_AE_TITLE, type Peer, type Route } from '@leadglass/model';
import { dispose, type Flow, flowOf } from '@leadglass/policy';
import { planDisarm } from '@leadglass/rewrite';
import type { MediumObject } from './medium.ts';
import type { Mode } from './messages.ts';

/**
 * What is done with an object. `copy`: it goes on, as it is or written anew. `disarm`: a copy without what is dangerous goes on, its original
 * is kept as evidence. `keep`: its original alone, as evidence. `refuse`: it cannot be read to its end, and nothing of it is sent.
 */
export type Fate = 'copy' | 'disarm' | 'keep' | 'refuse';

/** The peer all that is imported comes as, where the site has chosen nothing for it. */
const IMPORT_PEER: Peer = {
  aeTitle: IMPORT_AE_TITLE,
  from: '127.0.0.1/32',
  allow: ['store'],
  whenHeld: 'tell',
  privateSopClasses: [],
};

/** How the gateway judges what is imported: by its peer IMPORT, when there is one, and the routes it takes. */
export function importFlow(peers: readonly Peer[], routes: readonly Route[]): Flow {
  return flowOf(peers.find(({ aeTitle }) => aeTitle === IMPORT_AE_TITLE) ?? IMPORT_PEER, routes);
}

const FATES = { deliver: 'copy', disarm: 'disarm', hold: 'keep', refuse: 'refuse' } as const;

/** What is done with one object, by the same table as everything that arrives (docs/rules/policy.md). */
export function fateOf({ looked, sopClassUid }: MediumObject, flow: Flow): Fate {
  const { verdict, findings, unfinished } = looked;
  const capabilities = { disarm: planDisarm(findings).obstacles.length === 0 };
  const judged = { verdict, findings, unfinished, sopClassUid, capabilities, flow, peer: IMPORT_PEER };
  return FATES[dispose({ ...judged, isUnreadable: false }).kind];
}

/** What of an object is sent. @param isCoerced whether it is given another identity. */
export function modesOf(fate: Fate, isCoerced: boolean): readonly Mode[] {
  if (fate === 'copy') return isCoerced ? ['copy'] : ['as-is'];
  if (fate === 'disarm') return ['original', 'copy'];
  return fate === 'keep' ? ['original'] : [];
}
