import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readV2 } from '@leadglass/hl7';
import { ManualClock, silentLogger, text } from '@leadglass/kit';
import type { Hl7Destination } from '@leadglass/model';
import { openSqliteRecords, type SqliteRecords } from '@leadglass/records';
import { hl7Needs } from '../overview/need-hl7.ts';
import type { RegistrationAsked } from '../schedule/registration-entry.ts';
import { receiver, SEALER } from './hl7.testkit.ts';
import { Hl7Host } from './hl7-host.ts';
import type { OfRegistration } from './owing.ts';
import type { Hl7End } from './verdict.ts';

const NOON = Date.UTC(2026, 0, 5, 12);
const ASKED: RegistrationAsked = {
  ...{ familyName: 'LEFÈVRE', procedure: 'Thorax', modality: 'CT', station: 'CT1' as never, priority: 'STAT' },
};

/** A host whose receivers answer as they are told to, with what they were sent in `sent`. */
class House {
  readonly sent: string[] = [];
  readonly clock = new ManualClock(NOON);
  readonly host: Hl7Host;
  readonly records: SqliteRecords;
  answers: (Hl7End | string)[] = [];
  isDown = false;
  /** What happens while a message is under way. */
  during: () => Promise<void> = async () => {};
  #registered = 0;
  #last: OfRegistration | undefined;

  constructor(records: SqliteRecords, receivers: readonly Hl7Destination[]) {
    this.records = records;
    this.host = new Hl7Host({
      ...{ records, sealer: SEALER, clock: this.clock, log: silentLogger, told: () => {} },
      rules: () => ({ hl7Destinations: receivers }),
      isUnasked: () => this.isDown,
      errands: { hl7: async ({ name }, work) => ({ unread: 0, ...(await this.#answer(name, work)) }) },
    });
  }

  async #answer(name: string, work: { readonly message: string; readonly controlId: string }): Promise<Hl7End> {
    const read = readV2(Buffer.from(work.message, 'base64'), { fallbackCharset: '8859/1' });
    assert('patients' in read);
    assert.equal(read.header.controlId, work.controlId);
    this.sent.push(`${name} ${read.header.trigger}${read.patients[0]?.orders[0]?.control ?? ''} ${work.controlId}`);
    await this.during();
    const next = this.answers.shift() ?? 'AA';
    return typeof next === 'string' ? { isSent: true, answer: { code: next, text: 'DUPONT est inconnu' } } : next;
  }

  async register(): Promise<string> {
    this.#registered += 1;
    const number = `TQ7K26331000${this.#registered}C`;
    const numbers = { number, accession: `D${this.#registered}`, studyInstanceUid: '2.25.7', issuer: 'LEADGLASS-Q7K' };
    this.#last = { asked: ASKED, numbers: { ...numbers, atMs: this.clock.now() } };
    await this.records.hl7.owe(this.host.owings.registered(this.#last, this.clock.now()));
    this.host.poke();
    return number;
  }

  /** What was registered last. */
  get last(): OfRegistration {
    assert(this.#last !== undefined);
    return this.#last;
  }

  /** It is cancelled. */
  async cancel(): Promise<void> {
    await this.records.hl7.owe(this.host.owings.cancelled(this.last, this.clock.now()));
    this.host.poke();
  }

  /** What was sent, without control ids. */
  get words(): readonly string[] {
    return this.sent.map((line) => line.split(' ').slice(0, 2).join(' '));
  }

  async pass(ms: number): Promise<void> {
    await this.host.settled();
    this.clock.advance(ms);
    await this.host.settled();
  }

  async kinds(): Promise<readonly string[]> {
    const events = await this.records.events({ kinds: ['hl7.delivered', 'hl7.refused', 'hl7.given-back'] }, 100);
    return events.map(({ event }) => event.kind.replace('hl7.', ''));
  }
}

async function house(t: TestContext, ...receivers: readonly Hl7Destination[]): Promise<House> {
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-hl7-'));
  const clock = new ManualClock(NOON);
  const records = await openSqliteRecords({ path: join(folder, 'records.db'), clock });
  const made = new House(records, receivers.length === 0 ? [receiver()] : receivers);
  t.after(async () => {
    await made.host.stop();
    await records.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return made;
}

test('[CONT-181] messages go in order, one at a time; what was not answered is sent again as the same message', async (t) => {
  const at = await house(t);
  at.host.start();
  const lost: Hl7End = { isSent: true };
  at.answers = [lost, { isSent: false }];
  await at.register();
  await at.host.settled();
  assert.deepEqual(at.words, ['ris A04']);
  assert.equal((await at.records.hl7.next('ris'))?.isSent, true);
  await at.pass(2_000);
  // Not reached this time, and it may have it from before.
  assert.equal((await at.records.hl7.next('ris'))?.isSent, true);
  await at.pass(4_000);
  assert.deepEqual(at.words, ['ris A04', 'ris A04', 'ris A04', 'ris O01NW']);
  assert.equal(new Set(at.sent.slice(0, 3)).size, 1);
  assert.deepEqual(await at.kinds(), ['delivered', 'delivered', 'given-back']);
});

test('[CONT-181] each is marked before it is sent, and what is cancelled while it is under way is cancelled behind it', async (t) => {
  const at = await house(t);
  at.host.start();
  const seen: unknown[] = [];
  at.during = async () => {
    const row = await at.records.hl7.next('ris');
    seen.push([row?.letter, row?.isSent, row?.attempts]);
    if (row?.letter === 'A04') await at.cancel();
  };
  await at.register();
  await at.host.settled();
  assert.deepEqual(seen, [
    ['A04', true, 1],
    ['A11', true, 1],
  ]);
  assert.deepEqual(at.words, ['ris A04', 'ris A11']);
});

test('[CONT-182] what a receiver rejects for now is waited for; what it finds in error is set aside at once', async (t) => {
  const at = await house(t);
  at.host.start();
  at.answers = ['AR', 'AA', 'AE'];
  const number = await at.register();
  await at.host.settled();
  assert.deepEqual(at.words, ['ris A04']);
  await at.pass(2_000);
  assert.deepEqual(at.words, ['ris A04', 'ris A04', 'ris O01NW']);
  const [a04, order] = await at.records.hl7.ofNumber(number);
  assert.deepEqual([a04?.answer, order?.answer === undefined], [undefined, false]);
  assert.deepEqual([a04?.state, a04?.code, order?.state, order?.code], ['delivered', 'AA', 'refused', 'AE']);
});

test('[CONT-183] one that was refused holds up its registration alone; a person has it sent again or settles it', async (t) => {
  const at = await house(t);
  at.host.start();
  at.answers = ['AE', 'AA', 'AA', 'AE'];
  const first = await at.register();
  await at.register();
  await at.host.settled();
  assert.deepEqual(at.words, ['ris A04', 'ris A04', 'ris O01NW']);
  const { messages } = await at.host.messages({ state: 'refused' });
  const no = messages[0]?.no ?? 0;
  assert.deepEqual([messages.length, messages[0]?.number, messages[0]?.code], [1, first, 'AE']);
  // What was answered may name somebody: whoever looks at that message is told, and nobody else.
  assert.equal((await at.host.message({ no })).answer, 'DUPONT est inconnu');
  assert(!JSON.stringify([messages, await at.records.events({}, 100)]).includes('DUPONT'));
  await at.host.retry({ no });
  await at.host.settled();
  assert.equal(at.sent.at(-1), at.sent[0]);
  await assert.rejects(at.host.retry({ no: 99 }), { code: 'control.not-found' });
  await at.host.skip({ no, reason: 'saisi à la main' });
  await at.host.settled();
  assert.equal(at.words.at(-1), 'ris O01NW');
  await assert.rejects(at.host.skip({ no, reason: 'encore' }), { code: 'control.conflict' });
  const told = await at.records.events({ kinds: ['hl7.retried', 'hl7.skipped'] }, 10);
  assert.deepEqual(
    told.map(({ event }) => event.kind),
    ['hl7.retried', 'hl7.skipped'],
  );
});

test('[CONT-183] a registration that is corrected takes the place of what was refused of it, and goes out', async (t) => {
  const at = await house(t);
  at.host.start();
  at.answers = ['AE'];
  const number = await at.register();
  await at.host.settled();
  const of = { ...at.last, asked: { ...ASKED, familyName: 'LEFÈBVRE' } };
  await at.records.hl7.owe(at.host.owings.corrected(ASKED, of, at.clock.now()));
  at.host.poke();
  await at.host.settled();
  assert.deepEqual(at.words, ['ris A04', 'ris A04', 'ris O01NW']);
  assert.equal(new Set(at.sent.map((line) => line.split(' ')[2])).size, 3);
  assert.deepEqual(
    (await at.records.hl7.ofNumber(number)).map(({ letter, state }) => [letter, state]),
    [
      ['A04', 'withdrawn'],
      ['NW', 'withdrawn'],
      ['A04', 'delivered'],
      ['NW', 'delivered'],
    ],
  );
});

test('[CONT-184] while its system is down nothing is tried; then all of it goes, in order, at the rate that was chosen', async (t) => {
  const at = await house(
    t,
    receiver({ giveBackPerMinute: 30 }),
    receiver({ name: 'pas', messages: ['registrations'] }),
  );
  at.isDown = true;
  at.host.start();
  for (let count = 0; count < 3; count += 1) await at.register();
  await at.pass(3_600_000);
  assert.deepEqual(at.sent, []);
  assert.deepEqual(
    (await at.host.list()).destinations.map(({ isDown, waiting }) => [isDown, waiting]),
    [
      [true, 6],
      [true, 3],
    ],
  );
  at.isDown = false;
  at.host.poke();
  await at.host.settled();
  // At thirty a minute, one every two seconds.
  const toRis = () => at.words.filter((line) => line.startsWith('ris'));
  assert.deepEqual(toRis(), ['ris A04']);
  await at.pass(1_999);
  // Whatever else comes does not make it faster.
  at.host.poke();
  await at.host.settled();
  assert.equal(toRis().length, 1);
  await at.pass(1);
  assert.deepEqual(toRis(), ['ris A04', 'ris O01NW']);
  for (let turn = 0; turn < 8; turn += 1) await at.pass(2_000);
  assert.deepEqual(toRis(), ['ris A04', 'ris O01NW', 'ris A04', 'ris O01NW', 'ris A04', 'ris O01NW']);
  assert.equal(at.words.length, 9);
  const summed = await at.records.events({ kinds: ['hl7.given-back'] }, 10);
  assert.deepEqual(
    summed.map(({ event }) => event.kind === 'hl7.given-back' && [event.destination, event.delivered, event.refused]),
    [
      ['pas', 3, 0],
      ['ris', 6, 0],
    ],
  );
});

test('[CONT-181] nothing is sent before the gateway is ready, and what was owed before a restart is sent then', async (t) => {
  const at = await house(t);
  await at.register();
  await at.host.settled();
  assert.deepEqual(at.sent, []);
  at.host.start();
  await at.host.settled();
  assert.deepEqual(at.words, ['ris A04', 'ris O01NW']);
  await at.host.stop();
  await at.register();
  await at.host.settled();
  assert.equal(at.sent.length, 2);
});

test('[CONT-188] what a person is needed for is told, and a receiver that is down or late by minutes is not', async (t) => {
  const at = await house(t);
  at.host.start();
  const needs = async () =>
    (await hl7Needs({ records: at.records, hl7: at.host }, at.clock.now())).map(({ id, severity }) => [id, severity]);
  assert.deepEqual(await needs(), []);
  at.answers = ['AE'];
  await at.register();
  await at.host.settled();
  assert.deepEqual(await needs(), [['hl7-refused:ris', 'soon']]);
  const [aside] = await at.records.hl7.inState('refused', 1);
  await at.host.skip({ no: aside?.id ?? 0, reason: 'saisi' });
  await at.host.settled();
  at.answers = Array.from({ length: 100 }, () => ({ isSent: false, why: text('rien n’écoute', 'nothing listens') }));
  await at.register();
  await at.host.settled();
  assert.deepEqual(await needs(), []);
  for (let minute = 0; minute < 16; minute += 1) await at.pass(60_000);
  assert.deepEqual(await needs(), [['hl7-late:ris', 'soon']]);
  at.isDown = true;
  assert.deepEqual(await needs(), []);
  // It is declared no more, and something waits for it.
  const left = new House(at.records, []);
  assert.deepEqual(
    (await hl7Needs({ records: at.records, hl7: left.host }, at.clock.now())).map(({ id }) => id),
    ['hl7-nobody:ris'],
  );
});

test('[CONT-188] a merge to be undone by hand is urgent until somebody says that it is done', async (t) => {
  const at = await house(t);
  at.host.start();
  await at.register();
  await at.host.settled();
  const owings = at.host.owings;
  const of = at.last;
  const now = at.clock.now();
  await at.records.hl7.owe(owings.reconciled(of, { patientId: 'R-1', familyName: 'LEFÈVRE' }, now));
  at.host.poke();
  await at.host.settled();
  await at.records.hl7.owe(owings.takenBack(of, true, now));
  const needs = async () =>
    (await hl7Needs({ records: at.records, hl7: at.host }, now)).map(({ id, severity }) => [id, severity]);
  assert.deepEqual(await needs(), [['hl7-by-hand:ris', 'urgent']]);
  const [byHand] = await at.records.hl7.inState('by-hand', 1);
  await at.host.skip({ no: byHand?.id ?? 0, reason: 'défaite' });
  assert.deepEqual(await needs(), []);
});
