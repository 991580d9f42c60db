import assert from 'node:assert/strict';
import { test } from 'node:test';
import { destinationInput, peerInput, routeInput } from './input.ts';
import { quirkInput } from './quirk-input.ts';
import { configReference } from './reference.ts';

test('[CFG-14] the reference tells of every field', () => {
  const reference = configReference();
  for (const input of [peerInput, destinationInput, routeInput, quirkInput]) {
    for (const field of Object.keys(input.shape)) assert(reference.includes(`| \`${field}\` |`), field);
  }
});
