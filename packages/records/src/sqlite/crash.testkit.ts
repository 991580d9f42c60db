import { writeSync } from 'node:fs';
import { systemClock } from '@leadglass/kit';
import { commitOf } from '../records.testkit.ts';
import { openSqliteRecords } from './open.ts';

// Commits objects in a loop and tells each group once it is committed, until it is killed. Arguments: database, round.
const [path = '', round = ''] = process.argv.slice(2);
const records = await openSqliteRecords({ path, clock: systemClock });
for (let i = 0; ; i += 1) {
  const names = Array.from({ length: 1 + (i % 4) }, (_, j) => `${round}-${i}-${j}`);
  await records.commitArrivals(
    names
      .map((name) => commitOf(name, { id: `id-${name}`, destinations: ['pacs'] }))
      .map((commit) => ({
        ...commit,
        event: (outcome) => ({ ...commit.event(outcome), id: `event-${commit.arrival.id}` }),
      })),
  );
  writeSync(1, `${names.join('\n')}\n`);
  // The parent must get its turn to kill even on one core.
  await new Promise(setImmediate);
  if (i % 20 === 19) await records.checkpoint();
}
