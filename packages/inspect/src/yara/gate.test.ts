import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startBinding } from './binding.ts';
import { Gate } from './gate.ts';
import { isAnchored, loopDepth, needOf } from './need.ts';
import { type Rule, readSource, without } from './rule.ts';
import { compileRules } from './rule-set.ts';
import { engineOf, latin, numbers, sources, wasm } from './yara.testkit.ts';

function ruleOf(strings: string, condition: string): Rule {
  const { rules } = readSource(`rule a { strings: ${strings} condition: ${condition} }`);
  assert.equal(rules.length, 1);
  return rules[0] as Rule;
}

const needed = (strings: string, condition: string) => {
  const need = needOf(ruleOf(strings, condition));
  return need === undefined
    ? undefined
    : [...need.literals.map(({ text }) => text), ...need.starts.map((start) => `^${start}`)];
};

const AB = '$a = "first words" $b = "second words" nocase';

describe('what a rule needs', () => {
  const cases: readonly [strings: string, condition: string, need: readonly string[] | undefined][] = [
    [AB, '$a', ['first words']],
    [AB, '$a and $b', ['second words']],
    [AB, '$a or $b', ['first words', 'second words']],
    [AB, 'any of them', ['first words', 'second words']],
    [AB, '2 of ($a, $b)', ['first words', 'second words']],
    [AB, 'all of them', ['second words']],
    [AB, '#a > 3', ['first words']],
    [AB, '#a >= 0 and #b == 0', undefined],
    [AB, '$a at 0', ['first words']],
    [AB, '($a or $b) and filesize < 10KB', ['first words', 'second words']],
    [AB, '$a or filesize < 10', undefined],
    [AB, 'not $a', undefined],
    [AB, 'none of them', undefined],
    [AB, 'for any of them : ( @ < 10 )', undefined],
    [AB, 'uint16(0) == 0x5A4D and any of them', ['^MZ']],
    [AB, 'uint16be(0) == 0x4D5A', ['^MZ']],
    [AB, 'uint16(0) == 0x5A4D or $a', ['first words', '^MZ']],
    [AB, 'other and $a', ['first words']],
    ['$a = "short" wide', '$a', ['s\0h\0o\0r\0t']],
    ['$a = "short" wide ascii', '$a', ['short', 's\0h\0o\0r\0t']],
    ['$a = "masked words" xor', '$a', undefined],
    ['$a = "abc"', '$a', undefined],
    ['$a = "a\\x00\\"b\\\\c\\n"', '$a', ['a\0"b\\c\n']],
    ['$a = { 6A 40 68 00 30 ?? 11 22 }', '$a', ['j@h\x000']],
    ['$a = { 6A 40 68 [2-4] 11 22 33 44 55 }', '$a', ['\x11"3DU']],
    ['$a = { 6A 40 ( 68 69 70 71 72 | 00 ) 11 // } \n 22 33 44 }', '$a', ['\x11"3D']],
    ['$a = /power(shell)? +-enc[a-z]*commands?/', '$a', ['command']],
    ['$a = /first|second/i', '$a', ['first', 'second']],
    ['$a = /a.*b/', '$a', undefined],
    ['$a = /https?:\\/\\/example\\.org/', '$a', ['://example.org']],
  ];
  for (const [strings, condition, expected] of cases) {
    test(`[INSPECT-340] ${strings} ${condition}`.slice(0, 120), () => {
      assert.deepEqual(needed(strings, condition), expected);
    });
  }

  test('[INSPECT-341] a rule that speaks of places or sizes is judged at the beginning alone', () => {
    for (const condition of [
      '$a at 0',
      '$a in (0..9)',
      'uint16(0) == 1 and $a',
      '$a and filesize < 5',
      '@a[1] > 3',
      'pe.is_pe',
    ])
      assert.equal(isAnchored(ruleOf(AB, condition)), true, condition);
    for (const condition of ['$a', 'any of them', '#a > 2 and not $b'])
      assert.equal(isAnchored(ruleOf(AB, condition)), false);
  });

  test('[INSPECT-342] loops in loops are seen', () => {
    const loop = 'for any i in (0..9) : ( uint8(i) == 1 )';
    assert.equal(loopDepth(ruleOf(AB, loop)), 1);
    assert.equal(loopDepth(ruleOf(AB, `${loop} and ${loop}`)), 1);
    assert.equal(loopDepth(ruleOf(AB, `for any j in (0..9) : ( ${loop} )`)), 2);
  });

  test('[INSPECT-343] a rule is taken out and every other line stays where it was', () => {
    const text =
      'rule a { condition: true }\n/* rule x { */ private rule b {\n condition: false }\nrule c { condition: true }';
    const { rules } = readSource(text);
    assert.deepEqual(
      rules.map(({ name, line, isPrivate }) => [name, line, isPrivate]),
      [
        ['a', 1, false],
        ['b', 2, true],
        ['c', 4, false],
      ],
    );
    const left = without(text, rules.slice(1, 2));
    assert.equal(left.split('\n').length, 4);
    assert.deepEqual(
      readSource(left).rules.map(({ name, line }) => [name, line]),
      [
        ['a', 1],
        ['c', 4],
      ],
    );
  });
});

describe('the gate', () => {
  test('[INSPECT-344] finds a literal at every place, in either case, and not its like', () => {
    const gate = new Gate([{ literals: [{ text: 'Needle!', isAnyCase: true }], starts: [] }]);
    const memory = new ArrayBuffer(64);
    const [bytes, quads] = [new Uint8Array(memory), new Int32Array(memory)];
    const look = (content: string, from = 0) => {
      bytes.set(latin(content));
      const found = new Set<number>();
      gate.look({ bytes, quads }, from, content.length, found);
      return found.size > 0;
    };
    for (let at = 0; at <= 12; at += 1) assert.equal(look(`${'-'.repeat(at)}nEEDLE!${'-'.repeat(9)}`), true, `${at}`);
    for (const other of ['Needle\x01--', 'Needle', 'N%edle!', 'Nee\0dle!']) assert.equal(look(other), false, other);
  });

  test('[INSPECT-344] lets literals in together that begin alike without end', () => {
    const needs = Array.from({ length: 100 }, (_, at) => ({
      literals: [
        { text: `https://example.org/${at}`.slice(0, 16), isAnyCase: false },
        { text: `httpsecond ${at}`, isAnyCase: false },
      ],
      starts: [],
    }));
    const gate = new Gate(needs);
    const memory = new ArrayBuffer(64);
    const bytes = new Uint8Array(memory);
    bytes.set(latin('all of httpsecond 7 here'));
    const found = new Set<number>();
    gate.look({ bytes, quads: new Int32Array(memory) }, 0, 24, found);
    assert.equal(found.has(7), true);
    assert.equal(found.size, 100);
  });

  test('[INSPECT-345] never stops what YARA would find: thousands of random rules and contents', async () => {
    const binding = await startBinding(wasm());
    const next = numbers(20_261_127);
    const pick = <T>(all: readonly T[]): T => all[next.next().value % all.length] as T;
    const words = ['alphabet', 'betatron', 'gammaknife', 'delta wave', 'EPSILON', 'zeta{}', 'abcd'];
    const patterns = [
      () => `"${pick(words)}" ${pick(['', 'nocase', 'wide', 'wide ascii', 'fullword', 'xor', 'base64'])}`,
      () =>
        `/${pick(words).replace(/[{}]/g, '.')}${pick(['?', '+', '*', '{0,2}', '[a-z]', '.', '|x', '(y|z)?', ''])}${pick(words).slice(0, 4)}/${pick(['', 'i', 's'])}`,
      () =>
        `{ ${[...pick(words)].map((one) => one.charCodeAt(0).toString(16).padStart(2, '0')).join(' ')} ${pick(['??', '[0-4]', '( 41 | 42 )', '4?'])} 41 42 }`,
    ];
    const conditions = [
      'any of them',
      'all of them',
      '$a or $b',
      '$a and not $b',
      '#a > 1',
      '$b at 0',
      'uint16(0) == 0x5A4D and ($a or $b)',
      '1 of ($*)',
      '$a or filesize == 40',
      'uint32be(0) == 0x61626364 or $a',
    ];
    let matched = 0;
    for (let round = 0; round < 25; round += 1) {
      const text = Array.from(
        { length: 8 },
        (_, at) =>
          `rule r${at} { strings: $a = ${pick(patterns)()} $b = ${pick(patterns)()} condition: (${pick(conditions)}) or (all of ($a, $b)) }`,
      ).join('\n');
      const compiled = compileRules(binding, sources(text));
      assert.ok('set' in compiled, JSON.stringify(compiled));
      const { set } = compiled;
      for (let content = 0; content < 40; content += 1) {
        const parts = Array.from({ length: 1 + (next.next().value % 4) }, () =>
          pick([...words, 'MZ', 'xyz', 'A', ' ', 'AB', '\0', 'a\0l\0p\0h\0a\0b\0e\0t\0', 'GAMMAKNIFE']),
        );
        const memory = new ArrayBuffer(256);
        const bytes = new Uint8Array(memory);
        const length = Math.min(256, bytes.length, parts.join('').length);
        bytes.set(latin(parts.join('').slice(0, 256)));
        const found = new Set<number>(set.gate.beginning(bytes, length));
        set.gate.look({ bytes, quads: new Int32Array(memory) }, 0, length, found);
        for (const { rule } of set.scan(bytes.subarray(0, length))) {
          matched += 1;
          assert.ok(
            rule.isHeavy || found.has(set.rules.indexOf(rule)),
            `${text}\n${JSON.stringify(parts.join(''))} ${rule.name}`,
          );
        }
      }
      set.free();
    }
    assert.ok(matched > 250, `${matched} matches`);
  });

  test('[INSPECT-347] rules that share patterns hide nothing from each other, whatever they ask of the file', async () => {
    const binding = await startBinding(wasm());
    const bounds = [
      'uint16(0) == 0x5A4D and',
      'filesize < 5 and',
      'filesize > 500 and',
      '',
      'uint8(0) == 0x73 and',
      '$a at 3 or',
    ];
    const rules = bounds.map(
      (bound, at) => `rule r${at} { strings: $a = "shared words" ascii wide nocase condition: ${bound} $a }`,
    );
    const namesOf = (text: string, content: string) => {
      const compiled = compileRules(binding, sources(text));
      assert.ok('set' in compiled);
      const names = compiled.set.scan(latin(content)).map(({ rule }) => rule.name);
      compiled.set.free();
      return names.sort();
    };
    for (const content of ['some shared words', 'MZ shared words', 'the shared words']) {
      const alone = rules.flatMap((rule) => namesOf(rule, content)).sort();
      assert.deepEqual(namesOf(rules.join('\n'), content), alone);
      assert.deepEqual(namesOf(rules.toReversed().join('\n'), content), alone);
    }
  });

  test('[INSPECT-346] sets come and go in bounded memory', async () => {
    const engine = await engineOf(sources('rule a { strings: $a = "some words" condition: $a }'));
    const big = Array.from(
      { length: 300 },
      (_, at) => `rule r${at} { strings: $a = "words number ${at * 7919}" condition: $a }`,
    ).join('\n');
    for (let round = 0; round < 20; round += 1) assert.deepEqual(engine.replace(sources(big)), []);
    const after = engine.heapBytes;
    for (let round = 0; round < 20; round += 1) assert.deepEqual(engine.replace(sources(big)), []);
    assert.ok(engine.heapBytes <= after * 1.2, `${after} to ${engine.heapBytes}`);
  });
});
