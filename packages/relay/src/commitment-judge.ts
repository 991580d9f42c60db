import type { Retrievable, Retrieval } from '@leadglass/records';
import { FAILURE_REASON, type OwnReport } from './commitment-request.ts';
import { isGivenOut } from './given-out.ts';

/** What is asked of the vault and the records. */
export interface CommitmentSources {
  readonly retrieval: Pick<Retrieval, 'ofInstance'>;
  /** Whether an object's bytes are there, as far as a look tells. */
  holds(stored: Pick<Retrievable, 'sha256' | 'place' | 'sealedBytes'>): Promise<boolean>;
}

/**
 * Which of the objects asked about we answer for, as it is at this moment: those in custody under that SOP class whose bytes are there. A
 * held object is in custody. Its disarmed copy is not the object that was asked about. Rejects with the records' or the vault's Fault.
 * @param wasRefusedWhenHeld the device was told that held objects were not taken: it is not told the contrary here.
 */
export async function judgeCommitment(
  transactionUid: string,
  objects: readonly (readonly [sopClassUid: string, sopInstanceUid: string])[],
  sources: CommitmentSources,
  wasRefusedWhenHeld: boolean,
): Promise<OwnReport> {
  const report = {
    transactionUid,
    committed: [] as OwnReport['committed'][number][],
    failed: [] as OwnReport['failed'][number][],
  };
  for (const [sopClassUid, sopInstanceUid] of objects) {
    const failureReason = await failureOf(sopClassUid, sopInstanceUid, sources, wasRefusedWhenHeld);
    if (failureReason === undefined) report.committed.push({ sopClassUid, sopInstanceUid });
    else report.failed.push({ sopClassUid, sopInstanceUid, failureReason });
  }
  return report;
}

/** Undefined when the object is safe here. */
async function failureOf(
  sopClassUid: string,
  sopInstanceUid: string,
  { retrieval, holds }: CommitmentSources,
  wasRefusedWhenHeld: boolean,
): Promise<number | undefined> {
  const known = (await retrieval.ofInstance(sopInstanceUid)).filter(({ peer, isCopy }) => isGivenOut(peer) && !isCopy);
  if (known.length === 0) return FAILURE_REASON.noSuchObjectInstance;
  const ofClass = known.filter((each) => each.sopClassUid === sopClassUid);
  if (ofClass.length === 0) return FAILURE_REASON.classInstanceConflict;
  for (const each of ofClass) {
    if (each.hold === 'held' && wasRefusedWhenHeld) continue;
    if (await holds(each)) return undefined;
  }
  return FAILURE_REASON.processingFailure;
}
