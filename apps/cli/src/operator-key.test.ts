import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Context, Given } from './command.ts';
import { keyPathOf, loadKey, makeKey, newPassphrase, publicKeyOf, signatureOf } from './operator-key.ts';
import { Output } from './output.ts';

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-operator-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A person who types `typed`, one answer a question, and whether each was asked for as a secret. */
function personTyping(typed: readonly string[], environment: Context['environment'] = {}) {
  const secrets: boolean[] = [];
  const answers = [...typed];
  const ask = async (_question: string, isSecret = false): Promise<string | undefined> => {
    secrets.push(isSecret);
    return answers.shift();
  };
  const output = new Output('en', false, { write: () => {} }, { write: () => {} }, {});
  return { secrets, context: { ask, environment, output } as unknown as Context };
}

const refused = { code: 'cli.operator-key' };

test('[CLI-102] a key is its owner’s alone, never replaced, and signs what its public half checks', async (t) => {
  const path = join(folderOf(t), 'operators', 'anne.pem');
  const key = await makeKey(path, '');
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.equal(statSync(dirname(path)).mode & 0o777, 0o700);
  const pem = readFileSync(path, 'utf8');
  await assert.rejects(makeKey(path, ''), refused);
  assert.equal(readFileSync(path, 'utf8'), pem);
  const loaded = await loadKey(personTyping([]).context, path);
  assert.equal(publicKeyOf(loaded), publicKeyOf(key));
  assert.match(publicKeyOf(loaded), /^[0-9a-f]{64}$/);
  const signature = Buffer.from(signatureOf(loaded, 'text'), 'hex');
  assert.ok(verify(null, Buffer.from('text'), createPublicKey(key), signature));
});

test('[CLI-102] a sealed key asks for its passphrase unseen, and opens with no other', async (t) => {
  const path = join(folderOf(t), 'anne.pem');
  const key = await makeKey(path, 'correct horse');
  assert.match(readFileSync(path, 'utf8'), /BEGIN ENCRYPTED PRIVATE KEY/);
  const right = personTyping(['correct horse']);
  assert.equal(publicKeyOf(await loadKey(right.context, path)), publicKeyOf(key));
  assert.deepEqual(right.secrets, [true]);
  await assert.rejects(loadKey(personTyping(['wrong']).context, path), refused);
  await assert.rejects(loadKey(personTyping([]).context, path), refused);
  const known = personTyping([], { LEADGLASS_OPERATOR_PASSPHRASE: 'correct horse' });
  assert.equal(publicKeyOf(await loadKey(known.context, path)), publicKeyOf(key));
});

test('[CLI-102] a key that others can read, that is none, or too long is refused, and nothing of it is told', async (t) => {
  const folder = folderOf(t);
  const open = join(folder, 'open.pem');
  await makeKey(open, '');
  chmodSync(open, 0o640);
  const secret = 'SECRETSECRET';
  for (const [name, content] of [
    ['text.pem', secret],
    ['long.pem', secret.repeat(10_000)],
    ['empty.pem', ''],
  ] as const) {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
  }
  for (const name of ['open.pem', 'text.pem', 'long.pem', 'empty.pem', 'absent.pem']) {
    await assert.rejects(loadKey(personTyping([]).context, join(folder, name)), (thrown: Error) => {
      assert.ok(!JSON.stringify([thrown, thrown.message]).includes(secret), name);
      return (thrown as unknown as typeof refused).code === refused.code;
    });
  }
});

test('[CLI-102] a new passphrase is typed twice alike; without anybody there is none', async () => {
  assert.equal(await newPassphrase(personTyping(['a b', 'a b']).context), 'a b');
  assert.equal(await newPassphrase(personTyping(['']).context), '');
  assert.equal(await newPassphrase(personTyping([]).context), '');
  await assert.rejects(newPassphrase(personTyping(['a', 'b']).context), { code: 'cli.not-confirmed' });
});

test('[CLI-102] the key is in the person’s own home unless told otherwise', () => {
  const place = (values: Record<string, string>, environment: Context['environment']) =>
    keyPathOf(new Given([], values), environment, 'anne');
  assert.equal(place({ key: '-' }, {}), '-');
  assert.equal(place({}, { XDG_CONFIG_HOME: '/x' }), join('/x', 'leadglass', 'operators', 'anne.pem'));
  assert.match(place({}, {}), /\.config.leadglass.operators.anne\.pem$/);
});
