import type { AnswerInputOf, ParsedRequestOf } from '@leadglass/contract';
import { type Clock, uuidv7 } from '@leadglass/kit';
import { CONTINUITY_AE_TITLE, DEFAULT_CONTINUITY, type EventOf } from '@leadglass/model';
import type { ArrivedStudy, Custody, Records } from '@leadglass/records';
import type { PulledParts } from './pulled.ts';

export interface RetentionOptions {
  readonly records: Pick<Records, 'continuity' | 'continuitySet' | 'counts' | 'overview' | 'destroyCustody'>;
  readonly clock: Clock;
  /** Removes the sealed bytes of an object that is about to leave custody. */
  removeObject(custody: Custody): Promise<void>;
  /** What was pulled besides images. */
  readonly pulled: Pick<PulledParts, 'bytes' | 'makeRoom'>;
  eventsAppended(): void;
}

const DAY_MS = 24 * 60 * 60_000;
const MOST_OF_A_STUDY = 20_000;

/**
 * Makes room on a box that is over its budget: studies that were pulled, are no longer wanted and came more days ago than the policy names, the
 * longest here first, until it is within it. What is wanted (the newest of everybody in the house is), what did not come by pulling, and what is recent are never dropped: a gateway that suddenly wants nothing
 * empties no box. The ledger tells of each study. Throws Faults of the stores.
 */
export async function makeRoom(
  options: RetentionOptions,
  { wanted }: ParsedRequestOf<'continuity.retain'>,
): Promise<AnswerInputOf<'continuity.retain'>> {
  const { records, clock } = options;
  const { budgetBytes, days } = (await records.continuity()) ?? DEFAULT_CONTINUITY;
  let over = (await records.counts()).custody.bytes + options.pulled.bytes - budgetBytes;
  const dropped = { studies: 0, objects: 0, bytes: 0, charts: 0 };
  const kept = new Set(wanted);
  if (over <= 0) return dropped;
  // Charts nobody has wanted for so long are of patients who are gone.
  const { charts, bytes: freed } = await options.pulled.makeRoom(over);
  over -= freed;
  dropped.charts = charts;
  dropped.bytes = freed;
  for await (const { studyInstanceUid } of longestHere(options, clock.now() - days * DAY_MS)) {
    if (over <= 0) break;
    const objects = kept.has(studyInstanceUid)
      ? []
      : await records.overview.custodyOfStudy(studyInstanceUid, MOST_OF_A_STUDY);
    kept.add(studyInstanceUid);
    const isOld = objects.every(({ receivedAtMs }) => receivedAtMs < clock.now() - days * DAY_MS);
    if (objects.length === 0 || !isOld || objects.some(({ peer }) => peer !== CONTINUITY_AE_TITLE)) continue;
    const bytes = objects.reduce((sum, { plainBytes }) => sum + plainBytes, 0);
    await drop(options, objects, bytes);
    over -= bytes;
    dropped.studies += 1;
    dropped.objects += objects.length;
    dropped.bytes += bytes;
  }
  return dropped;
}

async function* longestHere({ records }: RetentionOptions, beforeMs: number): AsyncGenerator<ArrivedStudy> {
  const firstAtMs = await records.continuitySet.firstAtMs();
  for (let from = firstAtMs ?? beforeMs; from < beforeMs; from += DAY_MS) {
    const day = await records.continuitySet.arrived(from, Math.min(from + DAY_MS, beforeMs));
    yield* day.toSorted((a, b) => a.newestAtMs - b.newestAtMs);
    await new Promise(setImmediate);
  }
}

// The ledger is told with the first that leaves; what a crash leaves over goes with the next round, and is told again.
async function drop(options: RetentionOptions, objects: readonly Custody[], bytes: number): Promise<void> {
  const { records, clock, removeObject, eventsAppended } = options;
  const [first] = objects;
  const atMs = clock.now();
  const event: EventOf<'continuity.dropped'> = {
    ...{ id: uuidv7(atMs), atMs, kind: 'continuity.dropped', objects: objects.length, bytes },
    ...{ studyInstanceUid: first?.studyInstanceUid ?? '', patient: first?.patient ?? '' },
  };
  for (const object of objects) {
    await removeObject(object);
    await records.destroyCustody(object.sha256, object === first ? [event] : []);
  }
  eventsAppended();
}
