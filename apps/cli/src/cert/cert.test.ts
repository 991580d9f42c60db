import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Secret, systemClock, text } from '@leadglass/kit';
import { createAuthority, issueClientCertificate } from '@leadglass/wire';
import type { Command, Context } from '../command.ts';
import { parseGiven } from '../command.ts';
import { readEnrolment, writeEnrolment } from './enrolment.ts';
import { newPassword, PASSWORD } from './password.ts';

const COMMAND: Command = {
  ...{ name: 'x', usage: '', summary: text('x', 'x'), options: PASSWORD, positionals: [0, 0], examples: [] },
  run: async () => 0,
};

/** What a password comes to, typed or from a file. */
async function passwordOf(t: TestContext, typed: readonly (string | undefined)[], file?: string) {
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-password-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'word');
  if (file !== undefined) writeFileSync(path, file);
  const answers = [...typed];
  const context = { ask: async () => answers.shift(), output: { of: () => '' } } as unknown as Context;
  return newPassword(context, parseGiven(COMMAND, file === undefined ? [] : ['--password-file', path]));
}

test('[CLI-164] a password is typed twice unseen, read from a file, or made at random and told; never short, never of letters devices differ on', async (t) => {
  const typed = await passwordOf(t, ['long enough', 'long enough']);
  assert.deepEqual([typed.password.reveal(), typed.isMade], ['long enough', false]);
  const read = await passwordOf(t, [], 'from a file\nsecond line');
  assert.deepEqual([read.password.reveal(), read.isMade], ['from a file', false]);
  const [one, other] = [await passwordOf(t, [undefined]), await passwordOf(t, [''])];
  assert.match(one.password.reveal(), /^([a-z2-9]{4}-){4}[a-z2-9]{4}$/);
  assert.deepEqual([one.isMade, other.isMade], [true, true]);
  assert.notEqual(one.password.reveal(), other.password.reveal());
  await assert.rejects(passwordOf(t, ['long enough', 'other']), { code: 'cli.not-confirmed' });
  for (const bad of ['short', 'mot de passé long', 'x'.repeat(129)])
    await assert.rejects(passwordOf(t, [bad, bad]), { exit: 2 });
});

test('[CLI-165] an enrolment opens with its password alone, and not when anything of it was changed', async () => {
  const authority = await createAuthority({ siteName: 'x', clock: systemClock });
  const own = await issueClientCertificate(authority, { commonName: 'edge-1', days: 30, clock: systemClock });
  const places = { name: 'edge-1', to: 'gw:2762', device: '192.0.2.10', siteName: 'leadglass-x' };
  const enrolment = { ...places, authorityPem: authority.certPem, certPem: own.certPem, keyPem: '' };
  const password = new Secret('carried apart');
  const bytes = writeEnrolment(enrolment, own.keyPem, password);
  assert.doesNotMatch(bytes.toString(), /BEGIN PRIVATE/);
  const read = readEnrolment(bytes, password);
  assert.deepEqual([read.to, read.device, read.identity.key], ['gw:2762', '192.0.2.10', own.keyPem.reveal()]);
  const other = await issueClientCertificate(authority, { commonName: 'edge-1', days: 30, clock: systemClock });
  const changed = Buffer.from(JSON.stringify({ ...JSON.parse(bytes.toString()), certPem: other.certPem }));
  for (const [file, word] of [
    [bytes, 'another'],
    [changed, 'carried apart'],
    [Buffer.from('{}'), 'carried apart'],
    [bytes.subarray(0, 300), 'carried apart'],
  ] as const)
    assert.throws(() => readEnrolment(file, new Secret(word)), { code: 'cli.enrolment' });
});
