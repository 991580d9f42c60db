import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import {
  contextItem,
  contextResultOf,
  DEFLATED,
  type Heard,
  IMPLICIT_LE,
  item,
  PDU,
  PROPOSALS,
  pData,
  pdu,
  type Request,
  requestBody,
  VERIFICATION,
} from '../apps/cli/src/prove-it/pdu.ts';
import { echo, Raw } from '../apps/cli/src/prove-it/raw.ts';
import { Gateway } from './gateway.ts';
import { counted, lies } from './lying-requests.ts';
import { childrenOf, watchMemory } from './processes.ts';
import { inWords } from './raw-upstream.ts';

const HONEST_WITHIN_MS = 10_000;
const MOST_MEMORY = 512 * 2 ** 20;
const FOUR_GB = 0xffffffff;
const FOUR = Buffer.alloc(4);
const MANY = 10_000;
/** Largest A-ASSOCIATE PDU that is read. */
const ASSOCIATE_BYTES = 64 * 1024;
const AT_ONCE = 24;

const many = (count: number, make: (at: number) => Buffer): Buffer =>
  Buffer.concat(Array.from({ length: count }, (_, at) => make(at)));
const oddId = (at: number): number => (at * 2 + 1) & 0xff;
const maximumLength = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return item(0x51, bytes);
};
const userOf = (...subItems: readonly Buffer[]): Request => ({ user: item(0x50, Buffer.concat(subItems)) });
const PLAIN = [maximumLength(16_384), item(0x52, '1.2.3.4')] as const;

/** An A-ASSOCIATE-RQ with `extra` behind its items. */
const withMore = (extra: Buffer, request: Request = {}): Buffer =>
  pdu(PDU.associateRq, Buffer.concat([requestBody(request), extra]));

type Expected = 'refused' | 'accepted';
/** Name, bytes, and whether an association comes of it. */
type Shape = readonly [name: string, bytes: Buffer, expected: Expected];

const bare = (id: number): Buffer => item(0x20, Buffer.from([id, 0, 0, 0]));
const small = (id: number): Buffer => contextItem({ id, abstractSyntax: VERIFICATION, transferSyntax: IMPLICIT_LE });
const NO_CONTEXTS = { proposals: [] };

const CONTEXTS: readonly Shape[] = [
  [
    '128 contexts, all there are numbers for',
    withMore(
      many(128, (at) => small(oddId(at))),
      NO_CONTEXTS,
    ),
    'accepted',
  ],
  [
    'a 129th context',
    withMore(
      many(129, (at) => small(oddId(at))),
      NO_CONTEXTS,
    ),
    'refused',
  ],
  ['10,000 contexts, their length told truly', withMore(many(MANY, (at) => small(oddId(at)))), 'refused'],
  ['10,000 contexts of eight bytes, nothing in them', withMore(many(MANY, (at) => bare(oddId(at)))), 'refused'],
  ['8,000 contexts of eight bytes, as many as are read', withMore(many(8_000, (at) => bare(oddId(at)))), 'refused'],
  [
    '10,000 contexts behind a length of 60,000',
    pdu(PDU.associateRq, Buffer.concat([requestBody(), many(MANY, (at) => small(oddId(at)))]), 60_000),
    'refused',
  ],
  [
    '10,000 contexts inside one context',
    withMore(
      item(
        0x20,
        Buffer.concat([Buffer.from([1, 0, 0, 0]), many(MANY, () => item(0x20, '')).subarray(0, 60_000)]),
        60_004,
      ),
      NO_CONTEXTS,
    ),
    'refused',
  ],
  ['the same number twice', withMore(small(1)), 'refused'],
  [
    'the same number twice, and the same proposal',
    withMore(Buffer.concat([small(7), small(7)]), NO_CONTEXTS),
    'refused',
  ],
  ...[0, 2, 254].map((id): Shape => [`the even number ${id}`, withMore(small(id)), 'refused']),
  [
    'one context of 1,000 transfer syntaxes',
    withMore(
      item(
        0x20,
        Buffer.concat([
          Buffer.from([1, 0, 0, 0]),
          item(0x30, VERIFICATION),
          many(1_000, () => item(0x40, IMPLICIT_LE)),
        ]),
      ),
      NO_CONTEXTS,
    ),
    'accepted',
  ],
  [
    '15,000 transfer syntaxes of no length',
    withMore(
      item(
        0x20,
        Buffer.concat([Buffer.from([1, 0, 0, 0]), item(0x30, VERIFICATION), many(15_000, () => item(0x40, ''))]),
      ),
      NO_CONTEXTS,
    ),
    'refused',
  ],
  [
    'two abstract syntaxes in one context',
    withMore(
      item(
        0x20,
        Buffer.concat([
          Buffer.from([1, 0, 0, 0]),
          item(0x30, VERIFICATION),
          item(0x30, VERIFICATION),
          item(0x40, IMPLICIT_LE),
        ]),
      ),
      NO_CONTEXTS,
    ),
    'refused',
  ],
  [
    'a result of a context, from the wrong side',
    withMore(item(0x21, Buffer.concat([Buffer.from([1, 0, 0, 0]), item(0x40, DEFLATED)]))),
    'accepted',
  ],
  ['two application contexts', withMore(item(0x10, '1.2.840.10008.3.1.1.1')), 'refused'],
];

const asks = (request: Request): Buffer => pdu(PDU.associateRq, requestBody(request));
const role = (uid: string): Buffer => item(0x54, Buffer.concat([counted(uid), Buffer.from([1, 1])]));
const USERS: readonly Shape[] = [
  ['two items of user information', withMore(item(0x50, Buffer.concat(PLAIN))), 'refused'],
  ['no user information', pdu(PDU.associateRq, requestBody({ user: Buffer.alloc(0) })), 'accepted'],
  ['the maximum length twice', asks(userOf(...PLAIN, maximumLength(1))), 'refused'],
  ...[1, 7].map(
    (value): Shape => [
      `a maximum length of ${value}, in which nothing fits`,
      asks(userOf(maximumLength(value), PLAIN[1])),
      'refused',
    ],
  ),
  ['a maximum length of 0, which is none', asks(userOf(maximumLength(0), PLAIN[1])), 'accepted'],
  ['a maximum length of 4 GB', asks(userOf(maximumLength(FOUR_GB), PLAIN[1])), 'accepted'],
  [
    '15,000 sub-items of an unknown type',
    asks(
      userOf(
        ...PLAIN,
        many(15_000, () => item(0xee, '')),
      ),
    ),
    'accepted',
  ],
  [
    '2,500 roles of one class',
    asks(
      userOf(
        ...PLAIN,
        many(2_500, () => role(VERIFICATION)),
      ),
    ),
    'accepted',
  ],
  [
    '5,000 roles of no class',
    asks(
      userOf(
        ...PLAIN,
        many(5_000, () => role('')),
      ),
    ),
    'accepted',
  ],
  [
    'extended negotiation of 60 kB',
    asks(userOf(...PLAIN, item(0x56, Buffer.concat([counted(VERIFICATION), Buffer.alloc(60_000, 1)])))),
    'accepted',
  ],
  [
    '30,000 related classes',
    asks(
      userOf(...PLAIN, item(0x57, Buffer.concat([counted(VERIFICATION), counted(''), counted(Buffer.alloc(60_000))]))),
    ),
    'accepted',
  ],
  [
    'a user identity of 60 kB',
    asks(
      userOf(
        ...PLAIN,
        item(0x58, Buffer.concat([Buffer.from([2, 1]), counted(Buffer.alloc(60_000, 0x41)), counted('')])),
      ),
    ),
    'accepted',
  ],
  [
    'two user identities',
    asks(
      userOf(
        ...PLAIN,
        ...[1, 2].map(() => item(0x58, Buffer.concat([Buffer.from([1, 0]), counted('a'), counted('')]))),
      ),
    ),
    'refused',
  ],
  [
    'user information inside user information, 15,000 deep',
    asks(userOf(many(15_000, () => item(0x50, '')))),
    'accepted',
  ],
  ['a window of no operations', asks(userOf(...PLAIN, item(0x53, FOUR))), 'accepted'],
  ['a version name of 60 kB', asks(userOf(...PLAIN, item(0x55, Buffer.alloc(60_000, 0x41)))), 'accepted'],
  [
    'a request of exactly 64 KiB',
    asks(userOf(...PLAIN, item(0xee, Buffer.alloc(ASSOCIATE_BYTES - requestBody(userOf(...PLAIN)).length - 4)))),
    'accepted',
  ],
  [
    'a request of a byte more',
    asks(userOf(...PLAIN, item(0xee, Buffer.alloc(ASSOCIATE_BYTES - requestBody(userOf(...PLAIN)).length - 3)))),
    'refused',
  ],
];

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
