import assert from 'node:assert/strict';
import { Socket } from 'node:net';
import { test } from 'node:test';
import { ChartSealer } from '@leadglass/continuity';
import { Fault, ManualClock, Secret, silentLogger, text } from '@leadglass/kit';
import type { AeTitle, Event, Feed, WebToken } from '@leadglass/model';
import type { CertificateShown } from '@leadglass/policy';
import type { MessageCommit, MessageOutcome } from '@leadglass/records';
import type { ToIntake } from '../messages.ts';
import { FeedDesk } from './feed-desk.ts';
import type { FeedAnswer, ToldMessage } from './feed-messages.ts';
import { FeedRates } from './feed-rates.ts';
import { FeedTellings } from './feed-tellings.ts';

const LABO: Feed = {
  ...{ name: 'labo', kind: 'lab', from: '192.0.2.0/24', charset: 'windows-1252', processing: 'production' },
  mostPerSecond: 100_000,
};
const INTAKE = { number: 1, id: 'i1' };
const OTHER = { number: 2, id: 'i2' };
const item = (seq: number, wish: Partial<ToldMessage> = {}): ToldMessage => ({
  ...{ connection: 1, seq, feed: 'labo', application: 'LABO', facility: 'CHU', controlId: `m${seq}`, type: 'ORU^R01' },
  ...{ processing: 'P', charset: 'ASCII', problems: [], isTestIns: false, isUnderstood: true },
  ...{ message: Buffer.from(`MSH ${seq}`).toString('base64'), reading: Buffer.from('{}').toString('base64') },
  ...wish,
});

/** A desk over records that are told what to answer. */
function open(feeds: readonly Feed[] = [LABO], shown: CertificateShown = {}) {
  const clock = new ManualClock();
  const kept: MessageCommit[] = [];
  const said: ToIntake[] = [];
  const strangers: string[] = [];
  const lies: string[] = [];
  const events: Event[] = [];
  const state: {
    feeds: readonly Feed[];
    fault?: Fault;
    gate?: Fault;
    repeated?: string;
    tokens?: readonly WebToken[];
    isCut?: (address: string) => boolean;
  } = { feeds };
  const commit = async (batch: readonly MessageCommit[]): Promise<readonly MessageOutcome[]> => {
    if (state.fault !== undefined) throw state.fault;
    kept.push(...batch);
    const { repeated } = state;
    return batch.map(({ answered }) =>
      repeated === undefined ? { kind: 'stored', answered } : { kind: 'repeated', answered: repeated },
    );
  };
  const ids: number[] = [];
  const desk = new FeedDesk({
    ...{ records: { commit }, sealer: new ChartSealer(new Secret(Buffer.alloc(32))), clock, log: silentLogger },
    ...{ siteName: 'site', feeds: () => state.feeds, gate: () => state.gate, shown: () => shown },
    ...{ nextConnection: () => ids.push(0), hand: () => INTAKE, anyIntake: () => INTAKE, forget: () => {} },
    isCutAddress: (address) => state.isCut?.(address) === true,
    say: (_intake, message) => void said.push(message),
    tell: (event) => void events.push(event),
    stranger: (_address, _listener, why) => void strangers.push(why.en),
    lies: (_intake, event) => void lies.push(event),
    kept: () => {},
    tokens: () => state.tokens ?? [],
    webAddress: (intake, connection) => (intake.id === INTAKE.id && connection === 9 ? '192.0.2.9' : undefined),
  });
  const take = (address = '192.0.2.9', listener: 'hl7' | 'hl7-tls' = 'hl7') =>
    desk.take(listener, new Socket(), address);
  const answers = (): FeedAnswer[] => said.flatMap((each) => (each.t === 'feed-answers' ? each.answers : []));
  const settle = async () => {
    for (let turn = 0; turn < 8; turn += 1) await new Promise(setImmediate);
  };
  const tell = async (...items: ToldMessage[]) => {
    desk.heard(INTAKE, { t: 'feed-told', items });
    await settle();
  };
  const admit = () => {
    take();
    desk.heard(INTAKE, { t: 'feed-ask', connection: 1 });
  };
  return { desk, clock, kept, said, strangers, lies, events, state, take, tell, answers, admit };
}

test('[CHART-12] AA once the records have it, and not before', async () => {
  const it = open();
  it.admit();
  it.desk.heard(INTAKE, { t: 'feed-told', items: [item(0)] });
  assert.deepEqual(it.answers(), []);
  await it.tell(item(1));
  assert.deepEqual(
    it.answers().map(({ seq, code }) => [seq, code]),
    [
      [0, 'AA'],
      [1, 'AA'],
    ],
  );
  assert.deepEqual(
    it.kept.map(({ state }) => state),
    ['waiting', 'waiting'],
  );
});

test('[CHART-12] what cannot be kept is answered AR, and so is everything while nothing is accepted', async () => {
  const it = open();
  it.admit();
  const fault = new Fault('records.unwritable', 'transient', text('plein', 'full'));
  it.state.fault = fault;
  await it.tell(item(0));
  delete it.state.fault;
  it.state.gate = fault;
  await it.tell(item(1));
  delete it.state.gate;
  it.state.feeds = [];
  await it.tell(item(2));
  assert.deepEqual(
    it.answers().map(({ code }) => code),
    ['AR', 'AR', 'AR'],
  );
  assert.equal(it.kept.length, 0);
});

test('[CHART-12] a message the database never takes does not cost its neighbours their answer', async () => {
  const it = open();
  it.admit();
  const commits = it.kept;
  it.state.fault = new Fault('records.corrupt', 'permanent', text('abîmé', 'damaged'));
  it.desk.heard(INTAKE, { t: 'feed-told', items: [item(0), item(1)] });
  await it.tell();
  assert.deepEqual([it.answers().map(({ code }) => code), commits.length], [['AR', 'AR'], 0]);
});

test('[CHART-12] sent again, it is answered as it was', async () => {
  const it = open();
  it.admit();
  it.state.repeated = 'AE';
  await it.tell(item(0));
  assert.equal(it.answers()[0]?.code, 'AE');
});

test('[CHART-13] tests on a feed of production are kept apart and answered AE; on one of tests they are read', async () => {
  const wishes = [{ processing: 'T' }, { processing: 'D' }, { isTestIns: true }, { processing: '' }];
  const it = open();
  it.admit();
  await it.tell(...wishes.map((wish, at) => item(at, wish)));
  assert.deepEqual(
    it.kept.map(({ state, answered, reading }) => [state, answered, reading === undefined]),
    [
      ['quarantined', 'AE', true],
      ['quarantined', 'AE', true],
      ['quarantined', 'AE', true],
      ['waiting', 'AA', false],
    ],
  );
  assert.deepEqual(
    it.answers().map(({ error }) => error?.code),
    [202, 202, 207, undefined],
  );
  const tests = open([{ ...LABO, processing: 'test' }]);
  tests.admit();
  await tests.tell(item(0, { processing: 'T', isTestIns: true }));
  assert.equal(tests.kept[0]?.state, 'waiting');
});

test('[CHART-13] what is not understood is kept and answered AA', async () => {
  const it = open();
  it.admit();
  await it.tell(item(0, { isUnderstood: false, reading: '' }));
  assert.deepEqual(
    [it.kept[0]?.state, it.kept[0]?.reading, it.answers()[0]?.code],
    ['not-understood', undefined, 'AA'],
  );
});

test('[CHART-14] an address of no feed, or a feed that needs TLS, is turned away and told of', () => {
  const it = open([{ ...LABO, trustAnchors: ['site'] }]);
  it.take('198.51.100.1');
  it.take('192.0.2.9', 'hl7');
  assert.match(it.strangers[0] ?? '', /feed add/);
  assert.match(it.strangers[1] ?? '', /TLS/);
});

test('[CHART-14] over TLS the feed’s own certificate, and no other, is let in', () => {
  const certificate = {
    sha256: 'ab'.repeat(32),
    isSigned: true,
    anchors: [],
    links: [],
    names: ['labo'],
    version: 'TLSv1.3' as const,
  };
  const shows = (shown: CertificateShown, feed: Feed) => {
    const it = open([feed], shown);
    it.take('192.0.2.9', 'hl7-tls');
    it.desk.heard(INTAKE, { t: 'feed-ask', connection: 1, certificate });
    return it.said[0]?.t;
  };
  const anchored: Feed = { ...LABO, trustAnchors: ['site'] };
  const own: CertificateShown = { certSha256: 'ab'.repeat(32), isSigned: true, anchors: [], names: ['labo'] };
  assert.equal(shows(own, anchored), 'feed-admitted');
  assert.equal(shows({ ...own, names: ['autre'] }, anchored), 'drop');
  assert.equal(shows({ ...own, isRevoked: true }, anchored), 'drop');
  assert.equal(shows({ ...own, isRevoked: true }, LABO), 'drop');
  assert.equal(shows({}, LABO), 'feed-admitted');
  assert.equal(shows(own, { ...LABO, certSha256: 'cd'.repeat(32) }), 'drop');
});

test('[CHART-16] an intake speaks for its own connections and for feeds they were let in as', async () => {
  const it = open();
  it.admit();
  it.desk.heard(OTHER, { t: 'feed-told', items: [item(0)] });
  await it.tell(item(1, { feed: 'ris' }));
  it.desk.heard(INTAKE, { t: 'feed-ask', connection: 1 });
  assert.deepEqual(it.lies, ['intake.foreign-feed', 'intake.foreign-feed', 'intake.second-feed']);
  assert.equal(it.kept.length, 0);
});

test('[CHART-15] answers of a feed are paced', () => {
  const clock = new ManualClock();
  const rates = new FeedRates(clock, () => 100);
  const out: number[] = [];
  for (let n = 0; n < 12; n += 1) rates.pace('labo', () => void out.push(n));
  assert.equal(out.length, 5);
  clock.advance(50);
  assert.equal(out.length, 10);
  clock.advance(50);
  assert.deepEqual(out, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
});

test('[CHART-17] what a feed sent is told once a minute', () => {
  const clock = new ManualClock();
  const events: Event[] = [];
  const tellings = new FeedTellings(clock, (event) => void events.push(event));
  tellings.add('labo', '192.0.2.9', { messages: 1, bytes: 10 });
  tellings.add('labo', '192.0.2.9', { messages: 1, bytes: 5, repeated: 1 });
  assert.equal(events.length, 0);
  clock.advance(60_000);
  assert.deepEqual(
    events.map((event) => (event.kind === 'feed.received' ? [event.messages, event.bytes, event.repeated] : [])),
    [[2, 15, 1]],
  );
});

const TOKEN: WebToken = { name: 'labo' as AeTitle, sha256: 'cd'.repeat(32), allow: ['fhir'], addedAtMs: 0 };
const { connection: _connection, seq: _seq, feed: _feed, ...FHIR } = item(0);

test('[CHART-14] FHIR is taken of the bearer of a token in the name of a feed, from its address and with the right', async () => {
  const statusOf = async (tokens: readonly WebToken[], token: string | undefined, feeds: readonly Feed[] = [LABO]) => {
    const it = open(feeds);
    it.state.tokens = tokens;
    const who = token === undefined ? {} : { token };
    it.desk.heard(INTAKE, { t: 'feed-fhir', connection: 9, request: 1, who, item: FHIR });
    await it.tell();
    const answer = it.said.find((each) => each.t === 'feed-fhir-answer');
    return [answer?.status, it.kept.length];
  };
  assert.deepEqual(await statusOf([TOKEN], TOKEN.sha256), [200, 1]);
  assert.deepEqual(await statusOf([TOKEN], undefined), [401, 0]);
  assert.deepEqual(await statusOf([TOKEN], 'ef'.repeat(32)), [403, 0]);
  assert.deepEqual(await statusOf([{ ...TOKEN, allow: ['stow'] }], TOKEN.sha256), [403, 0]);
  assert.deepEqual(await statusOf([{ ...TOKEN, untilMs: 1 }], TOKEN.sha256), [403, 0]);
  assert.deepEqual(await statusOf([TOKEN], TOKEN.sha256, [{ ...LABO, from: '198.51.100.0/24' }]), [403, 0]);
});

test('[CHART-12] FHIR is answered with success once it is durable; tests 422; what cannot be kept 503', async () => {
  const statusOf = async (wish: Partial<ToldMessage>, fault?: Fault) => {
    const it = open();
    it.state.tokens = [TOKEN];
    if (fault !== undefined) it.state.fault = fault;
    const asked = {
      t: 'feed-fhir',
      connection: 9,
      request: 1,
      who: { token: TOKEN.sha256 },
      item: { ...FHIR, ...wish },
    } as const;
    it.desk.heard(INTAKE, asked);
    assert.equal(it.said.length, 0);
    await it.tell();
    return it.said.find((each) => each.t === 'feed-fhir-answer')?.status;
  };
  assert.equal(await statusOf({}), 200);
  assert.equal(await statusOf({ processing: 'T' }), 422);
  assert.equal(await statusOf({}, new Fault('records.unwritable', 'transient', text('plein', 'full'))), 503);
});

test('[CONT-37] while the site is isolated a feed from outside is not let in, and one that was is ended', () => {
  const it = open();
  it.take();
  it.state.isCut = (address) => address === '192.0.2.9';
  assert.equal(it.desk.endFrom(it.state.isCut), 1);
  assert.deepEqual(
    it.said.filter((each) => each.t === 'drop').map((each) => each.connection),
    [1],
  );
  it.take();
  assert.match(it.strangers[0] ?? '', /isolated/);
  it.take('192.0.2.10');
  assert.equal(it.strangers.length, 1);
});

test('[CHART-56] facts that are all the same are sealed once; what is wrong with a message is sealed for it alone', async () => {
  const it = open();
  it.admit();
  const problem = { code: 101, place: 'MSH-10', why: text('manque', 'missing'), isFatal: false } as const;
  await it.tell(item(0), item(1), item(2, { type: 'ADT^A01' }));
  await it.tell(item(3, { problems: [problem] }), item(4, { problems: [problem] }));
  const [a, b, c, d, e] = it.kept.map(({ sealed }) => Buffer.from(sealed).toString('hex'));
  assert.equal(a, b);
  assert.equal(new Set([a, c, d, e]).size, 4);
  const sealer = new ChartSealer(new Secret(Buffer.alloc(32)));
  for (const { sealed } of it.kept)
    assert.equal(typeof sealer.openJson<{ type: string }>('facts', '', sealed).type, 'string');
});
