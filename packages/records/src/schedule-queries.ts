import { type Kysely, sql } from 'kysely';
import type {
  RegisteredTable,
  ScheduleEntriesTable,
  SchedulePeriodsTable,
  StepMessagesTable,
  StepsTable,
} from './schedule-schema.ts';
import type { Schema } from './schema.ts';
import { defineQuery } from './script.ts';

/** The kept worklist and what was registered here. */
function worklistQueries(db: Kysely<Schema>) {
  return {
    scheduleEntries: defineQuery<{ source: string; day: number; position: number; to: number; limit: number }>(
      'scheduleEntries',
    )(db, (db, p) =>
      db
        .selectFrom('schedule_entries')
        .selectAll()
        .where('source', '=', p.source)
        .where((eb) => eb(eb.refTuple('day', 'position'), '>', eb.tuple(p.day, p.position)))
        .where('day', '<=', p.to)
        .orderBy('day')
        .orderBy('position')
        .limit(p.limit),
    ),
    insertScheduleEntry: defineQuery<ScheduleEntriesTable>('insertScheduleEntry')(db, (db, p) =>
      db
        .insertInto('schedule_entries')
        .values({ source: p.source, day: p.day, position: p.position, sealed: p.sealed }),
    ),
    deleteScheduleEntries: defineQuery<{ source: string; day: number }>('deleteScheduleEntries')(db, (db, p) =>
      db.deleteFrom('schedule_entries').where('source', '=', p.source).where('day', '=', p.day),
    ),
    schedulePeriods: defineQuery<object>('schedulePeriods')(db, (db) =>
      db.selectFrom('schedule_periods').selectAll().orderBy('source').orderBy('day'),
    ),
    putSchedulePeriod: defineQuery<SchedulePeriodsTable>('putSchedulePeriod')(db, (db, p) =>
      db
        .insertInto('schedule_periods')
        .values({ source: p.source, day: p.day, as_of_ms: p.as_of_ms, entries: p.entries })
        .onConflict((oc) => oc.columns(['source', 'day']).doUpdateSet({ as_of_ms: p.as_of_ms, entries: p.entries })),
    ),
    deleteSchedulePeriod: defineQuery<{ source: string; day: number }>('deleteSchedulePeriod')(db, (db, p) =>
      db.deleteFrom('schedule_periods').where('source', '=', p.source).where('day', '=', p.day),
    ),
    registered: defineQuery<{ from: number; to: number; limit: number }>('registered')(db, (db, p) =>
      db
        .selectFrom('registered')
        .selectAll()
        .where('day', '>=', p.from)
        .where('day', '<=', p.to)
        .orderBy('day')
        .orderBy('number')
        .limit(p.limit),
    ),
    registeredOf: defineQuery<{ number: string }>('registeredOf')(db, (db, p) =>
      db.selectFrom('registered').selectAll().where('number', '=', p.number),
    ),
    insertRegistered: defineQuery<RegisteredTable>('insertRegistered')(db, (db, p) =>
      db.insertInto('registered').values({
        number: p.number,
        day: p.day,
        state: p.state,
        at_ms: p.at_ms,
        changed_at_ms: p.changed_at_ms,
        study_instance_uid: p.study_instance_uid,
        sealed: p.sealed,
      }),
    ),
    changeRegistered: defineQuery<Pick<RegisteredTable, 'number' | 'state' | 'changed_at_ms' | 'sealed'>>(
      'changeRegistered',
    )(db, (db, p) =>
      db
        .updateTable('registered')
        .set({ state: p.state, changed_at_ms: p.changed_at_ms, sealed: p.sealed })
        .where('number', '=', p.number)
        .where('state', '=', sql.lit('open')),
    ),
    numberBlock: defineQuery<{ day: number }>('numberBlock')(db, (db, p) =>
      db.selectFrom('number_blocks').select('next').where('day', '=', p.day),
    ),
    putNumberBlock: defineQuery<{ day: number; next: number }>('putNumberBlock')(db, (db, p) =>
      db
        .insertInto('number_blocks')
        .values({ day: p.day, next: p.next })
        .onConflict((oc) => oc.column('day').doUpdateSet({ next: p.next })),
    ),
  };
}

/** Performed procedure steps and what waits to be told of them. */
function stepQueries(db: Kysely<Schema>) {
  return {
    step: defineQuery<{ uid: string }>('step')(db, (db, p) =>
      db.selectFrom('steps').selectAll().where('uid', '=', p.uid),
    ),
    insertStep: defineQuery<StepsTable>('insertStep')(db, (db, p) =>
      db
        .insertInto('steps')
        .values({
          uid: p.uid,
          peer: p.peer,
          upstream: p.upstream,
          state: p.state,
          at_ms: p.at_ms,
          changed_at_ms: p.changed_at_ms,
        })
        .onConflict((oc) => oc.doNothing()),
    ),
    changeStep: defineQuery<Pick<StepsTable, 'uid' | 'state' | 'changed_at_ms'>>('changeStep')(db, (db, p) =>
      db.updateTable('steps').set({ state: p.state, changed_at_ms: p.changed_at_ms }).where('uid', '=', p.uid),
    ),
    forgetSteps: defineQuery<{ before: number }>('forgetSteps')(db, (db, p) =>
      db.deleteFrom('steps').where('changed_at_ms', '<', p.before),
    ),
    insertStepMessage: defineQuery<Omit<StepMessagesTable, 'id'>>('insertStepMessage')(db, (db, p) =>
      db.insertInto('step_messages').values({
        uid: p.uid,
        upstream: p.upstream,
        kind: p.kind,
        transfer_syntax_uid: p.transfer_syntax_uid,
        sealed: p.sealed,
        state: p.state,
        sent: p.sent,
        attempts: p.attempts,
        next_at_ms: p.next_at_ms,
        status: p.status,
        at_ms: p.at_ms,
        done_at_ms: p.done_at_ms,
      } as never),
    ),
    stepMessages: defineQuery<{ uid: string }>('stepMessages')(db, (db, p) =>
      db.selectFrom('step_messages').selectAll().where('uid', '=', p.uid).orderBy('id'),
    ),
    firstStepMessage: defineQuery<{ upstream: string }>('firstStepMessage')(db, (db, p) =>
      db
        .selectFrom('step_messages')
        .selectAll()
        .where('state', '=', sql.lit('waiting'))
        .where('upstream', '=', p.upstream)
        .orderBy('id')
        .limit(sql.lit(1)),
    ),
    countStepMessages: defineQuery<{ state: string }>('countStepMessages')(db, (db, p) =>
      db
        .selectFrom('step_messages')
        .select(['upstream', (eb) => eb.fn.countAll<number>().as('count')])
        .where('state', '=', p.state)
        .groupBy('upstream'),
    ),
    sendStepMessage: defineQuery<{ id: number }>('sendStepMessage')(db, (db, p) =>
      db
        .updateTable('step_messages')
        .set((eb) => ({ sent: 1, attempts: eb('attempts', '+', 1) }))
        .where('id', '=', p.id),
    ),
    putOffStepMessage: defineQuery<{ id: number; sent: number; next_at_ms: number }>('putOffStepMessage')(db, (db, p) =>
      db.updateTable('step_messages').set({ next_at_ms: p.next_at_ms, sent: p.sent }).where('id', '=', p.id),
    ),
    endedStepMessages: defineQuery<{ state: string; upstream: string }>('endedStepMessages')(db, (db, p) =>
      db
        .selectFrom('step_messages')
        .select([(eb) => eb.fn.countAll<number>().as('count'), (eb) => eb.fn.min<number | null>('at_ms').as('first')])
        .where('state', '=', p.state)
        .where('upstream', '=', p.upstream),
    ),
    dropDelivered: defineQuery<{ upstream: string }>('dropDelivered')(db, (db, p) =>
      db.deleteFrom('step_messages').where('state', '=', sql.lit('delivered')).where('upstream', '=', p.upstream),
    ),
    fileFailed: defineQuery<{ upstream: string }>('fileFailed')(db, (db, p) =>
      db
        .updateTable('step_messages')
        .set({ state: 'refused' })
        .where('state', '=', sql.lit('failed'))
        .where('upstream', '=', p.upstream),
    ),
    forgetKeptMessages: defineQuery<{ before: number }>('forgetKeptMessages')(db, (db, p) =>
      db
        .deleteFrom('step_messages')
        .where('state', '=', sql.lit('kept'))
        .where('upstream', '=', sql.lit(''))
        .where('at_ms', '<', p.before),
    ),
    settleStepMessage: defineQuery<
      Pick<StepMessagesTable, 'id' | 'state' | 'status' | 'done_at_ms'> & { sealed: Uint8Array | null }
    >('settleStepMessage')(db, (db, p) =>
      db
        .updateTable('step_messages')
        .set({ state: p.state, status: p.status, done_at_ms: p.done_at_ms, sealed: p.sealed })
        .where('id', '=', p.id)
        .where('state', '=', sql.lit('waiting')),
    ),
  };
}

/** Every query over what devices go on working with. */
export function scheduleQueries(db: Kysely<Schema>) {
  return { ...worklistQueries(db), ...stepQueries(db) };
}
