import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import {
  command,
  IMPLICIT_LE,
  PDU,
  PROPOSALS,
  pData,
  pdu,
  type Request,
  requestBody,
  SR_STORAGE,
} from '../apps/cli/src/prove-it/pdu.ts';
import { echo, Raw, trickle } from '../apps/cli/src/prove-it/raw.ts';
import type { Gateway } from './gateway.ts';
import { childrenOf } from './processes.ts';
import { inWords, RawUpstream } from './raw-upstream.ts';
import { relayingGateway } from './relaying.ts';

const FINDER = { calling: 'FINDER', called: 'LEADGLASS' };
const ASKED = [{ id: 1, abstractSyntax: '1.2.840.10008.5.1.4.34.6.3', transferSyntax: IMPLICIT_LE }];
const FOUR = Buffer.alloc(4);
/** The watch looks every 5 s; the machine may be busy. */
const GRACE_MS = 12_000;
const TRICKLE_MS = 400;

let gateway: Gateway;
let upstream: RawUpstream;

before(async () => {
  upstream = await RawUpstream.start();
  gateway = await relayingGateway([
    { name: 'ris', port: upstream.port, aet: 'RIS', services: 'ups', downAfterSeconds: 600 },
  ]);
});

after(async () => {
  await gateway.dispose();
  await upstream.stop();
});

/** Who is slow how, and by when it is cut, milliseconds. `began` brings it to where it is slow. */
interface Slow {
  readonly name: string;
  readonly limitMs: number;
  began(): Promise<Raw>;
  /** Sent a byte at a time; nothing is silence. */
  readonly bytes: Buffer;
}

const opened = (): Promise<Raw> => Raw.open(gateway.dimse, { titles: FINDER, isStubborn: true });
const associated = async (): Promise<Raw> => {
  const raw = await opened();
  assert.equal(inWords(await raw.associate({ proposals: PROPOSALS.slice(0, 2) })), 'A-ASSOCIATE-AC');
  return raw;
};
const saying =
  (bytes: Buffer, wanted: string, from = associated) =>
  async () => {
    const raw = await from();
    raw.send(bytes);
    assert.equal(inWords(await raw.hear()), wanted);
    return raw;
  };
const asked = (request: Request): Buffer => pdu(PDU.associateRq, requestBody({ ...FINDER, ...request }));
const half = async () => {
  const raw = await associated();
  raw.send(Buffer.from([PDU.pData, 0, 0]));
  return raw;
};
const store = command(0x0001, { sopClass: SR_STORAGE, instance: '2.25.42', hasDataSet: true });
const LONG = Buffer.alloc(100_000, 0x20);

const SLOW: readonly Slow[] = [
  { name: 'silence before a request (Sta2, ARTIM)', limitMs: 15_000, began: opened, bytes: Buffer.alloc(0) },
  {
    name: 'a request a byte at a time (Sta2, ARTIM)',
    limitMs: 15_000,
    began: opened,
    bytes: pdu(PDU.associateRq, LONG.subarray(0, 9_000)),
  },
  {
    name: 'silence behind a rejection (Sta13, ARTIM)',
    limitMs: 15_000,
    began: saying(asked({ calling: 'NOBODY' }), 'A-ASSOCIATE-RJ 1/1/3', opened),
    bytes: Buffer.alloc(0),
  },
  {
    name: 'silence behind a release (Sta13, ARTIM)',
    limitMs: 15_000,
    began: saying(pdu(PDU.releaseRq, FOUR), 'A-RELEASE-RP'),
    bytes: Buffer.alloc(0),
  },
  {
    name: 'noise a byte at a time behind a release',
    limitMs: 15_000,
    began: saying(pdu(PDU.releaseRq, FOUR), 'A-RELEASE-RP'),
    bytes: pdu(PDU.pData, LONG),
  },
  { name: 'half a PDU header', limitMs: 30_000, began: half, bytes: Buffer.alloc(0) },
  {
    name: 'a command a byte at a time',
    limitMs: 30_000,
    began: associated,
    bytes: pData(1, 1, LONG.subarray(0, 16_000)),
  },
  {
    name: 'an object a byte at a time',
    limitMs: 30_000,
    began: async () => {
      const raw = await associated();
      raw.send(pData(3, 3, store));
      return raw;
    },
    bytes: pData(3, 0, LONG.subarray(0, 16_000)),
  },
  {
    name: 'an upstream’s acceptance a byte at a time',
    limitMs: 10_000,
    began: async () => {
      const device = await opened();
      device.send(pdu(PDU.associateRq, device.body({ proposals: ASKED })));
      return upstream.next();
    },
    bytes: pdu(PDU.associateAc, LONG.subarray(0, 9_000)),
  },
];

/** Milliseconds until the gateway has closed. */
async function cutAfter({ began, bytes, limitMs, name }: Slow): Promise<number> {
  const raw = await began();
  const beganMs = performance.now();
  void trickle(raw, bytes, TRICKLE_MS);
  const late = delay(limitMs + GRACE_MS, 'late', { ref: false });
  const closed = (async () => {
    while ((await raw.hear(limitMs + GRACE_MS)) !== 'closed');
    return 'cut';
  })();
  assert.equal(await Promise.race([closed, late]), 'cut', `${name}: still connected`);
  raw.close();
  return performance.now() - beganMs;
}

test('[PROVE-227] whoever trickles or keeps silent in any phase is cut within that phase’s time, and honest peers are served meanwhile', async (t) => {
  const pids = childrenOf(gateway.pid);
  let isOver = false;
  const cut = Promise.all(SLOW.map(async (one) => [one, await cutAfter(one)] as const)).finally(() => {
    isOver = true;
  });
  void cut.catch(() => {});
  while (!isOver) {
    assert.ok((await echo(gateway.dimse, 'FINDER')) < 10_000);
    await delay(500);
  }
  for (const [{ name, limitMs }, tookMs] of await cut)
    t.diagnostic(`${name}: ${(tookMs / 1000).toFixed(1)} s (${limitMs / 1000} s)`);
  assert.deepEqual(childrenOf(gateway.pid), pids);
});
