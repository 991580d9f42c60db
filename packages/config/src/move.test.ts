import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfig } from './parse.ts';
import { planConfig } from './plan.ts';
import { renderConfig } from './render.ts';

function parsed(mayMoveTo: string) {
  return parseConfig(`
peers: [{ aeTitle: WS, from: 192.0.2.7, allow: [move]${mayMoveTo} }]
destinations:
  - { name: ws, host: ws.example.org, port: 104, called: WS }
  - { name: other, host: other.example.org, port: 104, called: OTHER }
`);
}

test('[CFG-78] mayMoveTo names declared destinations, is rendered as it was read, and more of it is flagged', () => {
  const [before, after] = [parsed(''), parsed(', mayMoveTo: [other]')];
  assert(before.ok && after.ok);
  assert.deepEqual(after.config.peers[0]?.mayMoveTo, ['other']);
  const again = parseConfig(renderConfig(after.config));
  assert(again.ok);
  assert.deepEqual(again.config.peers, after.config.peers);
  const [change] = planConfig(before.config, after.config).changes;
  assert.match(change?.dangers.map(({ en }) => en).join(' ') ?? '', /images sent to: other/);
  assert.deepEqual(planConfig(after.config, before.config).isDangerous, false);
});

test('[CFG-78] a destination that is not declared is refused where it stands, with the nearest that is', () => {
  const wrong = parsed(', mayMoveTo: [othr]');
  assert(!wrong.ok);
  assert.deepEqual(
    wrong.problems.map(({ path }) => path),
    ['peers[0].mayMoveTo[0]'],
  );
  assert.match(wrong.problems[0]?.text.en ?? '', /"other"/);
  assert(!parsed(', mayMoveTo: []').ok);
});
