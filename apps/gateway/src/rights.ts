import { text } from '@leadglass/kit';
import { acceptsAbstractSyntax, mayUse, VERIFICATION_SOP_CLASS } from '@leadglass/policy';
import type { ReceivedFacts } from '@leadglass/relay';

/** PS3.7 §C.4.4: refused, not authorized. */
const NOT_AUTHORIZED = 0x0124;

/**
 * What an intake says it received, refused when its peer may not store such an object. The sandbox asks the same before it takes a
 * byte; the keeper asks again, because whoever has taken over a sandbox would not.
 */
export function withinRights(facts: ReceivedFacts): ReceivedFacts {
  const { peer, sopClassUid } = facts;
  // Verification is an abstract syntax a peer may propose, and no class of object.
  const isAllowed =
    mayUse(peer, 'store') && sopClassUid !== VERIFICATION_SOP_CLASS && acceptsAbstractSyntax(peer, sopClassUid);
  return isAllowed || facts.failure !== undefined ? facts : { ...facts, failure: NOT_ALLOWED };
}

const NOT_ALLOWED = {
  status: NOT_AUTHORIZED,
  comment: 'Not authorized to store',
  why: text(
    'ce pair n’a pas le droit d’envoyer des objets de cette classe',
    'this peer has no right to store objects of this class',
  ),
};
