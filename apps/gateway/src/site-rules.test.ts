import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { RuleSource } from '@leadglass/inspect';
import { ManualClock, silentLogger, text } from '@leadglass/kit';
import { checkRules } from './rules-check.ts';
import { SiteRules } from './site-rules.ts';

const GOOD = 'rule seen { strings: $a = "a harmless needle" condition: $a }';

/** A folder that is watched; `bad` in a file is what the check refuses. */
function watched(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-rules-'));
  const clock = new ManualClock();
  const used: (readonly RuleSource[])[] = [];
  const told: string[] = [];
  const checks: string[] = [];
  const rules = new SiteRules({
    ...{ folder, clock, log: silentLogger },
    use: (site) => used.push(site),
    tell: (change) => told.push(change.en),
    check: async (site) => {
      checks.push(site.map(({ name }) => name).join(' '));
      const bad = site.find((one) => one.text.includes('bad'));
      const problem = { file: bad?.name ?? '', line: 2, text: text('refusé', 'refused for a reason') };
      const rule = {
        namespace: 'site' as const,
        file: 'a.yar',
        name: 'seen',
        line: 1,
        isAnchored: false,
        isHeavy: false,
      };
      return bad === undefined ? { problems: [], rules: [rule] } : { problems: [problem], rules: [] };
    },
  });
  t.after(() => {
    rules.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const put = (name: string, content: string) => writeFileSync(join(folder, name), content);
  /** So many looks at the folder, and what each has begun. */
  const looks = async (count: number) => {
    for (let look = 0; look < count; look += 1) {
      clock.advance(1_000);
      await rules.state();
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { rules, used, told, checks, put, looks };
}

test('[CONTROL-20] what is put into the folder is taken up by itself, once it lies still', async (t) => {
  const { rules, used, told, checks, put, looks } = watched(t);
  await rules.start();
  assert.deepEqual([used, checks], [[], []]);
  put('a.yar', GOOD);
  put('note.txt', 'bad, and no rule');
  await looks(1);
  assert.deepEqual(used, []);
  await looks(2);
  assert.deepEqual(used, [[{ name: 'a.yar', text: GOOD }]]);
  assert.match(told.join(), /^YARA rules of the site in force: 1 in 1 file /);
  const before = checks.length;
  await looks(5);
  assert.equal(checks.length, before);
});

test('[CONTROL-21] what does not pass changes nothing, and is told once in every place', async (t) => {
  const { rules, used, told, put, looks } = watched(t);
  put('a.yar', GOOD);
  await rules.start();
  put('b.yar', 'bad');
  await looks(6);
  assert.equal(used.length, 1);
  assert.deepEqual(rules.site, [{ name: 'a.yar', text: GOOD }]);
  assert.deepEqual(
    rules.problems.map(({ file, line }) => [file, line]),
    [['b.yar', 2]],
  );
  assert.equal(told.filter((one) => /refused.*b\.yar:2 refused for a reason/.test(one)).length, 1);
  put('b.yar', `${GOOD} // mended`);
  await looks(3);
  assert.equal(used.length, 2);
  assert.deepEqual(rules.problems, []);
});

test('[CONTROL-22] rules are compiled and tried where nothing is lost: sound ones pass, all that is wrong is told', async () => {
  const passed = await checkRules([{ name: 'a.yar', text: GOOD }]);
  assert.deepEqual(passed.problems, []);
  const names = passed.rules.filter(({ namespace }) => namespace === 'site').map(({ name }) => name);
  assert.deepEqual(names, ['seen']);
  assert.ok(passed.rules.length > 40);
  const refused = await checkRules([
    { name: 'a.yar', text: 'rule a {\n condition: $b }' },
    { name: 'b.yar', text: 'include "c.yar"\nrule b { condition: nothing }' },
  ]);
  assert.deepEqual(refused.problems.map(({ file, line }) => `${file}:${line}`).sort(), [
    'a.yar:2',
    'b.yar:1',
    'b.yar:2',
  ]);
});

test('[CONTROL-23] a rule that takes for ever is found, by name, before it is used', async () => {
  const slow =
    'rule fine { strings: $a = "fine words" condition: $a }\nrule endless { strings: $a = /a.{0,1000}b.{0,1000}c/ condition: $a }';
  const { problems } = await checkRules([{ name: 'slow.yar', text: slow }], { silenceMs: 3_000 });
  assert.deepEqual(
    problems.map(({ file, line, text: said }) => [file, line, /endless/.test(said.fr)]),
    [['slow.yar', 2, true]],
  );
});
