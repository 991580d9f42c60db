import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Command, parseGiven } from '../command.ts';
import { FLOW_OPTIONS, flowChoiceOf } from './flow-choice.ts';
import { COMMANDS as PEER } from './peer.ts';
import { COMMANDS as ROUTE } from './route.ts';

const command = { options: FLOW_OPTIONS, positionals: [0, 0] } as unknown as Command;
const choiceOf = (...words: string[]) => flowChoiceOf(parseGiven(command, words));

test('[CLI-7] a flow’s choices are told as they are made, and not at all when they are not', () => {
  assert.deepEqual(choiceOf(), {});
  assert.deepEqual(choiceOf('--strictness', 'strict'), { strictness: 'strict' });
  assert.deepEqual(choiceOf('--strictness=permissive', '--when-unfinished', 'hold'), {
    strictness: 'permissive',
    whenUnfinished: 'hold',
  });
  assert.throws(() => choiceOf('--strictness', 'strickt'));
  assert.throws(() => choiceOf('--when-unfinished', 'maybe'));
});

test('[CLI-7] peers and routes are added with the same choices', () => {
  for (const commands of [PEER, ROUTE]) {
    const add = commands.find(({ name }) => name.endsWith(' add'));
    for (const name of Object.keys(FLOW_OPTIONS)) assert.ok(name in (add?.options ?? {}), name);
  }
});
