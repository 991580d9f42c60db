import type { CommitmentReport } from './commitment-data-set.ts';
import { FAILURE_REASON, type OwnReport } from './commitment-request.ts';

type Objects = readonly (readonly [sopClassUid: string, sopInstanceUid: string])[];

/**
 * What a device is told where the upstream says of an object that it has none (0112) only because we owe it: it is in our custody and goes there, as
 * while the upstream is down, when we answer for it. Undefined where nothing of the report is of that kind: it goes on as it came.
 * @param isOwed whether an object waits to be delivered there, or was delivered since the upstream was asked.
 */
export async function combinedReport(
  asked: Objects,
  { transactionUid, committed, refused }: CommitmentReport,
  isOwed: (sopInstanceUid: string) => Promise<boolean>,
  judge: (objects: Objects) => Promise<OwnReport>,
): Promise<OwnReport | undefined> {
  const classOf = new Map(asked.map(([sopClassUid, sopInstanceUid]) => [sopInstanceUid, sopClassUid]));
  // A report of other objects than those that were asked about is not ours to put into words.
  const said = [...committed, ...refused.map(({ sopInstanceUid }) => sopInstanceUid)];
  if (said.some((uid) => !classOf.has(uid))) return undefined;
  const pair = (uid: string): Objects[number] => [classOf.get(uid) ?? '', uid];
  const owed: Objects[number][] = [];
  for (const { sopInstanceUid, failureReason } of refused)
    if (failureReason === FAILURE_REASON.noSuchObjectInstance && (await isOwed(sopInstanceUid)))
      owed.push(pair(sopInstanceUid));
  if (owed.length === 0) return undefined;
  const ours = (await judge(owed)).committed;
  const isOurs = new Set(ours.map(({ sopInstanceUid }) => sopInstanceUid));
  const theirs = committed.map(pair).map(([sopClassUid, sopInstanceUid]) => ({ sopClassUid, sopInstanceUid }));
  const failed = refused
    .filter(({ sopInstanceUid }) => !isOurs.has(sopInstanceUid))
    .map(({ sopInstanceUid, failureReason }) => ({
      ...{ sopClassUid: classOf.get(sopInstanceUid) ?? '', sopInstanceUid, failureReason },
    }));
  return { transactionUid, committed: [...theirs, ...ours], failed };
}
