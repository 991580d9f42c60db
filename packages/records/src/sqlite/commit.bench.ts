import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@leadglass/kit';
import type { ArrivalCommit } from '../api.ts';
import { commitOf, destinationCalled } from '../records.testkit.ts';
import { openSqliteRecords } from './open.ts';

// Commits arrivals in groups of 1, 16 and 64 and prints latency and CPU an arrival. Not a test. Arguments: arrivals a size (default 8000), folder.
const total = Number(process.argv[2] ?? 8000);
const folder = mkdtempSync(join(process.argv[3] ?? tmpdir(), 'leadglass-bench-'));
const records = await openSqliteRecords({ path: join(folder, 'records.db'), clock: systemClock });
const microseconds = (sorted: readonly number[], part: number) =>
  `${Math.round((sorted[Math.floor(sorted.length * part)] ?? 0) * 1000)} µs`;
let made = 0;

function group(size: number): ArrivalCommit[] {
  const series = `1.2.826.0.1.3680043.8.498.${Math.floor(made / 500)}`;
  return Array.from({ length: size }, () => {
    made += 1;
    return commitOf(`object ${made}`, { sop: `${series}.${made}`, destinations: ['pacs'], atMs: Date.now() });
  });
}

async function measure(size: number, rounds: number): Promise<void> {
  const groups = Array.from({ length: rounds }, () => group(size));
  const latencies: number[] = [];
  const folds: number[] = [];
  let pages = 0;
  let used = 0;
  for (const [at, each] of groups.entries()) {
    const cpu = process.cpuUsage();
    const begun = performance.now();
    await records.commitArrivals(each);
    latencies.push(performance.now() - begun);
    const { user, system } = process.cpuUsage(cpu);
    used += user + system;
    if (at % Math.ceil(2000 / size) !== Math.ceil(2000 / size) - 1) continue;
    const foldBegun = performance.now();
    pages += (await records.checkpoint()).logPages;
    folds.push(performance.now() - foldBegun);
  }
  latencies.sort((a, b) => a - b);
  const arrivals = size * rounds;
  const [median, ninety, ninetyNine] = [0.5, 0.9, 0.99].map((part) => microseconds(latencies, part));
  console.log(
    `${size} a commit: median ${median}, 90 % ${ninety}, 99 % ${ninetyNine}; CPU ${(used / arrivals).toFixed(0)} µs, ${(pages / arrivals).toFixed(1)} log pages an arrival; checkpoints ${folds.map((ms) => ms.toFixed(0)).join(' ')} ms`,
  );
}

await records.replaceConfig({ peers: [], destinations: [destinationCalled('pacs')], routes: [] }, []);
await measure(1, 500);
for (const size of [1, 16, 64]) await measure(size, Math.ceil(total / size));
await records.close();
rmSync(folder, { recursive: true });
