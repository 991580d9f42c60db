import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { planDisarm } from './plan.ts';
import { finding } from './testkit.ts';

const treatmentsOf = (...findings: readonly ReturnType<typeof finding>[]): object =>
  Object.fromEntries(planDisarm(findings).treatments);
const obstaclesOf = (...findings: readonly ReturnType<typeof finding>[]): readonly string[] =>
  planDisarm(findings).obstacles.map((one) => one.code);

describe('planning', () => {
  test('[REWRITE-1] what an element is to care decides how it is made harmless', () => {
    assert.deepEqual(treatmentsOf(finding('disguise.executable', '(0009,1001)')), { '(0009,1001)': 'remove' });
    assert.deepEqual(treatmentsOf(finding('injection.markup', '(0010,0010)')), { '(0010,0010)': 'clean' });
    assert.deepEqual(treatmentsOf(finding('url.metadata', '(0008,1190)')), { '(0008,1190)': 'empty' });
    assert.deepEqual(treatmentsOf(finding('injection.markup', '(0008,0020)')), { '(0008,0020)': 'empty' });
    assert.deepEqual(treatmentsOf(finding('malware.rule', '(0042,0011)')), { '(0042,0011)': 'notice' });
    assert.deepEqual(treatmentsOf(finding('uid.characters', '(0020,000D)')), { '(0020,000D)': 'new-uid' });
    assert.deepEqual(treatmentsOf(finding('disguise.archive', '(0088,0200)')), { '(0088,0200)': 'remove' });
    assert.deepEqual(treatmentsOf(finding('vr.wrong', '(0010,0010)')), { '(0010,0010)': 'recast' });
  });

  test('[REWRITE-1] what is inside a private sequence is private; inside a public one it is what it is', () => {
    const nested = '(0009,1001)[3]/(0008,1030)';
    assert.deepEqual(treatmentsOf(finding('injection.markup', nested)), { [nested]: 'remove' });
    const text = '(0040,A730)[2]/(0040,A160)';
    assert.deepEqual(treatmentsOf(finding('injection.markup', text)), { [text]: 'clean' });
    assert.deepEqual(treatmentsOf(finding('injection.markup', '(0009,0010)')), { '(0009,0010)': 'clean' });
  });

  test('[REWRITE-2] image, medical content and what cannot be read are obstacles, and say so in both languages', () => {
    assert.deepEqual(obstaclesOf(finding('disguise.executable', '(7FE0,0010)')), ['rewrite.pixels']);
    assert.deepEqual(obstaclesOf(finding('codec.frame-larger', '(7FE0,0010)')), ['rewrite.pixels']);
    assert.deepEqual(obstaclesOf(finding('pixels.short', '(7FE0,0010)')), ['rewrite.pixels']);
    assert.deepEqual(obstaclesOf(finding('structure.inflate-bomb', '')), ['rewrite.unreadable']);
    assert.deepEqual(obstaclesOf(finding('structure.truncated-value', '(0010,0010)')), ['rewrite.unreadable']);
    assert.deepEqual(obstaclesOf(finding('disguise.archive', '(5400,0100)')), ['rewrite.medical-content']);
    assert.deepEqual(obstaclesOf(finding('injection.markup', '(0028,0030)')), ['rewrite.medical-content']);
    assert.deepEqual(obstaclesOf(finding('structure.length-beyond-parent', '(300A,00B0)/(FFFE,E000)')), [
      'rewrite.medical-content',
    ]);
    assert.deepEqual(obstaclesOf(finding('directory.loop', '(0004,1400)')), ['rewrite.directory']);
    assert.deepEqual(obstaclesOf(finding('meta.unknown-transfer-syntax', '(0002,0010)')), ['rewrite.transfer-syntax']);
    const [obstacle] = planDisarm([finding('pixels.short', '(7FE0,0010)')]).obstacles;
    assert.ok(obstacle !== undefined && obstacle.text.fr !== '' && obstacle.text.en !== '');
  });

  test('[REWRITE-2] of two images or two measurements nobody but a person chooses', () => {
    assert.deepEqual(obstaclesOf(finding('structure.duplicate-element', '(7FE0,0010)')), ['rewrite.medical-content']);
    assert.deepEqual(obstaclesOf(finding('structure.duplicate-element', '(0028,0010)')), ['rewrite.medical-content']);
    assert.deepEqual(obstaclesOf(finding('structure.duplicate-element', '(0010,0010)')), []);
  });

  test('[REWRITE-4] a finding at an item means its sequence', () => {
    const path = '(0008,1140)[0]';
    assert.deepEqual(treatmentsOf(finding('structure.not-an-item', path)), { '(0008,1140)': 'remove' });
    assert.deepEqual(treatmentsOf(finding('structure.length-beyond-parent', '(0008,1140)/(FFFE,E000)')), {
      '(0008,1140)': 'remove',
    });
  });

  test('[REWRITE-4] the graver of two treatments holds, in either order', () => {
    const wrong = finding('vr.wrong', '(0010,0010)');
    const text = finding('injection.markup', '(0010,0010)');
    assert.deepEqual(treatmentsOf(wrong, text), { '(0010,0010)': 'clean' });
    assert.deepEqual(treatmentsOf(text, wrong), { '(0010,0010)': 'clean' });
  });

  test('[REWRITE-5] information asks for nothing, and what has no place is a doubt', () => {
    assert.deepEqual(treatmentsOf(finding('structure.odd-length', '(0010,0010)', 'information')), {});
    assert.deepEqual(planDisarm([finding('malware.clamd', '')]).doubts, ['malware.clamd']);
    assert.deepEqual(obstaclesOf(finding('malware.clamd', '')), ['rewrite.whole-object']);
    assert.deepEqual(obstaclesOf(finding('malware.clamd', ''), finding('trailing.bytes', '')), []);
    assert.deepEqual(obstaclesOf(finding('preamble.executable', '', 'malicious')), []);
    assert.deepEqual(treatmentsOf(finding('uid.characters', '(0002,0003)')), {});
  });
});
