import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { isFault, ManualClock } from '@leadglass/kit';
import { generateIdentity, parseIdentity, recipientOf } from '@leadglass/vault';
import { isFirstStart, type OpenedHome, openHome } from './home.ts';

const DAY_MS = 86_400_000;
const SECRETS = [
  'site.agekey',
  'ledger.pem',
  'pseudonym.key',
  'site-name.txt',
  'recipients.txt',
  'ca.key',
  'ca.pem',
] as const;

interface Place {
  readonly root: string;
  readonly clock: ManualClock;
  readonly shown: string[];
  readonly key: (name: string) => string;
  readonly open: () => Promise<OpenedHome>;
}

function place(t: TestContext): Place {
  const root = mkdtempSync(join(tmpdir(), 'leadglass-home-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const clock = new ManualClock();
  const shown: string[] = [];
  const open = () => openHome(root, clock, (key) => void shown.push(key.reveal()));
  return { root, clock, shown, key: (name) => join(root, 'keys', name), open };
}

/** A home that has been made and has kept something. */
async function used(t: TestContext): Promise<Place> {
  const it = place(t);
  await it.open();
  writeFileSync(join(it.root, 'records', 'leadglass.db'), 'x');
  return it;
}

const contents = ({ key }: Place) =>
  Object.fromEntries(readdirSync(key('')).map((name) => [name, readFileSync(key(name), 'utf8')]));

test('[HOME-1] the first start makes every key, shows the recovery key once, and the second changes nothing', async (t) => {
  const it = place(t);
  assert.equal(isFirstStart(it.root), true);
  const first = await it.open();
  assert.equal(it.shown.length, 1);
  const recovery = parseIdentity(it.shown[0] ?? '') ?? assert.fail('an identity was shown');
  assert.deepEqual(
    first.keys.recipients.map(String),
    [first.keys.site, recovery].map((identity) => String(recipientOf(identity))),
  );
  assert.equal(isFirstStart(it.root), false);
  const before = contents(it);
  const second = await it.open();
  assert.deepEqual(contents(it), before);
  assert.equal(it.shown.length, 1);
  assert.equal(second.recoveryKey, undefined);
  assert.equal(
    Object.values(before)
      .join()
      .includes(it.shown[0] ?? ''),
    false,
  );
});

test('[HOME-2] keys are their owner’s alone', async (t) => {
  const it = place(t);
  await it.open();
  assert.equal(statSync(it.key('')).mode & 0o777, 0o700);
  for (const name of readdirSync(it.key(''))) assert.equal(statSync(it.key(name)).mode & 0o777, 0o600, name);
});

test('[HOME-27] the index key alone is made anew when it is lost: what it seals can be made again', async (t) => {
  const it = await used(t);
  const before = (await it.open()).keys.indexKey.reveal();
  assert.equal(before.length, 32);
  rmSync(it.key('index.key'));
  const after = (await it.open()).keys.indexKey.reveal();
  assert.equal(after.length, 32);
  assert.notDeepEqual(after, before);
});

for (const name of SECRETS) {
  test(`[HOME-3] a lost ${name} of a used home is a fault that names it, and nothing is made in its place`, async (t) => {
    const it = await used(t);
    rmSync(it.key(name));
    const before = contents(it);
    await assert.rejects(it.open(), (thrown) => {
      assert.ok(isFault(thrown, 'gateway.key-missing'));
      assert.equal(thrown.retry, 'permanent');
      for (const sentence of [thrown.text.fr, thrown.text.en]) assert.ok(sentence.includes(it.key(name)), sentence);
      return true;
    });
    assert.deepEqual(contents(it), before);
    assert.equal(it.shown.length, 1);
  });

  for (const [what, bad] of [
    ['an empty', ''],
    ['a garbled', 'AGE-SECRET-KEY-1garbled age1garbled !\n'],
  ] as const) {
    test(`[HOME-3] ${what} ${name} of a used home is a fault that names it`, async (t) => {
      const it = await used(t);
      writeFileSync(it.key(name), bad);
      const before = contents(it);
      await assert.rejects(it.open(), (thrown) => {
        assert.ok(isFault(thrown, 'gateway.key-damaged'));
        assert.ok(thrown.text.en.includes('keys/'), thrown.text.en);
        return true;
      });
      assert.deepEqual(contents(it), before);
    });
  }
}

test('[HOME-3] a home whose keys are all gone is not taken for a new one', async (t) => {
  for (const left of ['records/leadglass.db', 'ledger/checkpoint', 'vault/objects/x']) {
    const it = place(t);
    mkdirSync(join(it.root, left, '..'), { recursive: true });
    writeFileSync(join(it.root, left), 'x');
    await assert.rejects(it.open(), (thrown) => isFault(thrown, 'gateway.key-missing'), left);
    assert.deepEqual(it.shown, []);
  }
});

test('[HOME-4] the site key and at least one other are among the recipients', async (t) => {
  const it = await used(t);
  const good = readFileSync(it.key('recipients.txt'), 'utf8');
  const [site, recovery] = good.split('\n').filter((line) => line.startsWith('age1'));
  const stranger = String(recipientOf(generateIdentity()));
  for (const bad of [`${site}\n`, `${site}\n${site}\n`, `${recovery}\n${stranger}\n`, `${good}age1nonsense\n`]) {
    writeFileSync(it.key('recipients.txt'), bad);
    await assert.rejects(it.open(), (thrown) => isFault(thrown, 'gateway.key-damaged'), bad);
  }
  writeFileSync(it.key('recipients.txt'), `${good}${stranger}\n`);
  assert.equal((await it.open()).keys.recipients.length, 3);
});

test('[HOME-5] a first start cut short after any file is completed by the next', async (t) => {
  const whole = place(t);
  await whole.open();
  // In the order in which they are written.
  const order = readdirSync(whole.key('')).sort(
    (a, b) => statSync(whole.key(a)).mtimeMs - statSync(whole.key(b)).mtimeMs || (a < b ? -1 : 1),
  );
  assert.equal(order.at(-1), 'recipients.txt');
  for (let kept = 0; kept < order.length; kept += 1) {
    const it = place(t);
    mkdirSync(it.key(''), { recursive: true });
    for (const name of order.slice(0, kept)) copyFileSync(whole.key(name), it.key(name));
    writeFileSync(it.key(`${order[kept]}.new`), 'half a fi');
    const opened = await it.open();
    assert.equal(it.shown.length, 1, `cut after ${kept} files`);
    for (const name of order.slice(0, kept).filter((each) => !/^(ca|server|client|console)\./.test(each)))
      assert.equal(readFileSync(it.key(name), 'utf8'), readFileSync(whole.key(name), 'utf8'), name);
    const again = await it.open();
    assert.deepEqual(again.keys.recipients.map(String), opened.keys.recipients.map(String));
    assert.equal(it.shown.length, 1);
  }
});

test('[HOME-6] certificates that end soon, are of another authority or are broken are issued again', async (t) => {
  const it = await used(t);
  const first = await it.open();
  const isOurs = ({ tls, outgoing, console: forPeople }: OpenedHome) => {
    const authority = new X509Certificate(tls.caPem);
    for (const { cert, key } of [{ cert: tls.certPem, key: tls.keyPem }, outgoing, forPeople]) {
      assert.ok(new X509Certificate(cert).verify(authority.publicKey));
      assert.ok(new X509Certificate(cert).checkPrivateKey(createPrivateKey(key)));
    }
  };
  isOurs(first);
  it.clock.jump(700 * DAY_MS);
  assert.equal((await it.open()).tls.certPem, first.tls.certPem);
  it.clock.jump(66 * DAY_MS);
  const renewed = await it.open();
  assert.notEqual(renewed.tls.certPem, first.tls.certPem);
  assert.notEqual(renewed.outgoing.cert, first.outgoing.cert);
  assert.notEqual(renewed.console.cert, first.console.cert);
  // The process that people reach has a key of its own.
  assert.notEqual(renewed.console.key, renewed.tls.keyPem);
  isOurs(renewed);

  const other = place(t);
  other.clock.jump(766 * DAY_MS);
  await other.open();
  for (const name of ['server.pem', 'server.key']) copyFileSync(other.key(name), it.key(name));
  writeFileSync(it.key('client.key'), 'no key');
  const repaired = await it.open();
  isOurs(repaired);
  assert.equal(existsSync(it.key('ca.pem')), true);
  assert.equal(repaired.tls.caPem, first.tls.caPem);
});
