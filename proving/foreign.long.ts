// The long form of foreign.peers.ts: every generated object, thousands of variants, the labelled files. npm run prove -- --only foreign

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { labelledAttacks, labelledClean, madeSubjects } from './foreign/subjects.ts';
import { proveCopies } from './foreign/suite.ts';
import { sharedData } from './peers.ts';

const isShort = process.env.LEADGLASS_PROVE === 'ci';
const SEED = Number(process.env.LEADGLASS_SEED ?? Date.now() % 1e9);
const DATA = sharedData();
const isThere = existsSync(join(DATA, 'labels.tsv')) || process.env.LEADGLASS_REQUIRE_PEERS === '1';
const skip = isThere ? false : 'shared test data not there';
const MANY = 1_000_000;

proveCopies({
  name: `made here, seed ${SEED}`,
  subjects: () => madeSubjects({ seed: SEED, cleanStep: isShort ? 5 : 1, variants: isShort ? 300 : 3_000 }),
  leastCopies: isShort ? 500 : 3_000,
  leastSyntaxes: 55,
  mostVerified: isShort ? 300 : MANY,
});
proveCopies({
  name: 'labelled clean files',
  subjects: () => labelledClean(DATA),
  leastCopies: 290,
  leastSyntaxes: 15,
  mostVerified: MANY,
  skip,
});
proveCopies({
  name: 'labelled attacks',
  subjects: () => labelledAttacks(DATA),
  leastCopies: 60,
  leastSyntaxes: 3,
  mostVerified: MANY,
  skip,
});
