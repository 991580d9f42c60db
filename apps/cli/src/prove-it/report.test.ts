import assert from 'node:assert/strict';
import { test } from 'node:test';
import { text } from '@leadglass/kit';
import type { Outcome } from './outcome.ts';
import { pageOf } from './report.ts';
import { htmlOf } from './report-html.ts';
import { markdownOf } from './report-markdown.ts';
import type { RunReport, Standing } from './run.ts';
import { isProved } from './teller.ts';

const standing = (size: number): Standing => ({
  status: {
    version: '0.1.0',
    home: '/home',
    startedAtMs: 0,
    listeners: [{ name: 'dimse', address: '127.0.0.1:11112' }],
    ...{ associations: 0, intakes: 2, peers: 3, destinations: 1, routes: 1, holds: 0 },
    custody: { objects: 0, bytes: 0, notLaidOut: 0 },
    deliveries: { pending: 0, delivered: 0, failed: 0 },
    ledger: { size, waiting: 0 },
    troubles: [],
  },
  checkpoint: {
    ...{ origin: 'leadglass/site', size, rootHash: new Uint8Array(32) },
    note: `leadglass/site\n${size}\nAAAA\n\n— leadglass/site <sig>\n`,
  },
});

const outcome = (id: string, isRight: boolean): Outcome => ({
  ...{ id, class: 'B16', name: text(`attaque <b>${id}`, `attack <b>${id}`), isRight },
  deed: isRight ? 'held' : 'passed',
  ...{ status: 0, findings: ['injection.markup'], isRecorded: true, tookMs: 12 },
  why: text('arrivé | tel quel', 'arrived | as it was'),
});

const control: Outcome = { ...outcome('control-1', true), class: 'control', deed: 'passed' };

function reportOf(...outcomes: readonly Outcome[]): RunReport {
  return {
    ...{
      seed: 7,
      listener: 'dimse',
      startedAtMs: 1_790_000_000_000,
      endedAtMs: 1_790_000_030_000,
      isCutShort: false,
      honestMs: 4,
    },
    ...{ before: standing(3), after: standing(90), outcomes: [control, ...outcomes], kept: 1 },
    cleared: { peers: 3, routes: 1, destinations: 1, holds: 2, holdsLeft: 0 },
  };
}

const GOOD = reportOf(outcome('B16-1', true));
const BAD = reportOf(outcome('B16-1', true), outcome('B16-2', false));

test('[CLI-68] a run proves something when every attack was stopped, every control arrived, and an honest peer is answered at the end', () => {
  assert.ok(isProved(GOOD));
  assert.ok(!isProved(BAD));
  assert.ok(!isProved({ ...GOOD, honestMs: undefined }));
  assert.ok(!isProved({ ...GOOD, isCutShort: true }));
  assert.ok(!isProved(reportOf({ ...control, isRight: false })));
  assert.ok(!isProved({ ...GOOD, outcomes: [] }));
});

for (const language of ['fr', 'en'] as const) {
  test(`[CLI-69] the report in ${language} has the figures, each failure in full and both checkpoints, and asks for nothing from anywhere`, () => {
    const html = htmlOf(pageOf(BAD, language));
    assert.match(html, new RegExp(`<html lang="${language}">`));
    assert.match(html, /<b>1\/2<\/b>/);
    assert.ok(html.includes('attaque &lt;b&gt;B16-2') || html.includes('attack &lt;b&gt;B16-2'));
    assert.ok(!html.includes('B16-1'), 'what held is a figure');
    assert.ok(html.includes('leadglass/site\n3\n') && html.includes('leadglass/site\n90\n'));
    assert.doesNotMatch(html, /\b(?:src|href)=|url\(|@import|https?:/);
    assert.doesNotMatch(html, /complian|conforme/i);
    const proved = htmlOf(pageOf(GOOD, language));
    assert.match(proved, /class="verdict good"/);
    assert.match(html, /class="verdict bad"/);
  });
}

test('[CLI-69] the report in Markdown says the same, and nothing in it is taken for markup', () => {
  const markdown = markdownOf(pageOf(BAD, 'en'));
  assert.match(markdown, /\*\*B16-2\*\* attack \\<b\\>B16-2/);
  assert.match(markdown, /arrived \\\| as it was/);
  assert.match(markdown, /\| B16 \| .* \| 1\/2 \|/);
});
