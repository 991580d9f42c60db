import type { Event } from '@leadglass/model';
import { z } from 'zod';
import { recordsFaults } from './faults.ts';
import type { Queries } from './queries.ts';
import type { OwedReportsTable } from './schema.ts';
import { all, type Engine, first, run } from './script.ts';
import { appendEvents } from './scripts/events.ts';

/** Transactions of one device that may wait for their report; it asks no more until some are told. */
export const MOST_REPORTS_OF_A_PEER = 1000;

/** An upstream that has not reported for so long never will: its report would go to nobody. */
const LONGEST_UNREPORTED_MS = 30 * 24 * 60 * 60_000;

/** What an upstream reported, as it came. */
export interface UpstreamReport {
  readonly eventTypeId: number;
  readonly transferSyntaxUid: string;
  readonly dataSet: Uint8Array;
}

/** A report that a device asked for. */
export interface OwedReport {
  readonly id: number;
  /** AE title of the device. */
  readonly peer: string;
  readonly transactionUid: string;
  /** The destination that was asked in its place; empty when we answer ourselves. */
  readonly upstream: string;
  readonly askedAtMs: number;
  /** Wall time before which the device is not told. */
  readonly nextAtMs: number;
  readonly attempts: number;
  /** Pairs of SOP class and SOP instance UID. */
  readonly objects: readonly (readonly [sopClassUid: string, sopInstanceUid: string])[];
  /** Present once the upstream has reported. */
  readonly report: UpstreamReport | undefined;
}

/** What is written when a device asks. */
export type AskedReport = Pick<
  OwedReport,
  'peer' | 'transactionUid' | 'upstream' | 'askedAtMs' | 'nextAtMs' | 'objects'
>;

/** Reports on storage commitment owed to devices. Every write is durable when its promise resolves. Throws Fault `records.*`. */
export class Reports {
  readonly #engine: Engine;
  readonly #queries: Queries;

  constructor(engine: Engine, queries: Queries) {
    this.#engine = engine;
    this.#queries = queries;
  }

  /** Writes down what a device asked; asked again under the same transaction it is asked anew. False when too many of its wait. */
  ask(asked: AskedReport, events: readonly Event[] = []): Promise<boolean> {
    const queries = this.#queries;
    return this.#engine.write(function* () {
      const { peer, transactionUid: uid } = asked;
      yield* run(queries.dropUnreported, { peer, beforeMs: asked.askedAtMs - LONGEST_UNREPORTED_MS });
      const isNew = (yield* first(queries.report, { peer, uid })) === undefined;
      const { count = 0 } = (yield* first(queries.countReports, { peer })) ?? {};
      if (isNew && count >= MOST_REPORTS_OF_A_PEER) return false;
      yield* run(queries.putReport, rowOf(asked));
      yield* appendEvents(queries, events);
      return true;
    });
  }

  /** Devices that are owed a report now. */
  async duePeers(nowMs: number, limit: number): Promise<readonly string[]> {
    return (await this.#engine.read(() => all(this.#queries.duePeers, { nowMs, limit }))).map(({ peer }) => peer);
  }

  /** What is due to one device. */
  async due(peer: string, nowMs: number, limit: number): Promise<readonly OwedReport[]> {
    return (await this.#engine.read(() => all(this.#queries.dueReports, { peer, nowMs, limit }))).map(reportOf);
  }

  /** When the next one is due, or undefined. */
  async nextMs(): Promise<number | undefined> {
    return (await this.#engine.read(() => first(this.#queries.nextReport, {})))?.next_at_ms;
  }

  /** The transaction a device asked `upstream` for, the latest of that UID. */
  async askedOf(upstream: string, uid: string): Promise<OwedReport | undefined> {
    const row = await this.#engine.read(() => first(this.#queries.askedOfUpstream, { uid, upstream }));
    return row === undefined ? undefined : reportOf(row);
  }

  /** Transactions that upstreams have not reported on and that would have been due by `beforeMs`, oldest first, behind `after`. */
  async unreported(beforeMs: number, after: OwedReport | undefined, limit: number): Promise<readonly OwedReport[]> {
    const place = { afterMs: after?.nextAtMs ?? 0, after: after?.id ?? 0 };
    const rows = await this.#engine.read(() => all(this.#queries.unreported, { beforeMs, ...place, limit }));
    return rows.map(reportOf);
  }

  /** From now on it is ours to report. False when the upstream has reported meanwhile, or nothing is owed any more. */
  async takeOver(id: number, nextAtMs: number): Promise<boolean> {
    return (await this.#engine.write(() => run(this.#queries.takeOverReport, { id, nextAtMs }))) > 0;
  }

  /** The upstream has reported: from now on the device is owed it, first at `nextAtMs`. */
  async fulfil(id: number, report: UpstreamReport, nextAtMs: number): Promise<void> {
    const { eventTypeId: event_type_id, transferSyntaxUid: transfer_syntax_uid, dataSet } = report;
    const data_set = Buffer.from(dataSet).toString('base64');
    const values = { id, next_at_ms: nextAtMs, event_type_id, transfer_syntax_uid, data_set };
    await this.#engine.write(() => run(this.#queries.fulfilReport, values));
  }

  async putOff(id: number, nextAtMs: number): Promise<void> {
    await this.#engine.write(() => run(this.#queries.putOffReport, { id, nextAtMs }));
  }

  /** The device has answered, or is given up: nothing is owed any more, and `events` tell of it. False when nothing was. */
  settle(id: number, events: readonly Event[]): Promise<boolean> {
    const queries = this.#queries;
    return this.#engine.write(function* () {
      if ((yield* run(queries.deleteReport, { id })) === 0) return false;
      yield* appendEvents(queries, events);
      return true;
    });
  }
}

function rowOf({
  peer,
  transactionUid,
  upstream,
  askedAtMs,
  nextAtMs,
  objects,
}: AskedReport): Omit<OwedReportsTable, 'id'> {
  return {
    peer,
    transaction_uid: transactionUid,
    upstream,
    state: upstream === '' ? 'owed' : 'asked',
    asked_at_ms: askedAtMs,
    next_at_ms: nextAtMs,
    attempts: 0,
    objects: objects.length === 0 ? '' : JSON.stringify(objects),
    event_type_id: 0,
    transfer_syntax_uid: '',
    data_set: '',
  };
}

const pairs = z.array(z.tuple([z.string(), z.string()]));

function reportOf(row: OwedReportsTable): OwedReport {
  const isReported = row.upstream !== '' && row.state === 'owed';
  return {
    id: row.id,
    peer: row.peer,
    transactionUid: row.transaction_uid,
    upstream: row.upstream,
    askedAtMs: row.asked_at_ms,
    nextAtMs: row.next_at_ms,
    attempts: row.attempts,
    objects: row.objects === '' ? [] : parsed(row.objects),
    report: isReported
      ? {
          eventTypeId: row.event_type_id,
          transferSyntaxUid: row.transfer_syntax_uid,
          dataSet: Buffer.from(row.data_set, 'base64'),
        }
      : undefined,
  };
}

function parsed(json: string): OwedReport['objects'] {
  try {
    return pairs.parse(JSON.parse(json));
  } catch (thrown) {
    throw recordsFaults.corrupt(thrown);
  }
}
