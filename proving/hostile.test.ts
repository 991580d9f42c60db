import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { PROTOCOL_ATTACKS as ATTACKS, type ProtocolAttack as Attack } from '../apps/cli/src/prove-it/pack/protocol.ts';
import { command, PDU, PROPOSALS, pData, pdu, requestBody, statusOf } from '../apps/cli/src/prove-it/pdu.ts';
import { echo, Raw, trickle } from '../apps/cli/src/prove-it/raw.ts';
import { dataSetOf } from './custody-check.ts';
import { Gateway } from './gateway.ts';
import { requireSharedData } from './peers.ts';
import { childrenOf, memoryOf } from './processes.ts';

const HONEST_WITHIN_MS = 10_000;
/** ARTIM (PS3.8 §9.1.5) and then some. */
const SILENCE_ENDS_WITHIN_MS = 25_000;
const ECHO = 0x0030;
/** Connections the gateway keeps at once. */
const PLACES = 1000;
/** Above what is let in per peer. */
const FLOOD = 300;
const MOST_MEMORY = 512 * 2 ** 20;

interface Told {
  readonly event: { readonly kind: string; readonly remoteAddress?: string };
  readonly sentence: { readonly fr: string; readonly en: string };
}

// The whole of 127/8 is loopback on Linux alone: each attack has an address of its own there, and is found by it in the log.
const addressOf = (i: number) => `127.1.${i >> 7}.${1 + (i & 127)}`;

describe('hostile peers', { skip: process.platform !== 'linux' && 'needs /proc and 127/8' }, () => {
  let folder = '';
  let gateway: Gateway;
  let pids: number[] = [];

  before(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'leadglass-hostile-')));
    gateway = await Gateway.start({ home: join(folder, 'home'), withTls: true });
    await gateway.cli('peer', 'add', 'PROVER', '--from', '127.0.0.0/8', '--allow', 'echo,store');
    await gateway.cli('peer', 'add', 'ECHOER', '--from', '127.0.0.0/8', '--allow', 'echo');
    await gateway.cli('peer', 'add', 'HONEST', '--from', '127.0.0.1/32', '--allow', 'echo,store');
    pids = childrenOf(gateway.pid);
  });

  after(async () => {
    await gateway.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  async function log(): Promise<readonly Told[]> {
    return (JSON.parse(await gateway.cli('log', '--json', '--last', '10000')) as { entries: Told[] }).entries;
  }

  /** An honest peer is served while `work` goes on, and no intake is lost. */
  async function withHonest<T>(work: () => Promise<T>): Promise<T> {
    const [done, echoMs] = await Promise.all([work(), echo(gateway.dimse, 'HONEST')]);
    assert.ok(echoMs < HONEST_WITHIN_MS, `an honest C-ECHO took ${echoMs} ms`);
    assert.deepEqual(childrenOf(gateway.pid), pids, `an intake was lost: ${gateway.stderr.slice(-1500)}`);
    return done;
  }

  async function undergo(t: TestContext, one: Attack, i: number): Promise<void> {
    await t.test(one.name.en, async () => {
      await withHonest(async () => {
        const raw = await Raw.open(gateway.dimse, { from: addressOf(i) });
        try {
          const heard = await one.attack(raw);
          const shown =
            heard === 'closed'
              ? heard
              : `PDU ${heard.type} ${heard.body.subarray(0, 12).toString('hex')}, status ${statusOf(heard)?.toString(16)}`;
          assert.ok(one.isRight(heard), `answered with ${shown}`);
        } finally {
          raw.close();
        }
      });
    });
  }

  test('[PROVE-5] every broken byte gets the protocol’s own answer, and honest peers are served meanwhile', async (t) => {
    for (const [i, one] of ATTACKS.entries()) await undergo(t, one, i);
  });

  test('[PROVE-6] every attack is in the log, in printable words', async () => {
    const wanted = ATTACKS.map((one, i) => ({ one, address: addressOf(i) }));
    const endMs = performance.now() + 10_000;
    for (;;) {
      const told = await log();
      const missing = wanted.filter(
        ({ one, address }) =>
          !told.some(({ event }) => event.remoteAddress === address && one.told.includes(event.kind)),
      );
      if (missing.length === 0) break;
      if (performance.now() > endMs) {
        const found = missing.map(
          ({ one, address }) =>
            `${one.name.en}: ${told.filter(({ event }) => event.remoteAddress === address).map(({ event }) => event.kind)}`,
        );
        assert.deepEqual(found, [], 'attacks without their event');
      }
      await delay(300);
    }
    for (const { sentence } of await log()) assert.doesNotMatch(`${sentence.fr}${sentence.en}`, /[\p{Cc}\p{Cf}]/u);
  });

  test('[PROVE-7] an unknown peer is told of with the command that would admit it, and a strange title cannot change that command', async () => {
    const hints = (await log())
      .filter(({ event }) => event.kind === 'association.rejected')
      .map(({ sentence }) => sentence.en);
    assert.ok(
      hints.some((hint) => hint.includes('./leadglass peer add PROVER-WHO --from 127.')),
      hints.join('\n'),
    );
    const commands = hints.flatMap((hint) => /peer add (.*)$/.exec(hint)?.[1] ?? []);
    assert.ok(commands.length > 1);
    const word = /(?:[A-Za-z0-9_./][A-Za-z0-9_./-]*|(?:'[^']*'|\\')+)/.source;
    const options = /--from [0-9.]+\/32 --allow [a-z,]+/.source;
    // A title that begins like an option comes last, behind what ends the options.
    for (const words of commands) assert.match(words, new RegExp(`^(?:${word} ${options}|${options} -- ${word})$`));
  });

  test('[PROVE-8] a service that is not allowed is not negotiated', async () => {
    await withHonest(async () => {
      const raw = await Raw.open(gateway.dimse);
      const answer = await raw.associate({ calling: 'ECHOER' });
      assert.ok(answer !== 'closed' && answer.type === PDU.associateAc);
      const results = [...answer.body.toString('latin1').matchAll(/\x21\x00..(.)\x00(.)\x00/gs)].map(
        ([, id, result]) => [id?.charCodeAt(0), result?.charCodeAt(0)],
      );
      assert.deepEqual(results, [
        [1, 0],
        [3, 3],
        [5, 3],
      ]);
      raw.close();
    });
  });

  test('[PROVE-9] silence, slow bytes and floods end by themselves, and honest peers are served meanwhile', async (t) => {
    const beganMs = performance.now();
    const ends = async (raw: Raw) => {
      while ((await raw.hear(SILENCE_ENDS_WITHIN_MS)) !== 'closed');
      raw.close();
    };
    const idle = await Promise.all(
      Array.from({ length: FLOOD }, (_, i) => Raw.open(gateway.dimse, { from: addressOf(1000 + i) })),
    );
    const slow = await Raw.open(gateway.dimse, { from: addressOf(2000) });
    const tlsIdle = await Raw.open(gateway.dimseTls, { from: addressOf(2001) });
    const plainOnTls = await Raw.open(gateway.dimseTls, { from: addressOf(2002) });
    plainOnTls.send(pdu(PDU.associateRq, requestBody()));
    const ended = Promise.all([
      ...idle.map(ends),
      Promise.race([trickle(slow, requestBody(), 500), delay(SILENCE_ENDS_WITHIN_MS)]).then(() => ends(slow)),
      ends(plainOnTls),
      ends(tlsIdle),
    ]);
    let echoes = 0;
    let isOver = false;
    void ended
      .catch(() => {})
      .then(() => {
        isOver = true;
      });
    const strangers = Array.from({ length: FLOOD }, async (_, i) => {
      const raw = await Raw.open(gateway.dimse, { from: addressOf(3000 + i) });
      const heard = await raw.associate({ calling: 'STRANGER' });
      raw.close();
      assert.ok(heard !== 'closed' && heard.type === PDU.associateRj, 'a stranger is rejected, however many they are');
    });
    await withHonest(() => Promise.all(strangers));
    while (!isOver) {
      await withHonest(() => delay(500));
      echoes += 1;
    }
    await ended;
    t.diagnostic(
      `${FLOOD} silent connections and a slow one ended in ${Math.round(performance.now() - beganMs)} ms, ${echoes} honest echoes meanwhile`,
    );
  });

  test('[PROVE-10] one peer’s associations cannot take all: the next is rejected transiently, others are let in', async () => {
    const open = await Promise.all(
      Array.from({ length: FLOOD }, async () => {
        const raw = await Raw.open(gateway.dimse);
        return { raw, heard: await raw.associate({ proposals: PROPOSALS.slice(0, 1) }) };
      }),
    );
    const types = open.map(({ heard }) =>
      heard === 'closed'
        ? 'closed'
        : `${heard.type}:${heard.type === PDU.associateRj ? [...heard.body.subarray(1)].join('/') : ''}`,
    );
    const rejected = types.filter((type) => type.startsWith('3:2/3/'));
    assert.equal(types.filter((type) => type === '2:').length + rejected.length, FLOOD, types.join(' '));
    assert.ok(rejected.length > 0, 'no limit was met');
    await withHonest(async () => {});
    for (const { raw } of open) raw.close();
  });

  test('[PROVE-15] silent connections beyond all places give way: an honest peer is still let in', async () => {
    const beganMs = performance.now();
    const idle = await Promise.all(
      Array.from({ length: PLACES + 50 }, () => Raw.open(gateway.dimse, { from: '127.3.0.1' })),
    );
    await withHonest(async () => {});
    assert.ok(performance.now() - beganMs < SILENCE_ENDS_WITHIN_MS / 2, 'before silence ended by itself');
    for (const raw of idle) raw.close();
  });

  test('[PROVE-11] whoever never reads our answers is cut, in bounded memory', async () => {
    const raw = await Raw.open(gateway.dimse, { from: addressOf(2003) });
    const answer = await raw.associate();
    assert.ok(answer !== 'closed' && answer.type === PDU.associateAc);
    raw.socket.pause();
    let isClosed = false;
    raw.socket.on('close', () => {
      isClosed = true;
    });
    const many = Buffer.concat(Array.from({ length: 200 }, () => pData(1, 3, command(ECHO))));
    const endMs = performance.now() + 20_000;
    while (!isClosed && performance.now() < endMs) {
      raw.send(many);
      await delay(5);
    }
    assert.ok(isClosed, 'still connected');
    await withHonest(async () => {});
    assert.ok(memoryOf(gateway.pid).pss < MOST_MEMORY);
  });

  test('[PROVE-12] a deflated bomb is refused or held in bounded time and memory', async (t) => {
    const data = requireSharedData(t);
    if (data === undefined) return;
    const dataSet = dataSetOf(readFileSync(join(data, 'attack/bomb/deflate-1gb-zeros.dcm')));
    const heard = await withHonest(async () => {
      const raw = await Raw.open(gateway.dimse, { from: addressOf(2004) });
      await raw.associate();
      raw.send(
        pData(
          5,
          3,
          command(1, { sopClass: PROPOSALS[2]?.abstractSyntax ?? '', instance: '1.2.3.5', hasDataSet: true }),
        ),
      );
      for (let at = 0; at < dataSet.length; at += 16_000)
        raw.send(pData(5, at + 16_000 >= dataSet.length ? 2 : 0, dataSet.subarray(at, at + 16_000)));
      const answer = await raw.hear(20_000);
      raw.close();
      return answer;
    });
    const told = (await log())
      .filter(({ event }) => event.remoteAddress === addressOf(2004))
      .map(({ event }) => event.kind);
    assert.ok(
      told.includes('arrival.refused') || told.includes('arrival.held'),
      `answered ${statusOf(heard)?.toString(16)}, told ${told}`,
    );
    assert.ok(memoryOf(gateway.pid).pss < MOST_MEMORY);
  });

  test('[PROVE-13] an intake killed costs its own associations and nothing else; another takes its place and the log says so', async () => {
    const victim = pids[0] as number;
    const open = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const raw = await Raw.open(gateway.dimse);
        await raw.associate({ calling: 'HONEST', proposals: PROPOSALS.slice(0, 1) });
        return raw;
      }),
    );
    process.kill(victim, 'SIGKILL');
    const answers = await Promise.all(
      open.map(async (raw) => {
        raw.send(pData(1, 3, command(ECHO)));
        return statusOf(await raw.hear()) === 0;
      }),
    );
    const survivors = answers.filter(Boolean).length;
    assert.ok(survivors > 0 && survivors < open.length, `${survivors} of ${open.length} went on`);
    for (const raw of open) raw.close();
    const endMs = performance.now() + 10_000;
    const isBack = (now: readonly number[]): boolean => now.length === pids.length && !now.includes(victim);
    while (!isBack(childrenOf(gateway.pid)) && performance.now() < endMs) await delay(50);
    pids = childrenOf(gateway.pid);
    assert.equal(pids.length, 2);
    await withHonest(async () => {});
    assert.ok((await log()).some(({ event }) => event.kind === 'intake.died'));
  });

  test('[PROVE-14] nothing was written outside the home, and nothing in it under a name of the network’s', async () => {
    assert.deepEqual(readdirSync(folder), ['home']);
    const names = readdirSync(join(folder, 'home'), { recursive: true }).map(String);
    for (const name of names) assert.match(name, /^[a-zA-Z0-9./_-]+$/);
    assert.ok(names.every((name) => !name.includes('escaped')));
    for (let up = folder; up !== '/'; up = join(up, '..'))
      assert.ok(!readdirSync(join(up, '..')).some((name) => name.includes('leadglass-escaped')));
    await gateway.cli('ledger', 'verify');
    await gateway.cli('vault', 'check');
  });
});
