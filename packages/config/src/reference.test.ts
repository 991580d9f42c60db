import assert from 'node:assert/strict';
import { test } from 'node:test';
import { destinationInput, peerInput, routeInput } from './input.ts';
import { quirkInput } from './quirk-input.ts';
import { configMeanings, configReference } from './reference.ts';

test('[CFG-14] the reference tells of every field', () => {
  const reference = configReference();
  for (const input of [peerInput, destinationInput, routeInput, quirkInput]) {
    for (const field of Object.keys(input.shape)) assert(reference.includes(`| \`${field}\` |`), field);
  }
});

test('[CFG-14] the same reference as values says what every field means, in both languages', () => {
  const [reference, sections] = [configReference(), configMeanings()];
  const fields = sections.flatMap(({ fields }) => fields);
  assert(fields.length > 30);
  for (const { name, about, fallback } of fields) {
    assert(reference.includes(`| \`${name}\` |`), name);
    assert(reference.includes(`| ${about.fr} | ${about.en} |`), name);
    if (fallback !== undefined) assert.doesNotThrow(() => JSON.parse(fallback), name);
  }
  assert.deepEqual(
    sections.filter(({ isOne }) => isOne).map(({ list }) => list),
    ['clamav', 'continuity', 'retention'],
  );
});
