// The long form of CORPUS-15 in scan.peers.ts. npm run prove -- --only scan

import { test } from 'node:test';
import { proveBounded } from './scanning.ts';

test('[CORPUS-15] a file of 2 GB and an archive bomb in bounded memory', async (t) => {
  await proveBounded(t, 2 ** 31);
});
