import { test } from 'node:test';
import { FUZZ_TARGETS } from './fuzz.ts';
import { DimseRandom } from './random.ts';

const ROUNDS = 1500;

for (const [name, target] of Object.entries(FUZZ_TARGETS)) {
  test(`[DIMSE-36] ${name}: ${ROUNDS} seeds`, () => {
    for (let seed = 1; seed <= ROUNDS; seed += 1) target(new DimseRandom(seed));
  });
}
