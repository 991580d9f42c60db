import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { AeTitle, FlowChoice, Peer, Route } from '@leadglass/model';
import {
  type DecidingPerson,
  type DecisionRequest,
  decisionRulesOf,
  REVIEW_REFUSALS,
  REVIEW_TABLE,
  type ReviewOutcome,
  type ReviewState,
  type ReviewStep,
  reviewOutcome,
  reviewState,
  wantsTwoPersons,
} from './decision.ts';

const PAGE = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'docs', 'rules', 'policy.md');
const NOW = 1_000_000;
const ANNE: DecidingPerson = { key: 'a', name: 'anne', inForceAtMs: 0 };
const BEN: DecidingPerson = { key: 'b', name: 'ben', inForceAtMs: NOW };
const NEW: DecidingPerson = { key: 'n', name: 'new', inForceAtMs: NOW + 1 };
const STEPS: readonly ReviewStep[] = ['decide', 'ask', 'approve', 'withdraw'];

function requestOf(asker: DecidingPerson | undefined, untilMs = NOW + 1): DecisionRequest {
  return { act: 'release', asker, untilMs };
}

const REQUESTS: Readonly<Record<ReviewState, DecisionRequest | undefined>> = {
  open: undefined,
  asked: requestOf(ANNE),
  expired: requestOf(ANNE, NOW),
};

const outcome = (step: ReviewStep, request?: DecisionRequest, person?: DecidingPerson): ReviewOutcome =>
  reviewOutcome({ step, request, person, nowMs: NOW });

function peer(choice: FlowChoice, aeTitle = 'CT1'): Peer {
  const who = { aeTitle: aeTitle as AeTitle, from: '192.0.2.7/32', allow: ['store'] } as const;
  return { ...who, whenHeld: 'keep-sending', privateSopClasses: [], ...choice };
}

const route = (from: string, choice: FlowChoice): Route => ({ from: from as AeTitle, to: 'pacs', ...choice });

test('[POLICY-60] one person decides unless a peer, a route or an earlier rule wants two; the strictest decides', () => {
  const rules = (...asked: Parameters<typeof decisionRulesOf>) => decisionRulesOf(...asked);
  assert.deepEqual(rules('CT1', [peer({})], [route('*', {})]), { release: 'one-person', destroy: 'one-person' });
  assert.equal(
    rules('CT1', [peer({ release: 'two-persons' })], [route('*', { release: 'one-person' })]).release,
    'two-persons',
  );
  assert.equal(rules('CT1', [peer({})], [route('*', { destroy: 'two-persons' })]).destroy, 'two-persons');
  assert.equal(
    rules('CT1', [peer({ release: 'two-persons' }, 'MR1')], [route('MR1', { release: 'two-persons' })]).release,
    'one-person',
  );
  const held = { release: 'two-persons', destroy: 'one-person' } as const;
  assert.deepEqual(rules('CT1', [peer({ release: 'one-person' })], [], [held]), held);
  // Two ranges of one title: which of them sent the object is not known later.
  assert.equal(rules('CT1', [peer({}), peer({ release: 'two-persons' })], []).release, 'two-persons');
  assert.deepEqual(
    [wantsTwoPersons([{}, { release: 'one-person' }]), wantsTwoPersons([{ destroy: 'two-persons' }])],
    [false, true],
  );
});

test('[POLICY-61] every cell of the table is what happens when whoever takes the step may', () => {
  for (const state of Object.keys(REVIEW_TABLE) as ReviewState[]) {
    for (const step of STEPS) {
      assert.equal(outcome(step, REQUESTS[state], BEN), REVIEW_TABLE[state][step], `${state} ${step}`);
      assert.equal(reviewState(REQUESTS[state], NOW), state);
    }
  }
});

test('[POLICY-61] the table in docs/rules/policy.md is the table in force', () => {
  const page = readFileSync(PAGE, 'utf8').replace(/ +/g, ' ');
  for (const state of Object.keys(REVIEW_TABLE) as ReviewState[]) {
    const cells = STEPS.map((step) => REVIEW_TABLE[state][step]);
    assert.ok(page.includes(`| ${state} | ${cells.join(' | ')} |`), `${state}: ${cells.join(' | ')}`);
  }
});

test('[POLICY-62] of two persons both sign, both count, and they are never the same', () => {
  assert.equal(outcome('ask'), 'unsigned');
  assert.equal(outcome('ask', undefined, NEW), 'too-new');
  assert.equal(outcome('ask', requestOf(ANNE, NOW), ANNE), 'asked');
  assert.equal(outcome('approve', requestOf(ANNE)), 'unsigned');
  assert.equal(outcome('approve', requestOf(ANNE), NEW), 'too-new');
  assert.equal(outcome('approve', requestOf(ANNE), ANNE), 'same-person');
  assert.equal(outcome('approve', requestOf(ANNE), { key: 'a', name: 'other', inForceAtMs: 5 }), 'same-person');
  assert.equal(outcome('approve', requestOf(ANNE), { key: 'another', name: 'anne', inForceAtMs: 5 }), 'same-person');
  assert.equal(outcome('approve', requestOf(undefined), BEN), 'asker-gone');
  assert.equal(outcome('approve', requestOf(NEW), BEN), 'asker-gone');
  assert.equal(outcome('approve', requestOf(ANNE), BEN), 'done');
});

test('[POLICY-62] no single person gets two persons’ decision done, whatever they do in whatever order', () => {
  for (const state of Object.keys(REQUESTS) as ReviewState[]) {
    for (const step of ['ask', 'approve', 'withdraw'] as const) {
      for (const person of [undefined, ANNE, NEW]) {
        assert.notEqual(outcome(step, REQUESTS[state], person), 'done', `${state} ${step}`);
      }
    }
  }
});

test('[POLICY-63] one person decides without a signature, and anybody withdraws', () => {
  assert.equal(outcome('decide'), 'done');
  assert.equal(outcome('decide', undefined, NEW), 'done');
  assert.equal(outcome('withdraw', requestOf(ANNE)), 'withdrawn');
});

test('[POLICY-63] every refusal says why and what to do, in both languages', () => {
  for (const sentence of Object.values(REVIEW_REFUSALS)) {
    assert.ok(sentence.fr.length > 40 && sentence.en.length > 40 && sentence.fr !== sentence.en);
  }
});
