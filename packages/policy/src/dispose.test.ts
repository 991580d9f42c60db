import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { text } from '@leadglass/kit';
import {
  type AeTitle,
  type Disposition,
  type Finding,
  type Peer,
  type Severity,
  UNREADABLE,
  verdictOf,
} from '@leadglass/model';
import { dispose, RULES, type Situation } from './dispose.ts';

const REPO = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

function peer(whenHeld: Peer['whenHeld']): Peer {
  return { aeTitle: 'CT1' as AeTitle, from: '192.0.2.7/32', allow: ['store'], whenHeld, privateSopClasses: [] };
}

function finding(severity: Severity, code = `test.${severity}`): Finding {
  return {
    inspector: 'test',
    code,
    severity,
    path: '(0010,0020)',
    offset: 10,
    text: text(`fr ${code}`, `en ${code}`),
    cites: 'PS3.5 §7.1',
  };
}

const FINDINGS: Readonly<Record<Situation, readonly Finding[]>> = {
  clean: [finding('information')],
  suspicious: [finding('information'), finding('suspicious')],
  malformed: [finding('suspicious'), finding('malformed')],
  unreadable: [finding('malformed'), finding('malformed', UNREADABLE)],
  malicious: [finding('malformed'), finding('malicious')],
};

function decide(situation: Situation, whenHeld: Peer['whenHeld'], disarm: boolean): Disposition {
  const findings = FINDINGS[situation];
  const verdict = verdictOf(findings);
  return dispose({ verdict, findings, isUnreadable: false, peer: peer(whenHeld), capabilities: { disarm } });
}

/** Every cell: situation, how holds are answered, whether disarming is possible; kind and status. */
const CELLS: readonly (readonly [Situation, Peer['whenHeld'], boolean, Disposition['kind'], number])[] = [
  ['clean', 'keep-sending', false, 'deliver', 0x0000],
  ['clean', 'tell', false, 'deliver', 0x0000],
  ['clean', 'keep-sending', true, 'deliver', 0x0000],
  ['clean', 'tell', true, 'deliver', 0x0000],
  ['suspicious', 'keep-sending', false, 'hold', 0x0000],
  ['suspicious', 'tell', false, 'hold', 0x0124],
  ['suspicious', 'keep-sending', true, 'disarm', 0x0000],
  ['suspicious', 'tell', true, 'disarm', 0x0000],
  ['malformed', 'keep-sending', false, 'hold', 0x0000],
  ['malformed', 'tell', false, 'hold', 0x0124],
  ['malformed', 'keep-sending', true, 'hold', 0x0000],
  ['malformed', 'tell', true, 'hold', 0x0124],
  ['unreadable', 'keep-sending', false, 'refuse', 0xc000],
  ['unreadable', 'tell', false, 'refuse', 0xc000],
  ['unreadable', 'keep-sending', true, 'refuse', 0xc000],
  ['unreadable', 'tell', true, 'refuse', 0xc000],
  ['malicious', 'keep-sending', false, 'hold', 0x0000],
  ['malicious', 'tell', false, 'hold', 0x0124],
  ['malicious', 'keep-sending', true, 'hold', 0x0000],
  ['malicious', 'tell', true, 'hold', 0x0124],
];
for (const [situation, whenHeld, disarm, kind, status] of CELLS) {
  test(`[POLICY-30] ${situation}, ${whenHeld}, ${disarm ? 'disarming' : 'no disarming'}: ${kind} ${status.toString(16).padStart(4, '0')}`, () => {
    const disposition = decide(situation, whenHeld, disarm);
    assert.equal(disposition.kind, kind);
    assert.equal(disposition.status, status);
    assert.equal(disposition.comment === undefined, status === 0);
  });
}

test('[POLICY-34] an object that is malicious and unreadable is refused with C000, its findings told', () => {
  const malicious = [finding('malicious')];
  for (const [findings, isUnreadable] of [
    [malicious, true],
    [[...malicious, finding('malformed', UNREADABLE)], false],
  ] as const) {
    const { kind, status, reasons } = dispose({
      verdict: 'malicious',
      findings,
      isUnreadable,
      peer: peer('keep-sending'),
      capabilities: { disarm: true },
    });
    assert.deepEqual([kind, status, reasons[1]?.en], ['refuse', 0xc000, 'en test.malicious']);
  }
});

test('[POLICY-30] every cell of the table is tried', () => {
  const situations = Object.keys(RULES);
  assert.equal(CELLS.length, situations.length * 2 * 2);
  assert.equal(new Set(CELLS.map((cell) => cell.slice(0, 3).join())).size, CELLS.length);
});

test('[POLICY-31] a comment is at most 64 ASCII characters, whatever a code is made of', () => {
  const findings = [finding('malicious', `évil\\\n${'x'.repeat(100)}`)];
  const { comment = '' } = dispose({
    verdict: 'malicious',
    findings,
    isUnreadable: false,
    peer: peer('tell'),
    capabilities: { disarm: false },
  });
  assert.ok(comment.length > 0 && comment.length <= 64);
  assert.match(comment, /^[\x20-\x5b\x5d-\x7e]+$/);
});

test('[POLICY-32] reasons are the worst first, each kind once, bounded, never empty', () => {
  const many = Array.from({ length: 64 }, (_, at) => finding('suspicious', `test.kind-${at % 20}`));
  const findings = [...many, finding('malicious'), finding('information')];
  const { reasons } = dispose({
    verdict: 'malicious',
    findings,
    isUnreadable: false,
    peer: peer('tell'),
    capabilities: { disarm: false },
  });
  assert.ok(reasons.length <= 8);
  assert.equal(reasons[1]?.en, 'en test.malicious');
  assert.ok(!reasons.some((reason) => reason.en.includes('information')));
  assert.match(reasons.at(-1)?.en ?? '', /15 other kinds/);
  assert.equal(decide('clean', 'tell', false).reasons.length, 1);
});

test('[POLICY-33] the table in docs/rules/policy.md is the table in force', () => {
  const page = readFileSync(join(REPO, 'docs', 'rules', 'policy.md'), 'utf8').replace(/ +/g, ' ');
  for (const situation of Object.keys(RULES) as Situation[]) {
    const { plain, disarming } = RULES[situation];
    assert.ok(
      page.includes(`| ${situation} | ${plain.kind} | ${disarming.kind} | ${plain.answer} | ${disarming.answer} |`),
      situation,
    );
  }
});

test('[POLICY-95] evidence is held whatever is found and whatever the flow, and its sender is told; what cannot be read is refused', () => {
  const evidence = { ...peer('keep-sending'), isEvidence: true };
  for (const verdict of ['clean', 'suspicious', 'malformed', 'malicious'] as const) {
    const flow = { strictness: 'permissive', whenUnfinished: 'deliver' } as const;
    const base = { findings: [], peer: evidence, capabilities: { disarm: true }, flow };
    const { kind, status, reasons } = dispose({ ...base, verdict, isUnreadable: false });
    assert.deepEqual([kind, status, reasons.length], ['hold', 0x0124, 1], verdict);
    assert.equal(dispose({ ...base, verdict, isUnreadable: true }).kind, 'refuse', verdict);
  }
});
