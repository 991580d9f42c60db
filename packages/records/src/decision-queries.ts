import type { Kysely } from 'kysely';
import type { HoldRequestsTable, OperatorsTable, PersonKeysTable, Schema } from './schema.ts';
import { defineQuery } from './script.ts';

interface Sha {
  sha256: string;
}

/** Who decides about held objects, and what waits for the second of two people. */
export function decisionQueries(db: Kysely<Schema>) {
  return {
    operators: defineQuery<object>('operators')(db, (db) => db.selectFrom('operators').selectAll().orderBy('name')),
    insertOperator: defineQuery<OperatorsTable>('insertOperator')(db, (db, p) =>
      db
        .insertInto('operators')
        .values({
          name: p.name,
          public_key: p.public_key,
          added_at_ms: p.added_at_ms,
          in_force_at_ms: p.in_force_at_ms,
        })
        .onConflict((oc) => oc.doNothing()),
    ),
    deleteOperator: defineQuery<{ name: string }>('deleteOperator')(db, (db, p) =>
      db.deleteFrom('operators').where('name', '=', p.name),
    ),
    personKeys: defineQuery<object>('personKeys')(db, (db) =>
      db.selectFrom('operator_passkeys').selectAll().orderBy('name'),
    ),
    insertPersonKey: defineQuery<PersonKeysTable>('insertPersonKey')(db, (db, p) =>
      db
        .insertInto('operator_passkeys')
        .values({
          name: p.name,
          public_key: p.public_key,
          credential_id: p.credential_id,
          rp_id: p.rp_id,
          account: p.account,
          added_at_ms: p.added_at_ms,
          in_force_at_ms: p.in_force_at_ms,
        })
        .onConflict((oc) => oc.doNothing()),
    ),
    deletePersonKey: defineQuery<{ name: string }>('deletePersonKey')(db, (db, p) =>
      db.deleteFrom('operator_passkeys').where('name', '=', p.name),
    ),
    requests: defineQuery<object>('requests')(db, (db) => db.selectFrom('hold_requests').selectAll()),
    request: defineQuery<Sha>('request')(db, (db, p) =>
      db.selectFrom('hold_requests').selectAll().where('sha256', '=', p.sha256),
    ),
    insertRequest: defineQuery<HoldRequestsTable>('insertRequest')(db, (db, p) =>
      db.insertInto('hold_requests').values({
        sha256: p.sha256,
        id: p.id,
        act: p.act,
        operator: p.operator,
        public_key: p.public_key,
        reason: p.reason,
        asked_at_ms: p.asked_at_ms,
        expires_at_ms: p.expires_at_ms,
      }),
    ),
    deleteRequest: defineQuery<Sha>('deleteRequest')(db, (db, p) =>
      db.deleteFrom('hold_requests').where('sha256', '=', p.sha256),
    ),
    deleteRequestById: defineQuery<Sha & { id: string }>('deleteRequestById')(db, (db, p) =>
      db.deleteFrom('hold_requests').where('sha256', '=', p.sha256).where('id', '=', p.id),
    ),
  };
}
