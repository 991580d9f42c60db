import { type AcceptedContext, type AssociateAc, type AssociateRq, acceptanceOf, negotiate } from '@leadglass/dimse';
import { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME, type Peer } from '@leadglass/model';
import { acceptsAbstractSyntax } from '@leadglass/policy';
import { acceptanceWith, type RelayedContexts, withRelayed } from '@leadglass/relay';
import { findNegotiations } from './find-classes.ts';
import { ownContexts } from './own-contexts.ts';

/** What a peer is promised when it is let in. */
export interface Promised {
  readonly contexts: ReadonlyMap<number, AcceptedContext>;
  /** Those in which we may send it objects. */
  readonly storeContexts: readonly AcceptedContext[];
  readonly answer: AssociateAc;
}

/** What is accepted of a request (PS3.8 §9.3.3): what we do ourselves by the peer's rights, and what upstreams have agreed to. */
export function promiseOf(request: AssociateRq, peer: Peer, relayed: RelayedContexts | undefined): Promised {
  const asked = ownContexts(peer, request);
  const own = negotiate(request, {
    acceptsAbstractSyntax: (uid) => acceptsAbstractSyntax(peer, uid) || asked.accepts(uid),
    choosesTransferSyntax: (uid, syntaxes) => asked.choosesTransferSyntax(uid, syntaxes),
    grantsRole: (proposed) => asked.grantsRole(proposed),
  });
  const negotiated = relayed === undefined ? own : withRelayed(own, relayed);
  const implementation = {
    implementationClassUid: IMPLEMENTATION_CLASS_UID,
    implementationVersionName: IMPLEMENTATION_VERSION_NAME,
  };
  const acceptance = acceptanceOf(request, negotiated, implementation);
  const ours = [...own.accepted].filter(([id]) => relayed?.accepted.has(id) !== true);
  const extendedNegotiations = findNegotiations(request, { accepted: new Map(ours) });
  const answer = { ...acceptance, user: { ...acceptance.user, extendedNegotiations } };
  return {
    contexts: negotiated.accepted,
    storeContexts: asked.storeContexts(negotiated),
    answer: relayed === undefined ? answer : acceptanceWith(answer, relayed),
  };
}
