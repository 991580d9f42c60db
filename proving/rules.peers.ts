import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Gateway } from './gateway.ts';
import { type MadeObject, makeObject } from './objects.ts';
import { callGateway, storeOne } from './sending.ts';

const NEEDLE = 'a harmless needle of the proving suite';
const RULE = `rule seen_here {
  meta:
    severity = "malicious"
    description_fr = "Aiguille inoffensive de la suite d’essais"
    description = "Harmless needle of the proving suite"
  strings: $a = "${NEEDLE}"
  condition: $a
}`;
const DEADLINE_MS = 60_000;

/** A report that says something in its text. */
function saying(words: string): MadeObject {
  const made = makeObject('sr');
  const text = Buffer.from(words.length % 2 === 0 ? words : `${words} `, 'latin1');
  // (4001,0010) reserves the block of the text (4001,1000): private elements, as makers write them.
  const creator = Buffer.from('014010004c4f0a004c454144474c41535320', 'hex');
  const head = Buffer.from('0140001055540000', 'hex');
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  return { ...made, dataSet: Buffer.concat([made.dataSet, creator, head, length, text]) };
}

interface Rules {
  readonly rules: readonly { readonly namespace: string; readonly name: string }[];
  readonly problems: readonly { readonly file: string; readonly line: number }[];
}

async function rulesUntil(gateway: Gateway, isReached: (rules: Rules) => boolean): Promise<Rules> {
  const endMs = performance.now() + DEADLINE_MS;
  for (;;) {
    const rules = JSON.parse(await gateway.cli('rules', 'list', '--json')) as Rules;
    if (isReached(rules)) return rules;
    assert.ok(performance.now() < endMs, JSON.stringify(rules.problems));
  }
}

const siteRules = ({ rules }: Rules) => rules.filter(({ namespace }) => namespace === 'site').map(({ name }) => name);

test('[GATE-30] a rule put into the folder is in force without a restart; a broken one changes nothing and is told', async (t) => {
  const gateway = await Gateway.start();
  t.after(() => gateway.dispose());
  await gateway.admitProver();
  const association = await callGateway(gateway.dimse, 'PROVER');
  const held = async (): Promise<string> => gateway.cli('hold', 'list', '--json');

  await storeOne(association, saying(NEEDLE));
  assert.equal((await gateway.status()).holds, 0);

  // Put there while the association goes on.
  const file = join(gateway.home, 'rules', 'site.yar');
  writeFileSync(file, RULE);
  await rulesUntil(gateway, (rules) => siteRules(rules).includes('seen_here'));
  await storeOne(association, saying(NEEDLE));
  assert.equal((await gateway.until(({ holds }) => holds === 1)).holds, 1);
  const told = await held();
  assert.match(told, /yara\.site\.seen_here/);
  assert.match(told, /Aiguille inoffensive de la suite d’essais/);

  writeFileSync(join(gateway.home, 'rules', 'broken.yar'), 'rule broken {\n  condition: $nothing\n}');
  const { problems } = await rulesUntil(gateway, (rules) => rules.problems.length > 0);
  assert.deepEqual(
    problems.map(({ file: name, line }) => [name, line]),
    [['broken.yar', 2]],
  );
  await storeOne(association, saying(`${NEEDLE}, again`));
  assert.equal((await gateway.until(({ holds }) => holds === 2)).holds, 2);
  assert.match(await gateway.cli('log', '--json'), /YARA rules of the site refused.*broken\.yar:2/);
  assert.match(await gateway.cli('status', '--json'), /rules\.refused/);

  rmSync(join(gateway.home, 'rules', 'broken.yar'));
  rmSync(file);
  assert.deepEqual(siteRules(JSON.parse(await gateway.cli('rules', 'reload', '--json')) as Rules), []);
  await storeOne(association, saying(`${NEEDLE}, at last`));
  await association.release();
  assert.equal((await gateway.status()).holds, 2);
});
