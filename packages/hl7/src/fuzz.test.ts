import { test } from 'node:test';
import { FUZZ_TARGETS, fuzzAnswers } from './fuzz.ts';
import { SeededRandom } from './random.testkit.ts';

const ROUNDS = 150;

for (const [name, target] of Object.entries(FUZZ_TARGETS)) {
  test(`[HL7-32] ${name}: ${ROUNDS} seeds`, () => {
    for (let seed = 1; seed <= ROUNDS; seed += 1) target(new SeededRandom(seed));
  });
}

test('[HL7-47] a damaged answer is one or none, never an exception', () => {
  for (let seed = ROUNDS + 1; seed <= 4 * ROUNDS; seed += 1) fuzzAnswers(new SeededRandom(seed));
});
