import { STORAGE_COMMITMENT_PUSH_MODEL, STORAGE_COMMITMENT_PUSH_MODEL_INSTANCE } from '@leadglass/dimse';
import { type Clock, isFault, type Logger } from '@leadglass/kit';
import type { Destination } from '@leadglass/model';
import {
  type CommitmentReporter,
  type CommitmentRequest,
  type DeliveryContext,
  encodeCommitmentRequest,
} from '@leadglass/relay';
import type { ScuAssociation } from '@leadglass/wire';

const IMPLICIT_LE = '1.2.840.10008.1.2';
const REQUEST_COMMITMENT = 1;
/** PS3.7 Annex C. */
const STATUS = { success: 0x0000, processingFailure: 0x0110 } as const;
/** An upstream may report on the association it was asked on: so long it is kept. */
const REPORT_MS = 5_000;

export interface AskUpstreamTools {
  readonly clock: Clock;
  readonly log: Logger;
  connectUpstream(
    destination: Destination,
    contexts: readonly DeliveryContext[],
    signal: AbortSignal,
  ): Promise<ScuAssociation>;
}

/**
 * Asks an upstream for the commitment a device asked for, under the device's own transaction UID, which is written down before: whatever the
 * upstream reports, at once or in days, finds the device. Returns the upstream's answer; 0110 when it rejects us; undefined when there is nobody to
 * ask, and nothing is written down any more.
 */
export async function askUpstream(
  tools: AskUpstreamTools,
  reporter: CommitmentReporter,
  peer: string,
  upstream: Destination,
  asked: CommitmentRequest,
): Promise<number | undefined> {
  const taken = await reporter.askedOfUpstream(peer, asked, upstream.name);
  if (taken !== STATUS.success) return taken;
  const status = await ask(tools, reporter, upstream, asked).catch((thrown: unknown) => {
    tools.log.warn('commitment.upstream', { upstream: upstream.name, fault: thrown });
    return isFault(thrown) && thrown.retry !== 'permanent' ? undefined : STATUS.processingFailure;
  });
  if (status !== STATUS.success) await reporter.notTaken(upstream.name, asked.transactionUid);
  return status;
}

async function ask(
  tools: AskUpstreamTools,
  reporter: CommitmentReporter,
  upstream: Destination,
  { transactionUid, objects }: CommitmentRequest,
): Promise<number> {
  const contexts = [{ abstractSyntax: STORAGE_COMMITMENT_PUSH_MODEL, transferSyntaxes: [IMPLICIT_LE] }];
  const association = await tools.connectUpstream(upstream, contexts, new AbortController().signal);
  association.onEventReport = async (report) =>
    (await reporter.reported([upstream.name], report)) ?? STATUS.processingFailure;
  try {
    const { status } = await association.action({
      sopClassUid: STORAGE_COMMITMENT_PUSH_MODEL,
      sopInstanceUid: STORAGE_COMMITMENT_PUSH_MODEL_INSTANCE,
      actionTypeId: REQUEST_COMMITMENT,
      dataSet: encodeCommitmentRequest(transactionUid, objects),
    });
    return status;
  } finally {
    tools.clock.after(REPORT_MS, () => void association.release());
  }
}
