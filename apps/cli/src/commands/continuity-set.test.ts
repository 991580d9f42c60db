import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { GaugeAnswer } from '@leadglass/contract';
import { type Context, parseGiven } from '../command.ts';
import { findCommand } from '../commands.ts';
import { CliFailure, EXIT } from '../exits.ts';
import { Output } from '../output.ts';

const GAUGE: GaugeAnswer = {
  ...{ atMs: 0, autonomyDays: 50.5, isEnough: true, freeBytes: 5e12, dailyBytes: 1e11, measuredDays: 28 },
  policy: { days: 14, budgetBytes: 5e11, priorsPerPatient: 3, autonomyDays: 42 },
  set: {
    studies: 300,
    objects: 9_000,
    bytes: 4e11,
    coveredDays: 12.5,
    expected: 40,
    leftOut: 0,
    charts: 7,
    days: 2,
    registrations: 1,
  },
  indexedAtMs: null,
};

const NO_BOX = { box: null };

async function ran(words: string, answers: Readonly<Record<string, unknown>>, language: 'fr' | 'en' = 'en') {
  const found = await findCommand(words.split(' '));
  assert.ok(found, words);
  let said = '';
  const sink = {
    write: (piece: string) => {
      said += piece;
    },
  };
  const context = {
    output: new Output(language, false, sink, sink, {}),
    ...{ home: '/nowhere', environment: {}, signal: new AbortController().signal, ask: async () => undefined },
    client: { call: async (name: string) => answers[name] },
  } as unknown as Context;
  const exit = await found.command.run(context, parseGiven(found.command, found.rest));
  return { exit, said };
}

test('[CLI-210] continuity status tells autonomy and what is covered, and exits 5 when it is less than wanted', async () => {
  const good = await ran('continuity status', { 'continuity.standing': NO_BOX, 'continuity.gauge': GAUGE });
  assert.equal(good.exit, EXIT.ok);
  assert.match(good.said, /Autonomy: 50\.5 d \(wanted: 42 d\)/);
  assert.match(good.said, /300 studies, 9000 objects/);
  assert.match(good.said, /last 12\.5 d, the priors of 40 patients/);
  const set = { ...GAUGE.set, leftOut: 7 };
  const bad = await ran(
    'continuity status',
    { 'continuity.standing': NO_BOX, 'continuity.gauge': { ...GAUGE, isEnough: false, set } },
    'fr',
  );
  assert.equal(bad.exit, EXIT.unsound);
  assert.match(bad.said, /Autonomie : 50,5 j \(voulue : 42 j\)/);
  assert.match(bad.said, /7 études voulues n’y tiennent pas/);
  const unknown = { ...GAUGE, autonomyDays: null, isEnough: null };
  assert.equal(
    (await ran('continuity status', { 'continuity.standing': NO_BOX, 'continuity.gauge': unknown })).exit,
    EXIT.ok,
  );
});

test('[CLI-211] continuity export refuses a place that exists and a password under 14 characters, and leaves nothing', async (t: TestContext) => {
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-export-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'there'));
  writeFileSync(join(folder, 'weak'), 'thirteen-char\n');
  const isFailure = (thrown: unknown): boolean => thrown instanceof CliFailure;
  await assert.rejects(ran(`continuity export ${folder}/there`, {}), isFailure);
  await assert.rejects(ran(`continuity export ${folder}/new --password-file ${folder}/weak`, {}), isFailure);
  assert.deepEqual(readdirSync(folder).sort(), ['there', 'weak']);
});

test('[CONT-201] what a box has is told kind by kind with its age; what was never pulled whole exits 5', async () => {
  const kinds = [
    { kind: 'images', asOfMs: 0, count: 12 },
    { kind: 'charts', asOfMs: 0, count: 3 },
    { kind: 'worklist', asOfMs: 0, count: 4 },
    { kind: 'registrations', asOfMs: 0, count: 1 },
  ];
  const box = { pulledAtMs: 0, kinds, bytes: 2_000, missing: [{ fr: 'rien', en: 'nothing more' }] };
  const whole = await ran('continuity-node status', { 'continuity.standing': { box } });
  assert.equal(whole.exit, EXIT.ok);
  assert.match(whole.said, /Laboratory results and reports: 3 charts, as of 1970/);
  assert.match(whole.said, /Schedule: 4 exams, as of/);
  assert.match(whole.said, /nothing more/);
  const late = { ...box, kinds: kinds.map((one) => (one.kind === 'charts' ? { ...one, asOfMs: null } : one)) };
  const never = await ran('continuity-node status', { 'continuity.standing': { box: late } }, 'fr');
  assert.deepEqual([never.exit, /3 dossiers, au jamais/.test(never.said)], [EXIT.unsound, true]);
  assert.equal((await ran('continuity-node status', { 'continuity.standing': NO_BOX })).exit, EXIT.unsound);
  await assert.rejects(ran('continuity-node other', {}), /status/);
});
