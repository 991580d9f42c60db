import { text } from '@leadglass/kit';
import { parseSha256 } from '@leadglass/model';
import type { Custody, Hold, Records } from '@leadglass/records';
import { controlFault } from './control-faults.ts';

const MOST_HOLDS = 10_000;
const SHORTEST_PREFIX = 6;
const NO_HOLD = text('Aucun objet en retenue ne porte cet identifiant.', 'No held object has this identifier.');

/**
 * The hold that `id` names: a SHA-256, a beginning of one, or a SOP Instance UID.
 * Throws Faults `control.not-found`, `control.ambiguous`.
 */
export async function findHold(records: Pick<Records, 'hold' | 'holds'>, id: string): Promise<Hold> {
  const whole = parseSha256(id);
  if (whole !== undefined) {
    const hold = await records.hold(whole);
    if (hold === undefined) throw controlFault('control.not-found', NO_HOLD);
    return hold;
  }
  const isPrefix = id.length >= SHORTEST_PREFIX && /^[0-9a-f]+$/i.test(id);
  const all = await records.holds(undefined, MOST_HOLDS);
  const found = all.filter(
    (hold) => hold.sopInstanceUid === id || (isPrefix && hold.sha256.startsWith(id.toLowerCase())),
  );
  const [only, other] = found;
  if (only === undefined) throw controlFault('control.not-found', NO_HOLD);
  if (other !== undefined) throw controlFault('control.ambiguous');
  return only;
}

/** What events say of an object in custody. */
export function objectFacts(custody: Custody) {
  return {
    arrivalId: custody.firstArrivalId,
    associationId: custody.firstAssociationId,
    peer: custody.peer,
    remoteAddress: custody.remoteAddress,
    sha256: custody.sha256,
    sopClassUid: custody.sopClassUid,
    sopInstanceUid: custody.sopInstanceUid,
    studyInstanceUid: custody.studyInstanceUid,
    patient: custody.patient,
    bytes: custody.plainBytes,
  };
}
