import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import { decodeCommand, EMPTY_COMMAND, encodeCommand } from '@leadglass/dimse';
import {
  command,
  contextResultOf,
  dataPdus,
  IMPLICIT_LE,
  PDU,
  PROPOSALS,
  type Proposal,
  pData,
  pdu,
  statusOf,
} from '../apps/cli/src/prove-it/pdu.ts';
import { echo, Raw } from '../apps/cli/src/prove-it/raw.ts';
import { FRESH, modelStep, type Role } from '../packages/dimse/src/state-model.testkit.ts';
import type { Gateway } from './gateway.ts';
import { childrenOf } from './processes.ts';
import { acceptanceOf, inWords, RawUpstream } from './raw-upstream.ts';
import { relayingGateway } from './relaying.ts';

// PS3.8 Table 9-10 of the running gateway over TCP: as acceptor, and as requestor towards an upstream it is asked to ask. What is expected is
// `vectors/dimse` alone. States a gateway passes through at once (Sta4, Sta8, Sta9) and those only an acceptor that asks for release comes to
// (Sta10, Sta12) cannot be held from outside; the table's other cells are driven in the room itself.

const FOUR = Buffer.alloc(4);
const C_ECHO_RQ = 0x0030;
const C_FIND_RQ = 0x0020;
const C_FIND_RSP = 0x8020;
/** Unified Procedure Step - Pull: what nobody answers in an upstream's place. */
const STEPS = '1.2.840.10008.5.1.4.34.6.3';
const ASKED: readonly Proposal[] = [{ id: 1, abstractSyntax: STEPS, transferSyntax: IMPLICIT_LE }];
const STORING = PROPOSALS.slice(0, 2);
/** An empty key: Patient's Name in implicit VR. */
const KEY = Buffer.from('1000100000000000', 'hex');
const FINDER = { calling: 'FINDER', called: 'LEADGLASS' };

/** PDUs of the events that a peer brings about. Evt17 is its end of the connection. */
const BYTES: Readonly<Record<string, (raw: Raw) => Buffer>> = {
  Evt3: () => acceptanceOf(ASKED),
  Evt4: () => pdu(PDU.associateRj, Buffer.from([0, 1, 1, 3])),
  Evt6: (raw) => pdu(PDU.associateRq, raw.body({ proposals: STORING })),
  Evt10: () => pData(1, 3, command(C_ECHO_RQ)),
  Evt12: () => pdu(PDU.releaseRq, FOUR),
  Evt13: () => pdu(PDU.releaseRp, FOUR),
  Evt16: () => pdu(PDU.abort, FOUR),
  Evt19: () => Buffer.from('GET / HTTP/1.1\r\n'),
};

let gateway: Gateway;
let upstream: RawUpstream;
let pids: readonly number[] = [];
const driven = new Set<string>();

before(async () => {
  upstream = await RawUpstream.start();
  gateway = await relayingGateway([
    { name: 'ris', port: upstream.port, aet: 'RIS', services: 'ups', downAfterSeconds: 600 },
  ]);
  pids = childrenOf(gateway.pid);
});

after(async () => {
  await gateway.dispose();
  await upstream.stop();
});

/** A connection in a state, and what has to be closed behind it. */
interface Held {
  readonly raw: Raw;
  readonly device?: Raw;
}

const opened = (): Promise<Raw> => Raw.open(gateway.dimse, { titles: FINDER });

/** The acceptor's states that can be held from outside. */
const ACCEPTOR: Readonly<Record<string, () => Promise<Held>>> = {
  Sta2: async () => ({ raw: await opened() }),
  // What the upstream will take is not known yet, so the device has no answer.
  Sta3: async () => {
    const raw = await opened();
    raw.send(pdu(PDU.associateRq, raw.body({ proposals: ASKED })));
    const device = await upstream.next();
    await device.hear();
    return { raw, device };
  },
  Sta6: async () => {
    const raw = await opened();
    assert.equal(inWords(await raw.associate({ proposals: STORING })), 'A-ASSOCIATE-AC');
    return { raw };
  },
  // Behind a rejection.
  Sta13: async () => {
    const raw = await opened();
    assert.equal(inWords(await raw.associate({ calling: 'NOBODY' })), 'A-ASSOCIATE-RJ 1/1/3');
    return { raw };
  },
  // Behind a release.
  'Sta13 ': async () => {
    const held = (await ACCEPTOR.Sta6?.()) as Held;
    assert.equal(inWords(await held.raw.release()), 'A-RELEASE-RP');
    return held;
  },
};

/** The requestor's. `raw` is the upstream's end of the connection. */
const REQUESTOR: Readonly<Record<string, () => Promise<Required<Held>>>> = {
  Sta5: async () => {
    const device = await opened();
    device.send(pdu(PDU.associateRq, device.body({ proposals: ASKED })));
    const raw = await upstream.next();
    assert.equal(inWords(await raw.hear()), 'A-ASSOCIATE-RQ');
    return { raw, device };
  },
  Sta6: async () => {
    const held = (await REQUESTOR.Sta5?.()) as Required<Held>;
    held.raw.send(acceptanceOf(ASKED));
    assert.equal(contextResultOf(await held.device.hear()), 0, 'promised once it was accepted');
    return held;
  },
  Sta7: async () => {
    const held = (await REQUESTOR.Sta6?.()) as Required<Held>;
    assert.equal(inWords(await held.device.release()), 'A-RELEASE-RP');
    held.device.close();
    assert.equal(inWords(await held.raw.hear()), 'A-RELEASE-RQ', 'AR-1');
    return held;
  },
  Sta11: async () => {
    const held = (await REQUESTOR.Sta7?.()) as Required<Held>;
    held.raw.send(pdu(PDU.releaseRq, FOUR));
    assert.equal(inWords(await held.raw.hear()), 'A-RELEASE-RP', 'AR-8, then AR-9');
    return held;
  },
};

/** What is heard where an action shows itself by what follows on it. */
const FOLLOWS: Readonly<Record<string, (held: Held) => Promise<void>>> = {
  'acceptor Evt6 Sta2': async ({ raw }) => assert.equal(inWords(await raw.hear()), 'A-ASSOCIATE-AC', 'AE-6, AE-7'),
  'acceptor Evt10 Sta6': async ({ raw }) => assert.equal(statusOf(await raw.hear()), 0, 'DT-2, DT-1'),
  'acceptor Evt12 Sta6': async ({ raw }) => assert.equal(inWords(await raw.hear()), 'A-RELEASE-RP', 'AR-2, AR-4'),
  'requestor Evt3 Sta5': async ({ device }) => assert.equal(contextResultOf((await device?.hear()) ?? 'closed'), 0),
  'requestor Evt10 Sta6': async ({ device }) => assert.equal(statusOf((await device?.hear()) ?? 'closed'), 0),
  'requestor Evt12 Sta6': async ({ raw }) => assert.equal(inWords(await raw.hear()), 'A-RELEASE-RP', 'AR-2, AR-4'),
  'requestor Evt12 Sta7': async ({ raw }) => assert.equal(inWords(await raw.hear()), 'A-RELEASE-RP', 'AR-8, AR-9'),
  'requestor Evt10 Sta7': async ({ raw }) => {
    raw.send(pdu(PDU.releaseRp, FOUR));
    assert.equal(inWords(await raw.hear()), 'close', 'AR-6 went on waiting for the release');
  },
};

/** The device asks, so that an answer can be given. @returns the answer. */
async function answerToFind({ raw, device }: Held): Promise<Buffer> {
  device?.send(pData(1, 3, command(C_FIND_RQ, { sopClass: STEPS, hasDataSet: true, messageId: 7 })));
  for (const bytes of dataPdus(1, KEY)) device?.send(bytes);
  const asked = await raw.hear();
  assert.equal(inWords(asked), 'P-DATA-TF', 'DT-1');
  await raw.hear();
  const decoded = decodeCommand(asked === 'closed' ? Buffer.alloc(0) : asked.body.subarray(6));
  assert.ok(decoded.ok);
  const answer = { affectedSopClassUid: STEPS, messageIdBeingRespondedTo: decoded.command.messageId };
  return pData(1, 3, Buffer.from(encodeCommand({ ...EMPTY_COMMAND, commandField: C_FIND_RSP, ...answer })));
}

async function bringAbout(event: string, cell: string, held: Held): Promise<void> {
  const { raw } = held;
  if (event === 'Evt17') return void raw.socket.end();
  const bytes = cell === 'requestor Evt10 Sta6' ? await answerToFind(held) : BYTES[event]?.(raw);
  assert.ok(bytes !== undefined);
  raw.send(bytes);
}

/** One cell: the event in the state, and what is heard of it. */
async function drive(role: Role, state: string, event: string, hold: () => Promise<Held>): Promise<void> {
  const cell = `${role} ${event} ${state}`;
  const { seen, next } = modelStep({ ...FRESH, state }, event, role);
  assert.ok(seen !== 'defect', 'a cell of the standard');
  const held = await hold();
  await bringAbout(event, cell, held);
  const [said] = seen.wire;
  const follows = FOLLOWS[cell];
  if (follows !== undefined) await follows(held);
  else if (said !== undefined) assert.equal(inWords(await held.raw.hear()), said);
  else if (next.state === 'Sta13') await isDeaf(held.raw);
  else assert.equal(event, 'Evt17');
  // Whoever was told to go, or asked to, is let go of; behind AA-7 it is the peer's turn, or ARTIM's.
  if (state === 'Sta13') held.raw.socket.end();
  if (next.state === 'Sta1' || said?.startsWith('A-ABORT') === true)
    assert.equal(inWords(await held.raw.hear()), 'close');
  held.raw.close();
  held.device?.close();
  driven.add(cell);
}

/** AA-6 heard it and did nothing: the next request is answered as in Sta13 (AA-7), and nothing comes before that. */
async function isDeaf(raw: Raw): Promise<void> {
  raw.send(pdu(PDU.associateRq, raw.body({ proposals: STORING })));
  assert.equal(inWords(await raw.hear()), 'A-ABORT 2/2');
}

const FROM_PEER = [...Object.keys(BYTES), 'Evt17'];

async function driveAll(t: TestContext, role: Role, states: Readonly<Record<string, () => Promise<Held>>>) {
  for (const [name, hold] of Object.entries(states))
    for (const event of FROM_PEER) await t.test(`${event} in ${name}`, () => drive(role, name.trim(), event, hold));
}

test('[PROVE-216] as acceptor: what a peer can say in every state it can hold the gateway in is answered as PS3.8 Table 9-10 has it', async (t) => {
  await driveAll(t, 'acceptor', ACCEPTOR);
});

test('[PROVE-217] as requestor: the same of what an upstream can say', async (t) => {
  await driveAll(t, 'requestor', REQUESTOR);
});

test('[PROVE-218] what the gateway does by itself: accepts, rejects, sends, releases, aborts', async () => {
  const accepting = (await ACCEPTOR.Sta3?.()) as Required<Held>;
  accepting.device.send(acceptanceOf(ASKED));
  assert.equal(inWords(await accepting.raw.hear()), 'A-ASSOCIATE-AC', 'Evt7: AE-7');
  accepting.raw.send(pData(1, 2, KEY));
  assert.equal(inWords(await accepting.raw.hear()), 'A-ABORT 0/0', 'Evt15: AA-1, for data without a command');
  const asking = (await REQUESTOR.Sta6?.()) as Required<Held>;
  await answerToFind(asking);
  asking.device.send(pdu(PDU.abort, FOUR));
  assert.equal(
    inWords(await asking.raw.hear()),
    'A-ABORT 0/0',
    'Evt15 in Sta6 of the requestor: AA-1, nobody waits for it any more',
  );
  const releasing = (await REQUESTOR.Sta7?.()) as Required<Held>;
  assert.equal(inWords(await releasing.raw.hear(10_000)), 'A-ABORT 0/0', 'Evt15 in Sta7: AA-1, it does not answer');
  for (const { raw, device } of [accepting, asking, releasing]) {
    raw.close();
    device.close();
  }
});

test('[PROVE-219] all of it was driven, honest peers are served and no intake was lost', async (t) => {
  const states = { acceptor: ['Sta2', 'Sta3', 'Sta6', 'Sta13'], requestor: ['Sta5', 'Sta6', 'Sta7', 'Sta11'] };
  const wanted = Object.entries(states).flatMap(([role, all]) =>
    all.flatMap((state) => FROM_PEER.map((event) => `${role} ${event} ${state}`)),
  );
  assert.deepEqual([...driven].sort(), wanted.sort());
  await echo(gateway.dimse, 'FINDER');
  assert.deepEqual(childrenOf(gateway.pid), pids, gateway.stderr.slice(-1500));
  t.diagnostic(`${driven.size} cells over TCP`);
});
