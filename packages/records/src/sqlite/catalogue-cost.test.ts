import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import type { CatalogueChange, CatalogueEntry } from '../catalogue-api.ts';
import { MIGRATIONS } from '../migrations.ts';
import { compileQueries } from '../queries.ts';
import { sha, T0 } from '../records.testkit.ts';
import type { Script } from '../script.ts';
import { changeCatalogue } from '../scripts/catalogue.ts';
import { sqliteDialect } from './dialect.ts';
import { SqliteEngine } from './engine.ts';
import { migrate } from './migrate.ts';

const SEALED = Uint8Array.of(1);
const QUERIES = compileQueries(sqliteDialect());

/** Entries of one series. @param isShared whether they have the very same values, as the catalogue gives them, or like ones. */
function entries(count: number, isShared: boolean): CatalogueChange[] {
  const standing = () => ({
    subject: { variant: 'v', identity: 1, sealed: SEALED, tokens: [1, 2] },
    study: { studyInstanceUid: '1.1', studyDate: 20260101, sealed: SEALED, tokens: [3] },
    series: { seriesInstanceUid: '1.1.1', modality: 'CT', sealed: SEALED },
  });
  const shared = standing();
  return Array.from({ length: count }, (_, i) => {
    const instance = { sopInstanceUid: `1.1.1.${i}`, sopClassUid: '1.2', sha256: sha(String(i)), sealed: SEALED };
    const entry: CatalogueEntry = { ...(isShared ? shared : standing()), instance };
    return { kind: 'enter', entry, staleSubjectTokens: [], staleStudyTokens: [] };
  });
}

/** A script, and how many statements it ran. */
function* counted(script: Script<void>): Script<number> {
  let statements = 0;
  for (let step = script.next(); !step.done; statements += 1) step = script.next(yield step.value);
  return statements;
}

async function enter(t: TestContext, changes: CatalogueChange[]) {
  const db = new DatabaseSync(':memory:');
  t.after(() => db.close());
  migrate(db, MIGRATIONS, T0);
  const statements = await new SqliteEngine(db).write(() => counted(changeCatalogue(QUERIES, changes, [])));
  const rows = (table: string) => db.prepare(`select * from ${table}`).all();
  return { statements, series: rows('catalogue_series'), studies: rows('catalogue_studies') };
}

test('[CATALOGUE-20] objects of one series cost two statements each, and come to the same as if each were entered by itself', async (t) => {
  const few = await enter(t, entries(10, true));
  const many = await enter(t, entries(60, true));
  assert.equal(many.statements - few.statements, 2 * 50);
  const apart = await enter(t, entries(60, false));
  assert.ok(apart.statements > 3 * many.statements);
  assert.deepEqual(many.series, apart.series);
  assert.deepEqual(many.studies, apart.studies);
  assert.equal(many.series[0]?.instances, 60);
});
