import assert from 'node:assert/strict';
import { test } from 'node:test';
import { text } from '@leadglass/kit';
import type { ControlClient } from '../client.ts';
import { CliFailure, EXIT } from '../exits.ts';
import { clearTest, isNothing } from './temporary.ts';

const failure = (exit: 1 | 3 | 4) => new CliFailure(exit, text('non', 'no'));

/** A gateway's settings and holds as the control socket gives them; what it was asked to change is noted. */
function gatewayWith(answers: Readonly<Record<string, unknown>>) {
  const asked: string[] = [];
  const call = async (name: string, request: object) => {
    if (!name.endsWith('.list')) asked.push(`${name} ${Object.values(request)[0]}`);
    const answer = answers[`${name} ${Object.values(request)[0]}`] ?? answers[name];
    if (answer instanceof CliFailure) throw answer;
    return answer;
  };
  return { asked, client: { call: call as ControlClient['call'] } };
}

const PEERS = { peers: [{ aeTitle: 'CT1' }, { aeTitle: 'LG-PROVEIT' }, { aeTitle: 'LG-PROVEIT-FAR' }] };
const HOLDS = {
  holds: [
    { peer: 'CT1', sha256: 'a' },
    { peer: 'LG-PROVEIT', sha256: 'b' },
    { peer: 'LG-PROVEIT', sha256: 'c' },
  ],
};
const ONE = { removed: 1 };
const ALL = {
  'route.remove': ONE,
  'destination.remove': ONE,
  'peer.remove': ONE,
  'peer.list': PEERS,
  'hold.list': HOLDS,
};

test('[CLI-70] what is of the test is known by its names and taken away; what is not stays', async () => {
  const { asked, client } = gatewayWith({ ...ALL, 'hold.destroy': {} });
  const cleared = await clearTest(client, 'why');
  assert.deepEqual(cleared, { peers: 2, routes: 1, destinations: 1, holds: 2, holdsLeft: 0 });
  assert.ok(!asked.some((what) => what.includes('CT1') || what === 'hold.destroy a'), asked.join());
  assert.ok(!isNothing(cleared));
});

test('[CLI-70] where there is nothing, nothing is taken away and that is no failure', async () => {
  const none = failure(EXIT.notFound);
  const nothing = { 'peer.list': { peers: [] }, 'hold.list': { holds: [] } };
  const { client } = gatewayWith({ ...nothing, 'route.remove': none, 'destination.remove': none });
  assert.ok(isNothing(await clearTest(client, 'why')));
});

test('[CLI-70] a hold that a rule of the site keeps is told, the others go; a gateway that is gone is a failure', async () => {
  const kept = gatewayWith({ ...ALL, 'hold.destroy': {}, 'hold.destroy b': failure(EXIT.failed) });
  const cleared = await clearTest(kept.client, 'why');
  assert.deepEqual([cleared.holds, cleared.holdsLeft], [1, 1]);
  const gone = gatewayWith({ ...ALL, 'hold.destroy': failure(EXIT.notRunning) });
  await assert.rejects(clearTest(gone.client, 'why'), { exit: EXIT.notRunning });
});
