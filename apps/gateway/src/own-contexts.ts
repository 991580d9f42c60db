import {
  EXPLICIT_VR_LITTLE_ENDIAN,
  IMPLICIT_VR_LITTLE_ENDIAN,
  isStandardStorage,
  MODALITY_PERFORMED_PROCEDURE_STEP,
  MODALITY_WORKLIST_FIND,
} from '@leadglass/dicom';
import {
  type AcceptedContext,
  type AssociateRq,
  firstProposed,
  type Negotiated,
  type RoleSelection,
  STORAGE_COMMITMENT_PUSH_MODEL,
} from '@leadglass/dimse';
import type { Peer } from '@leadglass/model';
import { mayUse } from '@leadglass/policy';
import { findRoot } from './find-classes.ts';
import { retrieveClass } from './retrieve-classes.ts';

/** Transfer syntaxes of data sets without pixels that are written here. */
const PLAIN: ReadonlySet<string> = new Set([IMPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN]);

/** What is accepted of a peer for the services we answer from our own vault. */
export interface OwnContexts {
  accepts(abstractSyntax: string): boolean;
  choosesTransferSyntax(abstractSyntax: string, proposed: readonly string[]): string | undefined;
  grantsRole(proposed: RoleSelection): RoleSelection;
  /** Contexts in which the peer takes what a C-GET sends it. */
  storeContexts(negotiated: Negotiated): readonly AcceptedContext[];
}

/**
 * Storage commitment with `commit`, both ways round: who asks us is its SCU, who reports on what we asked opens the association and proposes
 * to be its SCP (PS3.4 §J.3.3). Queries with `find`, the kept worklist with `worklist`, performed procedure steps with `mpps` (where an upstream answers those, its
 * word stands), retrieval with `move` and `get`; with `get` also the storage classes the peer proposes to be SCP of
 * (PS3.4 §C.4.3.1.3).
 */
export function ownContexts(peer: Peer, request: AssociateRq): OwnContexts {
  const isStorage = (uid: string) => isStandardStorage(uid);
  const proposed = new Set(
    request.user.roleSelections
      .filter(({ scp, sopClassUid }) => scp && isStorage(sopClassUid))
      .map((role) => role.sopClassUid),
  );
  const takes = (uid: string) => mayUse(peer, 'get') && proposed.has(uid);
  return {
    accepts: (uid) => {
      if (uid === STORAGE_COMMITMENT_PUSH_MODEL) return mayUse(peer, 'commit');
      if (uid === MODALITY_WORKLIST_FIND) return mayUse(peer, 'worklist');
      if (uid === MODALITY_PERFORMED_PROCEDURE_STEP) return mayUse(peer, 'mpps');
      const service = findRoot(uid) === undefined ? retrieveClass(uid)?.service : 'find';
      return service === undefined ? takes(uid) : mayUse(peer, service);
    },
    choosesTransferSyntax: (uid, syntaxes) => {
      if (uid === MODALITY_WORKLIST_FIND) return syntaxes.find((each) => PLAIN.has(each));
      if (uid !== MODALITY_PERFORMED_PROCEDURE_STEP) return firstProposed(uid, syntaxes);
      // A message that waits goes on as it came: in the one transfer syntax that everybody has (PS3.5 §10.1).
      return syntaxes.find((each) => each === IMPLICIT_VR_LITTLE_ENDIAN) ?? syntaxes.find((each) => PLAIN.has(each));
    },
    grantsRole: ({ sopClassUid, scu, scp }) => {
      if (sopClassUid === STORAGE_COMMITMENT_PUSH_MODEL) return { sopClassUid, scu, scp };
      if (takes(sopClassUid)) return { sopClassUid, scu: scu && mayUse(peer, 'store'), scp };
      return { sopClassUid, scu, scp: false };
    },
    storeContexts: ({ accepted }) => [...accepted.values()].filter(({ abstractSyntax }) => takes(abstractSyntax)),
  };
}
