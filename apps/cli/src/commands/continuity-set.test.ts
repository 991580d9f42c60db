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
  set: { studies: 300, objects: 9_000, bytes: 4e11, coveredDays: 12.5, expected: 40, leftOut: 0 },
  indexedAtMs: null,
};

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
  const good = await ran('continuity status', { 'continuity.gauge': GAUGE });
  assert.equal(good.exit, EXIT.ok);
  assert.match(good.said, /Autonomy: 50\.5 d \(wanted: 42 d\)/);
  assert.match(good.said, /300 studies, 9000 objects/);
  assert.match(good.said, /last 12\.5 d, the priors of 40 patients/);
  const set = { ...GAUGE.set, leftOut: 7 };
  const bad = await ran('continuity status', { 'continuity.gauge': { ...GAUGE, isEnough: false, set } }, 'fr');
  assert.equal(bad.exit, EXIT.unsound);
  assert.match(bad.said, /Autonomie : 50,5 j \(voulue : 42 j\)/);
  assert.match(bad.said, /7 études voulues n’y tiennent pas/);
  const unknown = { ...GAUGE, autonomyDays: null, isEnough: null };
  assert.equal((await ran('continuity status', { 'continuity.gauge': unknown })).exit, EXIT.ok);
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
