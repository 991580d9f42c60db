import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Records } from './api.ts';
import type { OpenFresh } from './records.suite.testkit.ts';
import { gatewayEvent, T0 } from './records.testkit.ts';
import type { Hl7Letter, Hl7Owing, NewHl7, OwedHl7 } from './scripts/hl7-owed.ts';

const sealed = Uint8Array.of(1);
let made = 0;

function letter(kind: Hl7Letter, over: Partial<NewHl7> = {}): NewHl7 {
  made += 1;
  const ids = { number: 'T1', studyInstanceUid: '1.2', destination: 'ris', controlId: `C${made}` };
  return { ...ids, letter: kind, atMs: T0, sealed, ...over };
}

function owing(
  added: readonly NewHl7[],
  withdrawn: (told: readonly OwedHl7[]) => readonly number[] = () => [],
): Hl7Owing {
  return {
    ...{ number: 'T1', atMs: T0 },
    decide: (told) => ({ added, withdrawn: withdrawn(told), events: [gatewayEvent()] }),
  };
}

const taken = { state: 'delivered', code: 'AA', answer: undefined, atMs: T0 + 5 } as const;
const refused = { state: 'refused', code: 'AE', answer: sealed, atMs: T0 + 5 } as const;

/** What every backend promises of what information systems are told by HL7. */
export function hl7OwedSuite(backend: string, open: OpenFresh): void {
  const rule = (name: string, body: (records: Records) => Promise<void>) =>
    test(`${name} (${backend})`, async (t) => body((await open(t)).records));
  const next = async ({ hl7 }: Records, destination = 'ris') => (await hl7.next(destination))?.letter;
  const one = async ({ hl7 }: Records, destination = 'ris'): Promise<OwedHl7> => {
    const found = await hl7.next(destination);
    assert(found !== undefined);
    return found;
  };

  rule('[CONT-180] what is owed is written with the act that makes it so, or not at all', async (records) => {
    const { schedule, hl7 } = records;
    const registered = { number: 'T1', day: 20260105, atMs: T0, changedAtMs: T0, studyInstanceUid: '1.2', sealed };
    const added = [letter('A04'), letter('NW')];
    await schedule.register({ ...registered, state: 'open' }, [gatewayEvent()], owing(added));
    assert.deepEqual(
      (await hl7.ofNumber('T1')).map(({ letter: kind, state }) => [kind, state]),
      [
        ['A04', 'waiting'],
        ['NW', 'waiting'],
      ],
    );
    const failing: Hl7Owing = {
      ...{ number: 'T2', atMs: T0 },
      decide: () => {
        throw new Error('no letter can be written');
      },
    };
    await assert.rejects(schedule.register({ ...registered, number: 'T2', state: 'open' }, [], failing));
    assert.equal(await schedule.registeredOf('T2'), undefined);
    // The same control id twice is no second message: the act fails as a whole.
    const change = { number: 'T1', state: 'cancelled' as const, changedAtMs: T0 + 1, sealed };
    await assert.rejects(schedule.change(change, [], owing([letter('A11', { controlId: added[0]?.controlId ?? '' })])));
    assert.equal((await schedule.registeredOf('T1'))?.state, 'open');
    const told = (rows: readonly OwedHl7[]) => rows.map(({ id }) => id);
    assert.equal(await schedule.change(change, [], owing([], told)), true);
    assert.deepEqual(
      (await hl7.ofNumber('T1')).map(({ state, sealed: kept }) => [state, kept]),
      [
        ['withdrawn', undefined],
        ['withdrawn', undefined],
      ],
    );
    assert.equal(await schedule.change(change, [], owing([letter('A11')])), false);
    assert.equal((await hl7.ofNumber('T1')).length, 2);
  });

  rule(
    '[CONT-181] what may have been sent is not withdrawn; what ended is not sent, nor ends twice',
    async (records) => {
      const { hl7 } = records;
      await hl7.owe(owing([letter('A04')]));
      const first = await one(records);
      assert.equal(await hl7.sending(first.id), true);
      const all = (rows: readonly OwedHl7[]) => rows.map(({ id }) => id);
      await hl7.owe(owing([], all));
      assert.deepEqual([(await one(records)).isSent, (await one(records)).attempts], [true, 1]);
      await hl7.putOff(first.id, { isSent: true, nextAtMs: T0 + 9, code: 'AR', answer: sealed });
      assert.deepEqual([(await one(records)).nextAtMs, (await one(records)).code], [T0 + 9, 'AR']);
      assert.equal(await hl7.settle(first, taken, [gatewayEvent()]), true);
      assert.equal(await hl7.settle(first, taken, []), false);
      assert.equal(await hl7.sending(first.id), false);
      assert.equal(await hl7.retry(first.id, T0, []), false);
      const [done] = await hl7.ofNumber('T1');
      assert.deepEqual([done?.state, done?.sealed, done?.code], ['delivered', undefined, 'AA']);
    },
  );

  rule(
    '[CONT-183] what follows one that was set aside waits with it; other registrations and receivers go on',
    async (records) => {
      const { hl7 } = records;
      await hl7.owe(owing([letter('A04'), letter('NW'), letter('A04', { destination: 'pas' })]));
      await hl7.owe(owing([letter('A08', { number: 'T2' })]));
      const first = await one(records);
      assert.equal(await hl7.settle(first, refused, []), true);
      assert.deepEqual([await next(records), await next(records, 'pas')], ['A08', 'A04']);
      assert.deepEqual([...(await hl7.count('refused'))], [['ris', { count: 1, sinceMs: T0 }]]);
      // What is said otherwise takes its place: nothing waits behind it any more.
      await hl7.owe(owing([letter('A04', { number: 'T3' })]));
      const other = (await hl7.ofNumber('T3'))[0];
      assert(other !== undefined);
      assert.equal(await hl7.settle(other, refused, []), true);
      const instead = owing([letter('A04', { number: 'T3' })], () => [other.id]);
      await hl7.owe({ ...instead, number: 'T3' });
      assert.deepEqual(
        (await hl7.ofNumber('T3')).map(({ state, answer }) => [state, answer]),
        [
          ['withdrawn', undefined],
          ['waiting', undefined],
        ],
      );
      // Again, as the same message, and before what follows it.
      assert.equal(await hl7.retry(first.id, T0 + 7, [gatewayEvent()]), true);
      const again = await one(records);
      assert.deepEqual([again.letter, again.controlId, again.attempts], ['A04', first.controlId, 0]);
      await hl7.settle(again, refused, []);
      const [aside] = await hl7.inState('refused', 10);
      assert(aside !== undefined);
      assert.equal(await hl7.skip(aside, T0 + 8, [gatewayEvent()]), true);
      assert.equal(await hl7.skip(aside, T0 + 8, []), false);
      assert.equal(await next(records), 'NW');
    },
  );

  rule(
    '[CONT-186] what a person has to do there holds up the rest of its registration until they say it is done',
    async (records) => {
      const { hl7 } = records;
      await hl7.owe(owing([letter('unmerge', { sealed: undefined }), letter('A40')]));
      assert.equal(await next(records), undefined);
      const [byHand] = await hl7.inState('by-hand', 10);
      assert(byHand !== undefined);
      await hl7.skip(byHand, T0, []);
      assert.equal(await next(records), 'A40');
    },
  );

  rule('[CONT-184] what ended is summed up once', async (records) => {
    const { hl7 } = records;
    await hl7.owe(owing([letter('A04', { atMs: T0 - 9 }), letter('NW')]));
    const sums: object[] = [];
    const sum = () =>
      hl7.giveBack('ris', (told) => {
        sums.push(told);
        return gatewayEvent();
      });
    assert.equal(await sum(), false);
    await hl7.settle(await one(records), taken, []);
    await hl7.settle(await one(records), refused, []);
    assert.deepEqual([await sum(), await sum()], [true, false]);
    assert.deepEqual(sums, [{ delivered: 1, refused: 1, sinceMs: T0 - 9, attempts: 0 }]);
  });
}
