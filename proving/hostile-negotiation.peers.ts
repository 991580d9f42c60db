import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { contextResultOf, type Heard, PDU, PROPOSALS, pData, pdu, requestBody } from '../apps/cli/src/prove-it/pdu.ts';
import { echo, Raw } from '../apps/cli/src/prove-it/raw.ts';
import { Gateway } from './gateway.ts';
import { lies } from './lying-requests.ts';
import { CONTEXTS, USERS } from './negotiation-shapes.ts';
import { childrenOf, watchMemory } from './processes.ts';
import { inWords } from './raw-upstream.ts';

const HONEST_WITHIN_MS = 10_000;
const MOST_MEMORY = 512 * 2 ** 20;
const FOUR_GB = 0xffffffff;
const FOUR = Buffer.alloc(4);
const AT_ONCE = 24;

/** What is not one of the seven PDU types. */
const UNKNOWN_TYPES = Array.from({ length: 256 }, (_, type) => type).filter((type) => type === 0 || type > 7);
const TYPES = Object.entries(PDU);

describe('hostile negotiation', { skip: process.platform !== 'linux' && 'needs /proc and 127/8' }, () => {
  let gateway: Gateway;
  let pids: readonly number[] = [];
  let memory: ReturnType<typeof watchMemory>;

  before(async () => {
    gateway = await Gateway.start();
    await gateway.cli('peer', 'add', 'PROVER', '--from', '127.0.0.0/8', '--allow', 'echo,store');
    await gateway.cli('peer', 'add', 'HONEST', '--from', '127.0.0.1/32', '--allow', 'echo');
    pids = childrenOf(gateway.pid);
    memory = watchMemory(gateway.pid);
  });

  after(async () => {
    memory.stop();
    await gateway.dispose();
  });

  /** Honest peers are served while `work` goes on, one after the other, and no intake is lost. */
  async function withHonest<T>(work: () => Promise<T>): Promise<T> {
    let isOver = false;
    const working = work().finally(() => {
      isOver = true;
    });
    do {
      const tookMs = await echo(gateway.dimse, 'HONEST');
      assert.ok(tookMs < HONEST_WITHIN_MS, `an honest C-ECHO took ${tookMs} ms`);
      await Promise.race([working.catch(() => {}), delay(200)]);
    } while (!isOver);
    const done = await working;
    assert.deepEqual(childrenOf(gateway.pid), pids, `an intake was lost: ${gateway.stderr.slice(-1500)}`);
    return done;
  }

  async function opened<T>(use: (raw: Raw) => Promise<T>, isStubborn = false): Promise<T> {
    const raw = await Raw.open(gateway.dimse, { from: '127.4.0.1', isStubborn });
    try {
      return await use(raw);
    } finally {
      raw.close();
    }
  }

  /** Says it before any association; what comes back first. */
  const sayFirst = (bytes: Buffer): Promise<Heard> =>
    opened((raw) => {
      raw.send(bytes);
      return raw.hear(20_000);
    });

  /** `all`, so many at once. */
  async function atOnce<T>(all: readonly T[], each: (one: T) => Promise<void>): Promise<void> {
    const left = [...all];
    const lane = async (): Promise<void> => {
      for (let one = left.shift(); one !== undefined; one = left.shift()) await each(one);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
  }

  for (const [title, shapes] of [
    [
      '[PROVE-220] presentation contexts in any number and shape: those there are numbers for are answered, what is more is aborted',
      CONTEXTS,
    ],
    ['[PROVE-221] user information in any amount and shape is borne or aborted', USERS],
  ] as const) {
    test(title, async (t) => {
      for (const [name, bytes, expected] of shapes) {
        await t.test(name, () =>
          withHonest(async () => {
            const heard = await sayFirst(bytes);
            const isAgreed = contextResultOf(heard) === 0;
            if (expected === 'accepted') assert.ok(isAgreed, inWords(heard));
            else
              assert.ok(
                inWords(heard) === 'A-ABORT 0/0' || (inWords(heard) === 'A-ASSOCIATE-AC' && !isAgreed),
                inWords(heard),
              );
          }),
        );
      }
    });
  }

  test('[PROVE-222] every length field of a request lies in turn: what claims more than there is, is aborted; nothing is waited for', async (t) => {
    const all = lies('PROVER');
    const beyond = all.filter(({ isBeyond }) => isBeyond);
    assert.ok(beyond.length > 50 && beyond.length < all.length);
    await withHonest(() =>
      atOnce(all, async ({ what, bytes, isBeyond }) => {
        const said = inWords(await sayFirst(bytes));
        if (isBeyond) assert.equal(said, 'A-ABORT 0/0', what);
        else assert.match(said, /^A-(ABORT 0\/0|ASSOCIATE-AC|ASSOCIATE-RJ 1\/1\/[23])$/, what);
      }),
    );
    t.diagnostic(`${all.length} lies, ${beyond.length} of them beyond what holds them`);
  });

  test('[PROVE-223] each of the 249 types that are no PDU is aborted, before an association and in it', async () => {
    assert.equal(UNKNOWN_TYPES.length, 249);
    await withHonest(() =>
      atOnce(UNKNOWN_TYPES, async (type) => {
        assert.equal(inWords(await sayFirst(pdu(type, FOUR))), 'A-ABORT 0/0', `type ${type}`);
      }),
    );
    await withHonest(() =>
      atOnce(
        UNKNOWN_TYPES.filter((type) => type % 8 === 0),
        (type) =>
          opened(async (raw) => {
            assert.equal(inWords(await raw.associate()), 'A-ASSOCIATE-AC');
            raw.send(pdu(type, FOUR));
            assert.equal(inWords(await raw.hear()), 'A-ABORT 2/1', `type ${type}`);
          }),
      ),
    );
  });

  test('[PROVE-224] whoever announces 4 GB and goes on sending is cut in bounded time, whatever the PDU', async (t) => {
    const took = await withHonest(() =>
      Promise.all(
        TYPES.flatMap(([name, type]) =>
          [false, true].map((isAssociated) =>
            opened(async (raw) => {
              if (isAssociated) assert.equal(inWords(await raw.associate()), 'A-ASSOCIATE-AC');
              const beganMs = performance.now();
              raw.send(pdu(type, FOUR, FOUR_GB));
              assert.match(inWords(await raw.hear()), /^A-ABORT/, name);
              await pump(raw);
              return performance.now() - beganMs;
            }, true),
          ),
        ),
      ),
    );
    t.diagnostic(`cut after ${Math.round(Math.min(...took))} to ${Math.round(Math.max(...took))} ms of sending`);
  });

  /** Sends without end until the connection is no more. Rejects when that takes longer than what lingers may. */
  async function pump(raw: Raw): Promise<void> {
    const piece = Buffer.alloc(64 * 1024);
    const endMs = performance.now() + 20_000;
    while (!raw.socket.destroyed && raw.socket.writable) {
      assert.ok(performance.now() < endMs, 'still connected');
      if (!raw.socket.write(piece)) await Promise.race([drained(raw), delay(200)]);
      await delay(1);
    }
  }

  const drained = (raw: Raw): Promise<void> => new Promise((resolve) => raw.socket.once('drain', resolve));

  test('[PROVE-225] releases that collide, repeat, come half-closed or with work under way end, and once', async () => {
    const releaseRq = pdu(PDU.releaseRq, FOUR);
    const releaseRp = pdu(PDU.releaseRp, FOUR);
    const echoRq = pData(1, 1, Buffer.alloc(20));
    const ways: readonly (readonly [
      name: string,
      bytes: readonly Buffer[],
      heard: readonly string[],
      halfCloses: boolean,
    ])[] = [
      ['release twice', [releaseRq, releaseRq], ['A-RELEASE-RP', 'close'], true],
      ['release, then its answer', [releaseRq, releaseRp], ['A-RELEASE-RP', 'close'], true],
      ['its answer without a release', [releaseRp], ['A-ABORT 2/2', 'close'], false],
      ['its answer, then a release', [releaseRp, releaseRq], ['A-ABORT 2/2', 'close'], false],
      ['release and half a connection', [releaseRq], ['A-RELEASE-RP', 'close'], true],
      ['release inside a command', [echoRq, releaseRq], ['A-RELEASE-RP', 'close'], true],
      [
        'release and a request at once',
        [releaseRq, pdu(PDU.associateRq, requestBody())],
        ['A-RELEASE-RP', 'A-ABORT 2/2', 'close'],
        true,
      ],
      ['release, data, abort', [releaseRq, pData(1, 3, FOUR), pdu(PDU.abort, FOUR)], ['A-RELEASE-RP', 'close'], false],
      [
        'release and noise',
        [releaseRq, Buffer.from('noise that is no PDU')],
        ['A-RELEASE-RP', 'A-ABORT 2/1', 'close'],
        true,
      ],
    ];
    await withHonest(() =>
      atOnce(
        ways.flatMap((way) => Array.from({ length: 10 }, () => way)),
        ([name, bytes, expected, halfCloses]) =>
          opened(async (raw) => {
            assert.equal(inWords(await raw.associate({ proposals: PROPOSALS.slice(0, 1) })), 'A-ASSOCIATE-AC');
            raw.send(Buffer.concat(bytes));
            if (halfCloses) raw.socket.end();
            const heard: string[] = [];
            while (heard.at(-1) !== 'close') heard.push(inWords(await raw.hear()));
            assert.deepEqual(heard, expected, name);
          }),
      ),
    );
  });

  test('[PROVE-226] a hundred associations go on through all of it, and the memory stays bounded', async (t) => {
    const kept = await Promise.all(Array.from({ length: 100 }, () => Raw.open(gateway.dimse)));
    for (const raw of kept)
      assert.equal(inWords(await raw.associate({ proposals: PROPOSALS.slice(0, 1) })), 'A-ASSOCIATE-AC');
    const bombs = [...CONTEXTS, ...USERS].flatMap((shape) => Array.from({ length: 8 }, () => shape));
    await withHonest(() => atOnce(bombs, async ([, bytes]) => void (await sayFirst(bytes))));
    for (const raw of kept) {
      assert.equal(inWords(await raw.release()), 'A-RELEASE-RP');
      raw.close();
    }
    const { pss } = memory.stop();
    t.diagnostic(`${bombs.length} bombs, at most ${Math.round(pss / 2 ** 20)} MiB (Pss)`);
    assert.ok(pss < MOST_MEMORY);
  });
});
