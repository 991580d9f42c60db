import type { Kysely } from 'kysely';
import type { Schema, WebTokensTable } from './schema.ts';
import { defineQuery } from './script.ts';

/** Who may use the web services by a secret. */
export function webTokenQueries(db: Kysely<Schema>) {
  return {
    webTokens: defineQuery<object>('webTokens')(db, (db) => db.selectFrom('web_tokens').selectAll().orderBy('name')),
    insertWebToken: defineQuery<WebTokensTable>('insertWebToken')(db, (db, p) =>
      db
        .insertInto('web_tokens')
        .values({
          name: p.name,
          sha256: p.sha256,
          allow: p.allow,
          added_at_ms: p.added_at_ms,
          until_ms: p.until_ms,
        })
        .onConflict((oc) => oc.doNothing()),
    ),
    deleteWebToken: defineQuery<{ name: string }>('deleteWebToken')(db, (db, p) =>
      db.deleteFrom('web_tokens').where('name', '=', p.name),
    ),
  };
}
