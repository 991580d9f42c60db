import assert from 'node:assert/strict';
import { test } from 'node:test';
import { text } from '@leadglass/kit';
import { type Finding, type Quirk, type Severity, UNREADABLE } from '@leadglass/model';
import { matchesPattern } from './glob.ts';
import { type Device, easeQuirks, quirksInForce, UNKNOWN_DEVICE, usedQuirks } from './quirks.ts';
import { SHIPPED_QUIRKS } from './shipped-quirks.ts';

const CT1: Device = { peer: 'CT1', manufacturer: 'ACME Medical ', model: 'Scan 3000', software: '1.2\\7' };

function finding(code: string, severity: Severity = 'malformed', path = '(0028,0120)'): Finding {
  return { inspector: 't', code, severity, path, offset: 0, text: text('fr', 'en'), cites: '' };
}

function severities(quirk: Omit<Quirk, 'name'>, findings: readonly Finding[], device = CT1): readonly Severity[] {
  return easeQuirks(findings, device, [{ name: 'test', ...quirk }]).map(({ severity }) => severity);
}

test('[POLICY-50] a pattern matches whole, with * for anything, without case', () => {
  const right = [
    ['acme*', 'ACME Medical'],
    ['*', ''],
    ['*med*al', 'acme medical '],
    ['a*b*c', 'aXbXbc'],
  ] as const;
  const wrong = [
    ['acme', 'ACME Medical'],
    ['a*a', 'a'],
    ['*x*', 'abc'],
    ['ab*bc', 'abc'],
  ] as const;
  for (const [pattern, value] of right) assert.ok(matchesPattern(pattern, value), `${pattern} ${value}`);
  for (const [pattern, value] of wrong) assert.ok(!matchesPattern(pattern, value), `${pattern} ${value}`);
});

test('[POLICY-50] a pattern of many stars takes no time', () => {
  const begun = process.cpuUsage();
  assert.equal(matchesPattern(`${'*a'.repeat(120)}*b*`, 'a'.repeat(10_000)), false);
  assert.ok(process.cpuUsage(begun).user / 1000 < 100);
});

test('[POLICY-51] a finding that is everyday for a device is information for it, and only that one', () => {
  const quirk = { manufacturer: 'ACME*', model: 'scan *', accept: ['a.b'] };
  assert.deepEqual(severities(quirk, [finding('a.b'), finding('a.c')]), ['information', 'malformed']);
  assert.deepEqual(severities(quirk, [finding('a.b')], { ...CT1, model: 'Other' }), ['malformed']);
  assert.deepEqual(severities(quirk, [finding('a.b')], UNKNOWN_DEVICE), ['malformed']);
  assert.deepEqual(severities({ ...quirk, path: '(0028,' }, [finding('a.b')]), ['information']);
  assert.deepEqual(severities({ ...quirk, path: '(0010,' }, [finding('a.b')]), ['malformed']);
});

test('[POLICY-52] a site accepts a code for a peer; a quirk of nobody is nobody’s', () => {
  assert.deepEqual(severities({ peer: 'CT1', accept: ['a.b'] }, [finding('a.b', 'suspicious')]), ['information']);
  assert.deepEqual(severities({ peer: 'CT2', accept: ['a.b'] }, [finding('a.b')]), ['malformed']);
  assert.deepEqual(severities({ model: '*', accept: ['a.b'] }, [finding('a.b')]), ['malformed']);
});

test('[POLICY-52] a strict flow believes the site’s quirks alone', () => {
  const own: Quirk = { name: 'own', peer: 'CT1', accept: ['a.b'] };
  assert.deepEqual(quirksInForce({ strictness: 'strict', whenUnfinished: 'hold' }, [own]), [own]);
  const balanced = quirksInForce({ strictness: 'balanced', whenUnfinished: undefined }, [own]);
  assert.deepEqual(balanced, [own, ...SHIPPED_QUIRKS]);
});

test('[POLICY-53] what is malicious and what cannot be read is excused by nobody', () => {
  const quirk = { peer: 'CT1', accept: ['a.b', UNREADABLE] };
  assert.deepEqual(severities(quirk, [finding('a.b', 'malicious'), finding(UNREADABLE)]), ['malicious', 'malformed']);
});

test('[POLICY-209] a quirk was used when it excused something of its device, and not by what nothing excuses', () => {
  const quirks: Quirk[] = [
    { name: 'mine', peer: 'CT1', accept: ['a.b'] },
    { name: 'other', peer: 'CT2', accept: ['a.b'] },
    { name: 'idle', peer: 'CT1', accept: ['a.c'] },
  ];
  assert.deepEqual(usedQuirks([finding('a.b'), finding('a.d')], CT1, quirks), ['mine']);
  assert.deepEqual(usedQuirks([finding('a.b', 'malicious'), finding('a.b', 'information')], CT1, quirks), []);
});

test('[POLICY-54] what is shipped names its maker, its source and why, in both languages, once', () => {
  const names = SHIPPED_QUIRKS.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  for (const quirk of SHIPPED_QUIRKS) {
    assert.match(quirk.name, /^[a-z0-9.-]{1,64}$/);
    for (const said of [quirk.manufacturer ?? '', quirk.model ?? '', quirk.source, quirk.why.fr, quirk.why.en])
      assert.ok(said !== '', quirk.name);
    assert.ok(quirk.accept.length > 0 && quirk.accept.every((code) => /^[a-z]+\.[a-z0-9-]+$/.test(code)), quirk.name);
  }
});
