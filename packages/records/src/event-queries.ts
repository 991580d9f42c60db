import { type Kysely, sql } from 'kysely';
import type { EventKeys } from './event-keys.ts';
import type { Schema } from './schema.ts';
import { defineQuery } from './script.ts';

const EVENT = ['seq', 'ledger_index', 'json'] as const;

interface InsertedEvent {
  readonly id: string;
  readonly atMs: number;
  readonly kind: string;
  readonly arrivalId: string | null;
  readonly json: string;
}

/** Events, and which of them the ledger has. */
export function eventQueries(db: Kysely<Schema>) {
  return {
    insertEvent: defineQuery<InsertedEvent>('insertEvent')(db, (db, p) =>
      db.insertInto('events').values({
        id: p.id,
        at_ms: p.atMs,
        kind: p.kind,
        arrival_id: p.arrivalId,
        json: p.json,
      } as never),
    ),
    unsequenced: defineQuery<{ limit: number }>('unsequenced')(db, (db, p) =>
      db.selectFrom('events').select(EVENT).where('ledger_index', 'is', null).orderBy('seq').limit(p.limit),
    ),
    countUnsequenced: defineQuery<object>('countUnsequenced')(db, (db) =>
      db
        .selectFrom('events')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('ledger_index', 'is', null),
    ),
    sequenced: defineQuery<EventKeys & { seq: number; index: number }>('sequenced')(db, (db, p) =>
      db
        .updateTable('events')
        .set({
          ledger_index: p.index,
          study_key: p.study,
          object_key: p.object,
          association_key: p.association,
        })
        .where('seq', '=', p.seq)
        .where('ledger_index', 'is', null),
    ),
    lastLedgerIndex: defineQuery<object>('lastLedgerIndex')(db, (db) =>
      db
        .selectFrom('events')
        .select('ledger_index')
        .where('ledger_index', 'is not', null)
        .orderBy('ledger_index', 'desc')
        .limit(sql.lit(1)),
    ),
    eventsAfter: defineQuery<{ after: number; limit: number }>('eventsAfter')(db, (db, p) =>
      db.selectFrom('events').select(EVENT).where('seq', '>', p.after).orderBy('seq').limit(p.limit),
    ),
    lastEvents: defineQuery<{ limit: number }>('lastEvents')(db, (db, p) =>
      db.selectFrom('events').select(EVENT).where('seq', '>', 0).orderBy('seq', 'desc').limit(p.limit),
    ),
    eventsOfKindAfter: defineQuery<{ kind: string; after: number; limit: number }>('eventsOfKindAfter')(db, (db, p) =>
      db
        .selectFrom('events')
        .select(EVENT)
        .where('kind', '=', p.kind)
        .where('seq', '>', p.after)
        .orderBy('seq')
        .limit(p.limit),
    ),
    lastEventsOfKind: defineQuery<{ kind: string; limit: number }>('lastEventsOfKind')(db, (db, p) =>
      db.selectFrom('events').select(EVENT).where('kind', '=', p.kind).orderBy('seq', 'desc').limit(p.limit),
    ),
    eventById: defineQuery<{ id: string }>('eventById')(db, (db, p) =>
      db.selectFrom('events').select(EVENT).where('id', '=', p.id),
    ),
    eventsOfArrival: defineQuery<{ id: string }>('eventsOfArrival')(db, (db, p) =>
      db.selectFrom('events').select(EVENT).where('arrival_id', '=', p.id).orderBy('seq').limit(sql.lit(1000)),
    ),
    eventByLedgerIndex: defineQuery<{ index: number }>('eventByLedgerIndex')(db, (db, p) =>
      db.selectFrom('events').select(EVENT).where('ledger_index', '=', p.index),
    ),
  };
}
