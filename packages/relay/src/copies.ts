import { type Logger, type Text, uuidv7 } from '@leadglass/kit';
import type { Arrival } from '@leadglass/model';
import type { Custody, Records } from '@leadglass/records';
import type { CustodianStore } from './custodian.ts';
import type { DisarmedCopy } from './disarm-engine.ts';

/** Reasons told of one copy that cannot be made, and changes told of one that was. */
const MOST_REASONS = 6;
const MOST_CHANGES = 16;

export interface CopyKeeping {
  readonly store: Pick<CustodianStore, 'makeDurable' | 'adopt' | 'discard' | 'removeUnrecorded'>;
  readonly records: Pick<Records, 'custody'>;
  readonly log: Logger;
}

/**
 * Takes a copy into custody. Durable first, as for every arrival: bytes, name, then the record that makes deliveries of it. Whatever
 * becomes of it, the copy is settled. Rejects with the Fault of a step; the file is taken back then, and where `commit` says false.
 * @param commit records the copy; whether it is recorded.
 * @param left the log's word for a file that could not be taken back.
 */
export async function keepCopy(
  keeping: CopyKeeping,
  copy: DisarmedCopy,
  commit: () => Promise<boolean>,
  left: string,
): Promise<void> {
  const { store, records } = keeping;
  try {
    await store.makeDurable(copy.deskId, copy.staged, true);
    const known = await records.custody(copy.sha256);
    await store.adopt(copy.staged.file, copy.sha256, known?.sealedBytes ?? copy.staged.sealedBytes);
    if (!(await commit())) await takeBackCopy(keeping, copy, left);
  } catch (thrown) {
    await takeBackCopy(keeping, copy, left);
    throw thrown;
  } finally {
    copy.settled();
  }
}

/** Removes the file of a copy that is not in custody. Never rejects. */
export async function takeBackCopy(
  { store, records, log }: CopyKeeping,
  copy: DisarmedCopy,
  left: string,
): Promise<void> {
  try {
    await store.discard(copy.deskId, copy.staged);
    await store.removeUnrecorded(copy.sha256, async () => (await records.custody(copy.sha256)) !== undefined);
  } catch (thrown) {
    log.warn(left, { sha256: copy.sha256, fault: thrown });
  }
}

/** The arrival that a copy is: of its original's sender, with its own bytes. */
export function arrivalOfCopy(
  original: Custody,
  copy: DisarmedCopy,
  patient: string,
  why: Text,
  atMs: number,
): Arrival {
  return {
    ...{ id: uuidv7(atMs), associationId: original.firstAssociationId, peer: original.peer as Arrival['peer'] },
    ...{ remoteAddress: original.remoteAddress, receivedAtMs: atMs, sha256: copy.sha256 },
    ...{ plainBytes: copy.plainBytes, sealedBytes: copy.staged.sealedBytes, metaBytes: copy.metaBytes },
    place: { kind: 'file' },
    ...{ sopClassUid: original.sopClassUid, sopInstanceUid: copy.sopInstanceUid },
    ...{ transferSyntaxUid: original.transferSyntaxUid, studyInstanceUid: original.studyInstanceUid },
    ...{ seriesInstanceUid: original.seriesInstanceUid, modality: original.modality, patient },
    ...{ verdict: 'clean', findings: copy.findings },
    disposition: { kind: 'deliver', reasons: [why], status: 0 },
  };
}

/** What every event of an original and its copy tells. */
export function factsOfOriginal(custody: Custody) {
  const { sha256, sopClassUid, sopInstanceUid, studyInstanceUid, patient, peer, remoteAddress } = custody;
  const { firstArrivalId: arrivalId, firstAssociationId: associationId, plainBytes: bytes } = custody;
  const object = { sha256, sopClassUid, sopInstanceUid, studyInstanceUid, patient, bytes };
  return { ...object, arrivalId, associationId, peer, remoteAddress };
}

/** What the event of a copy that was made tells of it. */
export function factsOfCopy(original: Custody, copy: DisarmedCopy, { id, receivedAtMs }: Arrival) {
  return {
    ...{ ...factsOfOriginal(original), id: uuidv7(receivedAtMs), atMs: receivedAtMs, arrivalId: id },
    ...{ sha256: copy.sha256, bytes: copy.plainBytes, sopInstanceUid: copy.sopInstanceUid },
    ...{ original: original.sha256, pixelSha256: copy.pixelSha256 },
    changes: copy.changes.slice(0, MOST_CHANGES).map(({ kind, path }) => (path === '' ? kind : `${kind} ${path}`)),
  };
}

/** Why a copy cannot be made, no longer than an event tells. */
export function boundedReasons(why: readonly Text[]): readonly Text[] {
  return why.slice(0, MOST_REASONS);
}
