import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AllergyAnswer, AllergyVersionAnswer } from '@leadglass/contract';
import { codeWords, detailsOf, stateOf, substanceOf } from './allergies.ts';
import { SEVERITIES } from './allergy-words.ts';

const coded = (id: string, text = '', system = '') => ({
  ...{ id, text, system, otherId: '', otherText: '', otherSystem: '' },
});

function version(change: Partial<AllergyVersionAnswer> = {}): AllergyVersionAnswer {
  return {
    ...{ message: 1, state: 'current', kind: coded('DA'), code: coded('P', 'Pénicilline', 'LOC'), isNoneKnown: false },
    ...{ severity: coded('SV'), reactions: ['choc'], identifiedAt: '20190412', sensitivity: '', status: ['C'] },
    ...{ notes: [], heardMs: 0, ...change },
  };
}

const allergy = (change: Partial<AllergyVersionAnswer>): AllergyAnswer => ({
  ...{ feed: 'gam', source: 'AL1', versions: [version(change)] },
});
const NONE = allergy({ isNoneKnown: true });

test('[CONSOLE-230] untold, none known, some, both and none any longer are five states', () => {
  assert.equal(stateOf([]), 'untold');
  assert.equal(stateOf([NONE]), 'none-known');
  assert.equal(stateOf([allergy({})]), 'some');
  assert.equal(stateOf([allergy({}), NONE]), 'both');
  assert.equal(stateOf([allergy({ state: 'removed' })]), 'past');
  assert.equal(stateOf([allergy({ isNoneKnown: true, state: 'removed' })]), 'past');
});

test('[CONSOLE-230] what the latest list leaves out is not safe for that', () => {
  assert.equal(stateOf([allergy({ state: 'unrepeated' })]), 'some');
  assert.equal(stateOf([NONE, allergy({ state: 'unrepeated' })]), 'some');
});

test('[CONSOLE-231] the sender’s words come first; a code alone is told with what the standard’s table says, and a code of nobody’s as it is', () => {
  assert.equal(codeWords(coded('SV', 'grave'), SEVERITIES, 'fr'), 'grave');
  assert.equal(codeWords(coded('SV'), SEVERITIES, 'fr'), 'sévère (SV)');
  assert.equal(codeWords(coded('high'), SEVERITIES, 'en'), 'high risk (high)');
  assert.equal(codeWords(coded('Z9'), SEVERITIES, 'fr'), 'Z9');
  assert.equal(substanceOf(version(), 'fr'), 'Pénicilline [P LOC]');
  assert.equal(substanceOf(version({ code: coded('') }), 'en'), 'substance not given');
  assert.deepEqual(detailsOf(version(), 'en'), [
    'severe (SV)',
    'choc',
    'since 12/04/2019',
    'drug (DA)',
    'confirmed (C)',
  ]);
});
