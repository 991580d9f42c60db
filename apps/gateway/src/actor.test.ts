import assert from 'node:assert/strict';
import { request } from 'node:http';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import {
  ACCESS,
  ACTOR_HEADER,
  type Actor,
  CONTROL,
  type Operation,
  pathOf,
  ROLES,
  SOCKET_PATH,
} from '@leadglass/contract';
import { actFor, by, LOCAL, stepsFor } from './actor.ts';
import { control, type House, house, keep, PACS, PEER } from './control.testkit.ts';

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Asks with the header as it is; whoever is answered with a stream reads it to its end, or to its first line. */
function asked(it: House, name: Operation, body: unknown, header: string | undefined): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', ...(header === undefined ? {} : { [ACTOR_HEADER]: header }) };
    const options = { socketPath: join(it.services.home, SOCKET_PATH), path: pathOf(name), method: 'POST', headers };
    const sent = request(options, (answer) => {
      const parts: Buffer[] = [];
      const done = () => resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(parts).toString() });
      answer.on('data', (part: Buffer) => {
        parts.push(part);
        if (CONTROL[name].form !== 'lines') return;
        done();
        answer.destroy();
      });
      answer.once('end', done);
      answer.once('error', () => undefined);
    });
    sent.once('error', reject);
    sent.end(JSON.stringify(body));
  });
}

const as = (role: Actor['role'], name = 'marie.durand'): string => JSON.stringify({ name, role });

async function open(t: TestContext) {
  const it = await house(t);
  const { ask } = await control(t, it);
  return { it, ask, as: (name: Operation, body: unknown, header?: string) => asked(it, name, body, header) };
}

test('[OVER-1] a header that is not exactly an account and a role is refused, and nothing is done', async (t) => {
  const { as, ask } = await open(t);
  const bad = [
    '',
    'marie',
    '{}',
    'null',
    '[]',
    JSON.stringify({ name: 'marie', role: 'king' }),
    JSON.stringify({ name: 'marie', role: 'administrator', also: 1 }),
    JSON.stringify({ name: LOCAL, role: 'administrator' }),
    JSON.stringify({ name: 'x'.repeat(65), role: 'administrator' }),
    `{${' '.repeat(300)}"name":"marie","role":"administrator"}`,
  ];
  for (const header of bad) {
    const { status, body } = await as('peer.add', PEER, header);
    assert.deepEqual([status, JSON.parse(body).code], [400, 'control.bad-request'], header);
  }
  assert.deepEqual((await ask('peer.list', {})).peers, []);
});

test('[OVER-2] each role may do what ACCESS gives it, and is told who may do the rest', async (t) => {
  const { as: send } = await open(t);
  // Not a request of any operation: who may ask is told that it is wrong, who may not is not even read.
  const wrong = { none: 'such' };
  for (const name of Object.keys(CONTROL) as Operation[]) {
    for (const role of ROLES) {
      const { status, body } = await send(name, wrong, as(role));
      const mayDo = (ACCESS[name] as readonly string[]).includes(role);
      const { code, text } = JSON.parse(body);
      assert.deepEqual(
        [status, code],
        mayDo ? [400, 'control.bad-request'] : [403, 'control.not-allowed'],
        `${name} ${role}`,
      );
      if (!mayDo) assert.match(text.fr, /^Le rôle « .+ » ne le permet pas( ;|.:)/u);
    }
    assert.equal((await send(name, wrong)).status, 400, name);
  }
});

test('[OVER-3] the ledger names the account that the console names, and the owner of the home without one', async (t) => {
  const { it, as: send, ask } = await open(t);
  await keep(it, 'held', '1.2.1', { isHeld: true });
  await Promise.all([
    send('peer.add', PEER, as('administrator', 'marie')),
    send('destination.add', PACS, as('administrator', 'paul')),
    send('peer.add', { ...PEER, aeTitle: 'MR1' }),
  ]);
  const { entries } = await ask('log', { kinds: ['config'] });
  const told = entries.map(({ event, sentence }) => [event.by, /PACS|CT1|MR1/.exec(sentence.en)?.[0]]).slice(-3);
  assert.deepEqual(new Set(told.map(String)), new Set(['marie,CT1', 'paul,PACS', `${LOCAL},MR1`]));
});

test('[OVER-3] what a stream tells at its end is told of whoever asked for it', async (t) => {
  const { it, as: send } = await open(t);
  await send('vault.check', {}, as('security-officer', 'odile'));
  const wanted = async () => (await it.records.events({ kinds: ['vault.checked'] }, 1))[0];
  let row = await wanted();
  while (row === undefined) {
    await new Promise((resolve) => setImmediate(resolve));
    row = await wanted();
  }
  assert.equal('by' in row.event && row.event.by, 'odile');
});

test('[OVER-3] steps of two streams read in turn keep each its own account', async () => {
  async function* names() {
    for (let n = 0; n < 3; n += 1) {
      await Promise.resolve();
      yield by();
    }
  }
  const [a, b] = [actFor({ name: 'a', role: 'auditor' }, names), names()];
  const first = stepsFor({ name: 'a', role: 'auditor' }, a);
  const second = stepsFor(undefined, b);
  const seen: unknown[] = [];
  for (let n = 0; n < 3; n += 1) seen.push((await first.next()).value, (await second.next()).value);
  assert.deepEqual(seen, ['a', LOCAL, 'a', LOCAL, 'a', LOCAL]);
});

test('[OVER-4] what the console tells of people is written down in sentences, without an account to tell it', async (t) => {
  const { it, ask, as: send } = await open(t);
  await keep(it, 'one', '1.2.77.1', { study: '1.2.77', patient: 'pseudonym-7' });
  const told = [
    { what: 'signed-in', by: 'marie', role: 'radiologist', how: 'passkey', address: '192.0.2.5' },
    { what: 'refused', by: 'zoe', why: 'throttled', address: '192.0.2.6' },
    { what: 'signed-out', by: 'marie', why: 'idle' },
    { what: 'added', by: 'root', person: 'paul', role: 'auditor' },
    { what: 'changed', by: 'root', person: 'paul', role: 'technologist' },
    { what: 'removed', by: 'root', person: 'paul' },
    { what: 'opened-study', by: 'marie', studyInstanceUid: '1.2.77', reason: 'garde' },
  ] as const;
  for (const each of told) assert.deepEqual(await ask('person.told', each), {});
  const { entries } = await ask('log', { kinds: ['person', 'study'] });
  assert.deepEqual(
    entries.map(({ event }) => event.kind),
    [
      ...['person.signed-in', 'person.refused', 'person.signed-out', 'person.added', 'person.changed'],
      ...['person.removed', 'study.opened'],
    ],
  );
  assert.equal(entries.at(-1)?.event.patient, 'pseudonym-7');
  const { status } = await send('person.told', told[2], as('administrator'));
  assert.equal(status, 403);
});
