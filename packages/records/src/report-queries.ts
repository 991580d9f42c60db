import { type Kysely, sql } from 'kysely';
import type { OwedReportsTable, Schema } from './schema.ts';
import { defineQuery } from './script.ts';

/** Reports on storage commitment that are owed to devices. */
export function reportQueries(db: Kysely<Schema>) {
  const rows = (db: Kysely<Schema>) => db.selectFrom('owed_reports').selectAll();
  return {
    putReport: defineQuery<Omit<OwedReportsTable, 'id'>>('putReport')(db, (db, p) => {
      const asked = {
        upstream: p.upstream,
        state: p.state,
        asked_at_ms: p.asked_at_ms,
        next_at_ms: p.next_at_ms,
        attempts: p.attempts,
        objects: p.objects,
        event_type_id: p.event_type_id,
        transfer_syntax_uid: p.transfer_syntax_uid,
        data_set: p.data_set,
      };
      return db
        .insertInto('owed_reports')
        .values({ peer: p.peer, transaction_uid: p.transaction_uid, ...asked } as never)
        .onConflict((oc) => oc.columns(['peer', 'transaction_uid']).doUpdateSet(asked));
    }),
    countReports: defineQuery<{ peer: string }>('countReports')(db, (db, p) =>
      db
        .selectFrom('owed_reports')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('peer', '=', p.peer),
    ),
    duePeers: defineQuery<{ nowMs: number; limit: number }>('duePeers')(db, (db, p) =>
      db
        .selectFrom('owed_reports')
        .select('peer')
        .distinct()
        .where('state', '=', 'owed')
        .where('next_at_ms', '<=', p.nowMs)
        .limit(p.limit),
    ),
    dueReports: defineQuery<{ peer: string; nowMs: number; limit: number }>('dueReports')(db, (db, p) =>
      rows(db).where('peer', '=', p.peer).where('state', '=', 'owed').where('next_at_ms', '<=', p.nowMs).limit(p.limit),
    ),
    nextReport: defineQuery<object>('nextReport')(db, (db) =>
      db
        .selectFrom('owed_reports')
        .select('next_at_ms')
        .where('state', '=', 'owed')
        .orderBy('next_at_ms')
        .orderBy('id')
        .limit(sql.lit(1)),
    ),
    report: defineQuery<{ peer: string; uid: string }>('report')(db, (db, p) =>
      rows(db).where('peer', '=', p.peer).where('transaction_uid', '=', p.uid),
    ),
    askedOfUpstream: defineQuery<{ uid: string; upstream: string }>('askedOfUpstream')(db, (db, p) =>
      rows(db)
        .where('transaction_uid', '=', p.uid)
        .where('upstream', '=', p.upstream)
        .orderBy('id', 'desc')
        .limit(sql.lit(1)),
    ),
    unreported: defineQuery<{ beforeMs: number; afterMs: number; after: number; limit: number }>('unreported')(
      db,
      (db, p) =>
        rows(db)
          .where('state', '=', sql.lit('asked') as never)
          .where('next_at_ms', '<=', p.beforeMs)
          .where((eb) => eb(eb.refTuple('next_at_ms', 'id'), '>', eb.tuple(p.afterMs, p.after)))
          .orderBy('next_at_ms')
          .orderBy('id')
          .limit(p.limit),
    ),
    takeOverReport: defineQuery<{ id: number; nextAtMs: number }>('takeOverReport')(db, (db, p) =>
      db
        .updateTable('owed_reports')
        .set({ state: 'owed', upstream: '', next_at_ms: p.nextAtMs })
        .where('id', '=', p.id)
        .where('state', '=', sql.lit('asked') as never),
    ),
    fulfilReport: defineQuery<
      Pick<OwedReportsTable, 'id' | 'next_at_ms' | 'event_type_id' | 'transfer_syntax_uid' | 'data_set'>
    >('fulfilReport')(db, (db, p) =>
      db
        .updateTable('owed_reports')
        .set({
          state: 'owed',
          next_at_ms: p.next_at_ms,
          event_type_id: p.event_type_id,
          transfer_syntax_uid: p.transfer_syntax_uid,
          data_set: p.data_set,
        })
        .where('id', '=', p.id),
    ),
    putOffReport: defineQuery<{ id: number; nextAtMs: number }>('putOffReport')(db, (db, p) =>
      db
        .updateTable('owed_reports')
        .set((eb) => ({ attempts: eb('attempts', '+', 1), next_at_ms: p.nextAtMs }))
        .where('id', '=', p.id),
    ),
    dropUnreported: defineQuery<{ peer: string; beforeMs: number }>('dropUnreported')(db, (db, p) =>
      db
        .deleteFrom('owed_reports')
        .where('peer', '=', p.peer)
        .where('state', '=', 'asked')
        .where('asked_at_ms', '<', p.beforeMs),
    ),
    deleteReport: defineQuery<{ id: number }>('deleteReport')(db, (db, p) =>
      db.deleteFrom('owed_reports').where('id', '=', p.id),
    ),
  };
}
