// Copies of what is made here and of the labelled attacks, in the everyday extent. All of it, and the labelled clean files: foreign.long.ts.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { labelledAttacks, madeSubjects } from './foreign/subjects.ts';
import { proveCopies } from './foreign/suite.ts';
import { sharedData } from './peers.ts';

const SEED = Number(process.env.LEADGLASS_SEED ?? 20_261_124);
const DATA = sharedData();
const isThere = existsSync(join(DATA, 'labels.tsv')) || process.env.LEADGLASS_REQUIRE_PEERS === '1';

proveCopies({
  name: 'made here',
  subjects: () => madeSubjects({ seed: SEED, cleanStep: 97, variants: 24 }),
  leastCopies: 100,
  leastSyntaxes: 40,
  mostVerified: 30,
});
proveCopies({
  name: 'labelled attacks',
  subjects: () => labelledAttacks(DATA),
  leastCopies: 30,
  leastSyntaxes: 2,
  mostVerified: 20,
  skip: isThere ? false : 'shared test data not there',
});
