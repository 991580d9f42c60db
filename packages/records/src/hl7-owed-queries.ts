import { type Kysely, sql } from 'kysely';
import type { Hl7OwedTable } from './hl7-owed-schema.ts';
import type { Schema } from './schema.ts';
import { defineQuery } from './script.ts';

/** Reads of what information systems are to be told. */
function reads(db: Kysely<Schema>) {
  return {
    hl7OfNumber: defineQuery<{ number: string }>('hl7OfNumber')(db, (db, p) =>
      db.selectFrom('hl7_owed').selectAll().where('number', '=', p.number).orderBy('destination').orderBy('id'),
    ),
    hl7Message: defineQuery<{ id: number }>('hl7Message')(db, (db, p) =>
      db.selectFrom('hl7_owed').selectAll().where('id', '=', p.id),
    ),
    hl7InState: defineQuery<{ state: string; limit: number }>('hl7InState')(db, (db, p) =>
      db
        .selectFrom('hl7_owed')
        .selectAll()
        .where('state', '=', p.state)
        .orderBy('destination')
        .orderBy('id')
        .limit(p.limit),
    ),
    // What follows one that was set aside, of the same registration, waits for a person with it.
    nextHl7: defineQuery<{ destination: string }>('nextHl7')(db, (db, p) =>
      db
        .selectFrom('hl7_owed as o')
        .selectAll('o')
        .where('o.state', '=', sql.lit('waiting'))
        .where('o.destination', '=', p.destination)
        .where((eb) =>
          eb.not(
            eb.exists(
              eb
                .selectFrom('hl7_owed as b')
                .select('b.id')
                .whereRef('b.number', '=', 'o.number')
                .whereRef('b.destination', '=', 'o.destination')
                .whereRef('b.id', '<', 'o.id')
                .where('b.state', 'in', [sql.lit('refused'), sql.lit('by-hand')]),
            ),
          ),
        )
        .orderBy('o.id')
        .limit(sql.lit(1)),
    ),
    countHl7: defineQuery<{ state: string }>('countHl7')(db, (db, p) =>
      db
        .selectFrom('hl7_owed')
        .select([
          'destination',
          (eb) => eb.fn.countAll<number>().as('count'),
          (eb) => eb.fn.min<number | null>('at_ms').as('first'),
        ])
        .where('state', '=', p.state)
        .groupBy('destination'),
    ),
    endedHl7: defineQuery<{ state: string; destination: string }>('endedHl7')(db, (db, p) =>
      db
        .selectFrom('hl7_owed')
        .select([
          (eb) => eb.fn.countAll<number>().as('count'),
          (eb) => eb.fn.min<number | null>('at_ms').as('first'),
          (eb) => eb.fn.max<number | null>('attempts').as('attempts'),
        ])
        .where('summed', '=', sql.lit(0))
        .where('destination', '=', p.destination)
        .where('state', '=', p.state),
    ),
  };
}

/** Writes to it. Each change says what it was before: what is no longer so is not changed. */
function writes(db: Kysely<Schema>) {
  return {
    insertHl7: defineQuery<Omit<Hl7OwedTable, 'id'>>('insertHl7')(db, (db, p) =>
      db.insertInto('hl7_owed').values({
        number: p.number,
        study_instance_uid: p.study_instance_uid,
        destination: p.destination,
        letter: p.letter,
        control_id: p.control_id,
        sealed: p.sealed,
        answer: p.answer,
        code: p.code,
        state: p.state,
        sent: p.sent,
        summed: p.summed,
        attempts: p.attempts,
        next_at_ms: p.next_at_ms,
        at_ms: p.at_ms,
        done_at_ms: p.done_at_ms,
      } as never),
    ),
    sendHl7: defineQuery<{ id: number }>('sendHl7')(db, (db, p) =>
      db
        .updateTable('hl7_owed')
        .set((eb) => ({ sent: 1, attempts: eb('attempts', '+', 1) }))
        .where('id', '=', p.id)
        .where('state', '=', sql.lit('waiting')),
    ),
    putOffHl7: defineQuery<{ id: number; sent: number; next_at_ms: number; code: string; answer: Uint8Array | null }>(
      'putOffHl7',
    )(db, (db, p) =>
      db
        .updateTable('hl7_owed')
        .set({ next_at_ms: p.next_at_ms, sent: p.sent, code: p.code, answer: p.answer })
        .where('id', '=', p.id)
        .where('state', '=', sql.lit('waiting')),
    ),
    settleHl7: defineQuery<
      { id: number; from: string } & Pick<Hl7OwedTable, 'state' | 'code' | 'answer' | 'sealed' | 'done_at_ms'>
    >('settleHl7')(db, (db, p) =>
      db
        .updateTable('hl7_owed')
        .set({ state: p.state, code: p.code, answer: p.answer, sealed: p.sealed, done_at_ms: p.done_at_ms })
        .where('id', '=', p.id)
        .where('state', '=', p.from),
    ),
    retryHl7: defineQuery<{ id: number; next_at_ms: number }>('retryHl7')(db, (db, p) =>
      db
        .updateTable('hl7_owed')
        .set({ state: sql.lit('waiting'), attempts: sql.lit(0), summed: sql.lit(0), next_at_ms: p.next_at_ms })
        .where('id', '=', p.id)
        .where('state', '=', sql.lit('refused')),
    ),
    withdrawHl7: defineQuery<{ id: number; done_at_ms: number }>('withdrawHl7')(db, (db, p) =>
      db
        .updateTable('hl7_owed')
        .set({ state: sql.lit('withdrawn'), sealed: null, answer: null, summed: sql.lit(1), done_at_ms: p.done_at_ms })
        .where('id', '=', p.id)
        // What never left, and what was not taken.
        .where((eb) =>
          eb.or([
            eb('state', '=', sql.lit('refused')),
            eb.and([eb('state', '=', sql.lit('waiting')), eb('sent', '=', sql.lit(0))]),
          ]),
        ),
    ),
    sumHl7: defineQuery<{ destination: string; state: string }>('sumHl7')(db, (db, p) =>
      db
        .updateTable('hl7_owed')
        .set({ summed: sql.lit(1) })
        .where('summed', '=', sql.lit(0))
        .where('destination', '=', p.destination)
        .where('state', '=', p.state),
    ),
  };
}

/** What information systems are told by HL7. */
export function hl7OwedQueries(db: Kysely<Schema>) {
  return { ...reads(db), ...writes(db) };
}
