import assert from 'node:assert/strict';
import { test } from 'node:test';
import { beginningsOf, fitOf, isNear, nearOf, wordsOf } from './names.ts';

test('[CHART-9] words are without accents, case and what stands between them', () => {
  assert.deepEqual(wordsOf('Lefèvre-d’Œuvre  n°2'), ['LEFEVRE', 'D', 'OEUVRE', 'N', '2']);
  assert.deepEqual(wordsOf(' '), []);
});

test('[CHART-9] words that differ by one letter, or by two swapped, share what they are found by', () => {
  const share = (a: string, b: string) => nearOf(a).some((each) => nearOf(b).includes(each));
  for (const other of ['DUPOND', 'DUPON', 'DUPONTS', 'DUPOTN', 'DUPPONT', 'UPONT', 'DUPONT'])
    assert(share('DUPONT', other) && isNear('DUPONT', other), other);
  for (const other of ['DURAND', 'DUPUIS', 'MARTIN']) assert(!isNear('DUPONT', other), other);
});

test('[CHART-9] short words are found by their beginning alone', () => {
  assert.deepEqual(nearOf('LEE'), []);
  assert.deepEqual(beginningsOf('LEE'), ['LE', 'LEE']);
});

test('[CHART-9] every word asked for has to fit, and the worst decides', () => {
  assert.equal(fitOf(['DUPONT'], ['DUPONT', 'CLAIRE']), 'same');
  assert.equal(fitOf(['CLA', 'DUPONT'], ['DUPONT', 'CLAIRE']), 'begins');
  assert.equal(fitOf(['DUPOND', 'CLA'], ['DUPONT', 'CLAIRE']), 'alike');
  assert.equal(fitOf(['DUPONT', 'PAUL'], ['DUPONT', 'CLAIRE']), undefined);
});
