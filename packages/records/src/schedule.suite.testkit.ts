import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Records } from './api.ts';
import type { OpenFresh } from './records.suite.testkit.ts';
import { gatewayEvent, T0 } from './records.testkit.ts';

const sealed = (byte: number): Uint8Array => Uint8Array.of(byte);
const UID = '1.2.3';
const message = (atMs = T0) => ({ uid: UID, transferSyntaxUid: '1.2', sealed: sealed(1), atMs });

/** What every backend promises of the kept worklist, registrations and performed procedure steps. */
export function scheduleSuite(backend: string, open: OpenFresh): void {
  const rule = (name: string, body: (records: Records) => Promise<void>) =>
    test(`${name} (${backend})`, async (t) => body((await open(t)).records));

  rule('[CONT-45] a day of a source is replaced as a whole, and no other is touched', async ({ schedule }) => {
    await schedule.replace({ source: 'ris', day: 20260105, asOfMs: 1 }, [sealed(1), sealed(2)]);
    await schedule.replace({ source: 'ris', day: 20260106, asOfMs: 1 }, [sealed(3)]);
    await schedule.replace({ source: 'other', day: 20260105, asOfMs: 1 }, [sealed(4)]);
    await schedule.replace({ source: 'ris', day: 20260105, asOfMs: 2 }, [sealed(5)]);
    const read = await schedule.entries('ris', { day: 20260105, position: -1 }, 20260106, 10);
    assert.deepEqual(
      read.map(({ day, position, sealed: [byte] }) => [day, position, byte]),
      [
        [20260105, 0, 5],
        [20260106, 0, 3],
      ],
    );
    assert.deepEqual((await schedule.periods()).at(1), { source: 'ris', day: 20260105, asOfMs: 2, entries: 1 });
    const page = await schedule.entries('ris', { day: 20260105, position: 0 }, 20260106, 1);
    assert.deepEqual(
      page.map(({ day }) => day),
      [20260106],
    );
    await schedule.forget('ris', 20260105);
    assert.deepEqual(
      (await schedule.periods()).map(({ source, day }) => [source, day]),
      [
        ['other', 20260105],
        ['ris', 20260106],
      ],
    );
  });

  rule('[CONT-60] numbers are reserved ahead: nobody is given one twice', async ({ schedule }) => {
    const blocks = await Promise.all([1, 2, 3].map(() => schedule.reserve(26005, 20)));
    assert.deepEqual(
      blocks.toSorted((a, b) => a - b),
      [1, 21, 41],
    );
    assert.equal(await schedule.reserve(26006, 20), 1);
  });

  rule('[CONT-61] what was registered is corrected while it is open, and cancelled once', async ({ schedule }) => {
    const registered = { number: 'N1', day: 20260105, atMs: T0, changedAtMs: T0, studyInstanceUid: '1.2' };
    await schedule.register({ ...registered, state: 'open', sealed: sealed(1) }, [gatewayEvent()]);
    const change = (state: 'open' | 'cancelled') =>
      schedule.change({ number: 'N1', state, changedAtMs: T0 + 1, sealed: sealed(2) }, []);
    assert.deepEqual([await change('open'), await change('cancelled'), await change('open')], [true, true, false]);
    const [found] = await schedule.registered(20260105, 20260105, 10);
    assert.deepEqual([found?.state, found?.sealed[0]], ['cancelled', 2]);
    assert.equal((await schedule.registeredOf('N1'))?.changedAtMs, T0 + 1);
    assert.equal(await schedule.registeredOf('N2'), undefined);
  });

  rule(
    '[CONT-50] a step is begun once, said more of until it is final, and what is unknown is not set',
    async ({ steps }) => {
      const step = { uid: UID, peer: 'CT1', upstream: 'ris' };
      assert.equal(await steps.set(message(), undefined, []), 'unknown');
      assert.equal(await steps.create(step, message(), [gatewayEvent()]), 'created');
      assert.equal(await steps.create(step, message(), []), 'duplicate');
      assert.equal(await steps.set(message(), undefined, []), 'set');
      assert.equal(await steps.set(message(), 'COMPLETED', []), 'set');
      assert.equal(await steps.set(message(), 'DISCONTINUED', []), 'final');
      assert.equal((await steps.step(UID))?.state, 'COMPLETED');
      assert.deepEqual(
        (await steps.messages(UID)).map(({ kind }) => kind),
        ['create', 'set', 'set'],
      );
      assert.deepEqual([...(await steps.count('waiting'))], [['ris', 3]]);
    },
  );

  rule(
    '[CONT-54] a step that its device told the upstream of is set here, and begun here as one that may be there',
    async ({ steps }) => {
      await steps.relayed(UID, 'CT1', 'ris', T0);
      assert.equal(await steps.set(message(), undefined, []), 'set');
      assert.equal((await steps.step(UID))?.state, 'RELAYED');
      assert.equal(await steps.create({ uid: UID, peer: 'CT1', upstream: '' }, message(), []), 'created');
      const said = await steps.messages(UID);
      assert.deepEqual(
        said.map(({ kind, isSent, upstream }) => [kind, isSent, upstream]),
        [
          ['set', false, 'ris'],
          ['create', true, 'ris'],
        ],
      );
    },
  );

  rule('[CONT-55] messages wait in order, are marked before they are sent, and end once', async ({ steps }) => {
    await steps.create({ uid: UID, peer: 'CT1', upstream: 'ris' }, message(), []);
    await steps.set(message(), 'COMPLETED', []);
    const head = await steps.next('ris');
    assert.ok(head);
    await steps.sending(head.id);
    await steps.putOff(head.id, true, T0 + 5);
    const again = await steps.next('ris');
    assert.deepEqual([again?.id, again?.isSent, again?.attempts, again?.nextAtMs], [head.id, true, 1, T0 + 5]);
    const end = { state: 'delivered', status: 0, atMs: T0 } as const;
    assert.deepEqual([await steps.settle(head, end, []), await steps.settle(head, end, [])], [true, false]);
    assert.equal((await steps.next('ris'))?.kind, 'set');
    assert.deepEqual([await steps.next('other'), (await steps.messages(UID))[0]?.sealed], [undefined, undefined]);
  });

  rule('[CONT-57] what has ended is summed up once', async ({ steps }) => {
    await steps.create({ uid: UID, peer: 'CT1', upstream: 'ris' }, message(T0 + 3), []);
    await steps.set(message(T0 + 4), 'COMPLETED', []);
    const sums: unknown[] = [];
    const sumUp = () =>
      steps.giveBack('ris', (sum) => {
        sums.push(sum);
        return gatewayEvent();
      });
    assert.equal(await sumUp(), false);
    for (const state of ['delivered', 'failed'] as const) {
      const next = await steps.next('ris');
      assert.ok(next);
      await steps.settle(next, { state, status: 0, atMs: T0 + 9 }, []);
    }
    assert.deepEqual([await sumUp(), await sumUp()], [true, false]);
    assert.deepEqual(sums, [{ delivered: 1, refused: 1, sinceMs: T0 + 3 }]);
    assert.deepEqual(
      (await steps.messages(UID)).map(({ kind, state }) => [kind, state]),
      [['set', 'refused']],
    );
  });

  rule('[CONT-56] what there is nobody to tell of is kept and waits for nobody', async ({ steps }) => {
    await steps.create({ uid: UID, peer: 'CT1', upstream: '' }, message(), []);
    assert.deepEqual([...(await steps.count('waiting'))], []);
    assert.deepEqual(
      (await steps.messages(UID)).map(({ state }) => state),
      ['kept'],
    );
    await steps.forget(T0 + 1);
    assert.equal(await steps.step(UID), undefined);
  });
}
