import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { text } from '@leadglass/kit';
import {
  type AeTitle,
  type Disposition,
  type FlowChoice,
  type Peer,
  type Route,
  type Severity,
  STRICTNESSES,
  verdictOf,
} from '@leadglass/model';
import { dispose, RULES, type Situation, TABLES } from './dispose.ts';
import { type Flow, flowOf, unfinishedOf } from './flow.ts';

const CT = '1.2.840.10008.5.1.4.1.1.2';
const PDF = '1.2.840.10008.5.1.4.1.1.104.1';
const PAGE = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'docs', 'rules', 'policy.md');

function peer(choice: FlowChoice = {}): Peer {
  const who = { aeTitle: 'CT1' as AeTitle, from: '192.0.2.7/32', allow: ['store'] } as const;
  return { ...who, whenHeld: 'keep-sending', privateSopClasses: [], ...choice };
}

function route(from: string, choice: FlowChoice): Route {
  return { from: from as AeTitle, to: 'pacs', ...choice };
}

interface Wish {
  readonly severity?: Severity;
  readonly flow: Flow;
  readonly unfinished?: readonly string[];
  readonly disarm?: boolean;
  readonly sopClassUid?: string;
}

function decide({
  severity = 'information',
  flow,
  unfinished = [],
  disarm = false,
  sopClassUid = CT,
}: Wish): Disposition {
  const sentence = text('fr', 'en');
  const findings = [{ inspector: 't', code: 't.x', severity, path: '', offset: 0, text: sentence, cites: '' }];
  const facts = { verdict: verdictOf(findings), findings, isUnreadable: false, peer: peer() };
  return dispose({ ...facts, capabilities: { disarm }, flow, unfinished, sopClassUid });
}

test('[POLICY-40] where nobody chose, a flow is balanced, and balanced is the table of always', () => {
  assert.deepEqual(flowOf(peer(), [route('*', {})]), { strictness: 'balanced', whenUnfinished: undefined });
  assert.equal(TABLES.balanced, RULES);
});

test('[POLICY-41] of the peer and the routes it takes, the strictest that chose decides', () => {
  const strictness = (own: FlowChoice, ...routes: Route[]) => flowOf(peer(own), routes).strictness;
  assert.equal(strictness({ strictness: 'permissive' }), 'permissive');
  assert.equal(strictness({ strictness: 'permissive' }, route('CT1', { strictness: 'balanced' })), 'balanced');
  assert.equal(
    strictness({}, route('*', { strictness: 'strict' }), route('CT1', { strictness: 'permissive' })),
    'strict',
  );
  assert.equal(strictness({}, route('MR1', { strictness: 'strict' })), 'balanced');
});

test('[POLICY-42] strict holds the doubtful and passes no disarmed copy; permissive passes the doubtful and disarms the malformed', () => {
  const kind = (strictness: Flow['strictness'], severity: Severity, disarm: boolean) =>
    decide({ severity, disarm, flow: { strictness, whenUnfinished: 'deliver' } }).kind;
  assert.deepEqual([kind('strict', 'suspicious', true), kind('strict', 'malformed', true)], ['hold', 'hold']);
  assert.deepEqual(
    [kind('permissive', 'suspicious', false), kind('permissive', 'malformed', false)],
    ['deliver', 'hold'],
  );
  assert.equal(kind('permissive', 'malformed', true), 'disarm');
  for (const strictness of STRICTNESSES)
    assert.deepEqual([kind(strictness, 'malicious', true), kind(strictness, 'information', true)], ['hold', 'deliver']);
});

test('[POLICY-42] an object passed on in doubt says so, and says what was seen', () => {
  const { reasons, status } = decide({
    severity: 'suspicious',
    flow: { strictness: 'permissive', whenUnfinished: 'deliver' },
  });
  assert.match(reasons[0]?.en ?? '', /permissive/);
  assert.deepEqual([reasons[1]?.en, status], ['en', 0]);
});

test('[POLICY-43] where nobody chose, an unfinished image is passed on and an unfinished document is held', () => {
  const flow: Flow = { strictness: 'balanced', whenUnfinished: undefined };
  const image = decide({ flow, unfinished: ['malware'] });
  const document = decide({ flow, unfinished: ['malware'], sopClassUid: PDF });
  assert.deepEqual([image.kind, document.kind], ['deliver', 'hold']);
  assert.ok(image.reasons.some((reason) => reason.en.includes('passed on all the same')));
  assert.match(document.reasons[0]?.en ?? '', /could not be completed.*held/);
  assert.equal(decide({ flow, sopClassUid: PDF }).kind, 'deliver');
});

test('[POLICY-44] the choice of a flow stands for every kind, the stricter of two choices wins, strict chooses hold', () => {
  const chosen = (own: FlowChoice, ...routes: Route[]) => flowOf(peer(own), routes).whenUnfinished;
  assert.equal(chosen({ whenUnfinished: 'deliver' }), 'deliver');
  assert.equal(chosen({ whenUnfinished: 'deliver' }, route('*', { whenUnfinished: 'hold' })), 'hold');
  assert.equal(chosen({ strictness: 'strict' }), 'hold');
  assert.equal(chosen({ strictness: 'strict', whenUnfinished: 'deliver' }), 'deliver');
  assert.equal(unfinishedOf({ strictness: 'balanced', whenUnfinished: 'deliver' }, PDF), 'deliver');
  assert.equal(
    decide({ flow: { strictness: 'balanced', whenUnfinished: 'hold' }, unfinished: ['codec'] }).kind,
    'hold',
  );
});

test('[POLICY-44] an unfinished object that would be disarmed or refused is not let off', () => {
  const flow: Flow = { strictness: 'balanced', whenUnfinished: 'hold' };
  assert.equal(decide({ severity: 'suspicious', disarm: true, flow, unfinished: ['codec'] }).kind, 'hold');
  const lenient: Flow = { strictness: 'balanced', whenUnfinished: 'deliver' };
  assert.equal(decide({ severity: 'malformed', flow: lenient, unfinished: ['codec'] }).kind, 'hold');
});

test('[POLICY-45] the tables of strictness in docs/rules/policy.md are those in force', () => {
  const page = readFileSync(PAGE, 'utf8').replace(/ +/g, ' ');
  for (const situation of Object.keys(RULES) as Situation[]) {
    const cells = STRICTNESSES.flatMap((strictness) => {
      const { plain, disarming } = TABLES[strictness][situation];
      return [plain.kind, disarming.kind];
    });
    assert.ok(page.includes(`| ${situation} | ${cells.join(' | ')} |`), `${situation}: ${cells.join(' | ')}`);
  }
});
