import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { YaraEngine } from './engine.ts';
import { MOST_HEAVY_SCANS, MOST_SCANS, yara } from './eye.ts';
import { OVERLAP_BYTES, WINDOW_BYTES } from './window.ts';
import { engineOf, latin, show, sources, wasm } from './yara.testkit.ts';

const TEXT = 'rule words { strings: $a = "a harmless needle" condition: $a }';
const NEEDLE = latin('a harmless needle');
const found = ['yara.site.words'];

describe('the YARA eye', () => {
  test('[INSPECT-350] finds a match in any pieces, and across the end of a window', async () => {
    const maker = yara(await engineOf(sources(TEXT)));
    for (const at of [
      0,
      1,
      2,
      3,
      1_000,
      WINDOW_BYTES - 9,
      WINDOW_BYTES - 1,
      2 * WINDOW_BYTES - OVERLAP_BYTES - 5,
      600_000,
    ]) {
      const bytes = new Uint8Array(700_001);
      bytes.set(NEEDLE, at);
      for (const pieces of [7_919, 65_536, 700_001])
        assert.deepEqual(show(maker, { bytes, pieces }).codes, found, `${at}`);
    }
    const bytes = new Uint8Array(300);
    bytes.set(NEEDLE, 200);
    assert.deepEqual(show(maker, { bytes, pieces: 1 }).codes, found);
  });

  test('[INSPECT-350] tells a rule once of each content, and contents apart', async () => {
    const maker = yara(await engineOf(sources(TEXT)));
    const bytes = new Uint8Array(3 * WINDOW_BYTES);
    for (let at = 100; at < bytes.length - 100; at += 50_000) bytes.set(NEEDLE, at);
    assert.deepEqual(show(maker, { bytes }).codes, found);
    assert.deepEqual(show(maker, { bytes }, { bytes: NEEDLE }, { bytes: latin('a harmless') }).codes, [
      ...found,
      ...found,
    ]);
    assert.deepEqual(show(maker, { bytes: latin('a harmless') }, { bytes: latin(' needle') }).codes, []);
  });

  test('[INSPECT-348] rules known to be good start YARA when the gate first lets a content in, and not before', async () => {
    let now = 0;
    const clock = () => {
      now += 1;
      return now;
    };
    const engine = await YaraEngine.openKnown({ wasm, nowMs: clock }, sources(TEXT));
    const maker = yara(engine);
    assert.deepEqual(show(maker, { bytes: latin('nothing of the sort, at length') }).codes, []);
    assert.deepEqual(engine.replace(sources(TEXT.replace('words', 'other'))), []);
    assert.equal(engine.heapBytes, 0);
    assert.deepEqual(show(maker, { bytes: NEEDLE }).codes, ['yara.site.other']);
    assert.ok(engine.heapBytes > 0);
    assert.deepEqual(engine.state, { off: [], isDown: false });
    assert.deepEqual(engine.replace(sources(TEXT)), []);
    assert.deepEqual(show(maker, { bytes: NEEDLE }).codes, found);
  });

  test('[INSPECT-348] starting it is not laid to the rule it is started for', async () => {
    let now = 0;
    const slowStart = () => {
      now += 10_000;
      return wasm();
    };
    const engine = await YaraEngine.openKnown({ wasm: slowStart, nowMs: () => now }, sources(TEXT));
    assert.deepEqual(show(yara(engine), { bytes: NEEDLE }).codes, found);
  });

  test('[INSPECT-351] rules of places and sizes see the whole of what fits a window, and only the beginning of more', async () => {
    const anchored = `
      rule begins { condition: uint16(0) == 0x5A4D }
      rule at_zero { strings: $a = "a harmless needle" condition: $a at 0 }
      rule small { strings: $a = "a harmless needle" condition: $a and filesize == 20 }
      rule free { strings: $a = "a harmless needle" condition: $a }`;
    const maker = yara(await engineOf(sources(anchored)));
    const codes = (bytes: Uint8Array) =>
      show(maker, { bytes })
        .codes.map((code) => code.slice('yara.site.'.length))
        .sort();
    assert.deepEqual(codes(latin('MZ a harmless needle')), ['begins', 'free', 'small']);
    assert.deepEqual(codes(latin('a harmless needle')), ['at_zero', 'free']);
    // Everything again where the second window begins: there it is no beginning.
    const long = new Uint8Array(2 * WINDOW_BYTES);
    long.set(NEEDLE, WINDOW_BYTES - OVERLAP_BYTES);
    assert.deepEqual(codes(long), ['free']);
    const second = new Uint8Array(2 * WINDOW_BYTES);
    second.set(latin('MZ'), WINDOW_BYTES - OVERLAP_BYTES);
    second.set(NEEDLE, WINDOW_BYTES + 50);
    assert.deepEqual(codes(second), ['free']);
  });

  test('[INSPECT-352] speaks in the rule’s words, made safe, and names the rule where it has none', async () => {
    const rules = `
      rule told { meta: severity = "suspicious" description = "Seen in a\\x07test" description_fr = "Vu dans un essai" reference = "CERT 12" strings: $a = "first needle" condition: $a }
      rule plain { meta: severity = "fatal" strings: $a = "second needle" condition: $a }
      private rule hidden { strings: $a = "third needle" condition: $a }
      rule shown { meta: severity = "information" condition: hidden }`;
    const maker = yara(await engineOf(sources(rules)));
    const { kinds } = show(maker, { bytes: latin('first needle, second needle, third needle') });
    const told = kinds.map(({ code, severity, text, cites }) => [code, severity, text.fr, text.en, cites]);
    assert.deepEqual(told, [
      ['yara.site.told', 'suspicious', 'Vu dans un essai', 'Seen in a?test', 'CERT 12'],
      [
        'yara.site.plain',
        'malicious',
        'La règle YARA plain reconnaît un contenu dangereux dans cet objet.',
        'The YARA rule plain recognises dangerous content in this object.',
        '',
      ],
      [
        'yara.site.shown',
        'information',
        'La règle YARA shown reconnaît un contenu dangereux dans cet objet.',
        'The YARA rule shown recognises dangerous content in this object.',
        '',
      ],
    ]);
  });

  test('[INSPECT-353] contents that hold what rules look for without end are no accident', async () => {
    const maker = yara(
      await engineOf(
        sources('rule two { strings: $a = "a harmless needle" $b = "in its haystack" condition: $a and $b }'),
      ),
    );
    const decoys = Array.from({ length: MOST_SCANS + 5 }, () => ({
      bytes: latin('a harmless needle in its hay'),
      pieces: 8,
    }));
    const { codes, unfinished } = show(maker, ...decoys);
    assert.deepEqual([codes, unfinished], [['yara.too-many'], ['yara']]);
    assert.deepEqual(show(maker, ...decoys.slice(0, MOST_SCANS)).codes, []);
  });

  test('[INSPECT-354] a rule that nothing can be searched for sees beginnings, and not without end', async () => {
    const engine = await engineOf(sources('rule heavy { condition: filesize > 2000 and uint8(1999) == 7 }'));
    assert.deepEqual(
      engine.set.rules.map(({ isHeavy, isAnchored }) => [isHeavy, isAnchored]),
      [[true, true]],
    );
    const bytes = new Uint8Array(2001).fill(7);
    const maker = yara(engine);
    assert.deepEqual(show(maker, { bytes }, { bytes, role: 'document' }).codes, ['yara.site.heavy', 'yara.site.heavy']);
    assert.deepEqual(show(maker, { bytes, role: 'pixels' }).codes, []);
    const many = Array.from({ length: MOST_HEAVY_SCANS + 3 }, () => ({ bytes: new Uint8Array(2001) }));
    assert.deepEqual(show(maker, ...many).codes, ['yara.too-heavy']);
  });

  test('[INSPECT-355] a rule that is too slow is switched off with its name, and the others go on', async () => {
    let now = 0;
    const states: string[][] = [];
    const opened = await YaraEngine.open(
      { wasm, nowMs: () => (now += 3_000), changed: ({ off }) => states.push(off.map(({ name }) => name)) },
      sources(
        `rule slow { strings: $a = "first needle" condition: $a }\nrule other { strings: $a = "second needle" condition: $a }`,
      ),
    );
    assert.ok('engine' in opened);
    const maker = yara(opened.engine);
    assert.deepEqual(show(maker, { bytes: latin('first needle') }).codes, ['yara.site.slow', 'yara.rules-off']);
    assert.deepEqual(states, [['slow']]);
    assert.deepEqual(
      opened.engine.set.rules.map(({ name, line }) => [name, line]),
      [['other', 2]],
    );
    assert.deepEqual(show(maker, { bytes: latin('first needle') }).codes, []);
  });

  test('[INSPECT-355] one that others speak of takes the site’s rules with it, and leaves ours', async () => {
    let now = 0;
    const clock = () => {
      now += 3_000;
      return now;
    };
    const site = 'rule slow { strings: $a = "first needle" condition: $a } rule more { condition: slow }';
    const engine = await engineOf(sources(site, 'rule ours { strings: $a = "our own needle" condition: $a }'), clock);
    show(yara(engine), { bytes: latin('first needle') });
    assert.deepEqual(
      engine.state.off.map(({ name }) => name),
      ['slow', 'more'],
    );
    assert.equal(engine.state.isDown, false);
    assert.deepEqual(show(yara(engine), { bytes: latin('our own needle') }).codes.slice(0, 1), ['yara.leadglass.ours']);
  });

  test('[INSPECT-356] after a fault of YARA a new one goes on without the rule it broke on', async () => {
    let changed: () => void = () => {};
    const opened = await YaraEngine.open(
      { wasm, nowMs: () => 0, changed: () => changed() },
      sources(
        `rule bad { strings: $a = "first needle" condition: $a }\nrule good { strings: $a = "second needle" condition: $a }`,
      ),
    );
    assert.ok('engine' in opened);
    const { engine } = opened;
    const { set } = engine;
    set.scan = () => {
      throw new RangeError('stack');
    };
    const again = new Promise<void>((resolve) => {
      changed = () => !engine.state.isDown && resolve();
    });
    const { codes, unfinished } = show(
      yara(engine),
      { bytes: latin('first needle') },
      { bytes: latin('second needle') },
    );
    assert.deepEqual(
      [codes, unfinished],
      [
        ['yara.unavailable', 'yara.rules-off'],
        ['yara', 'yara'],
      ],
    );
    await again;
    assert.deepEqual(
      engine.state.off.map(({ name }) => name),
      ['bad'],
    );
    assert.deepEqual(show(yara(engine), { bytes: latin('second needle') }).codes, ['yara.site.good', 'yara.rules-off']);
  });

  test('[INSPECT-357] another set is for objects that begin later; what is wrong with one is told whole, and changes nothing', async () => {
    const engine = await engineOf(sources(TEXT));
    const wrong =
      'rule a {\n strings: $a = "needle words"\n condition: $b\n}\ninclude "x.yar"\nrule d { condition: nothing }';
    const problems = engine.replace(sources(wrong));
    assert.deepEqual(
      problems.map(({ file, line }) => [file, line]).sort(),
      [
        ['site.yar', 3],
        ['site.yar', 5],
        ['site.yar', 6],
      ].sort(),
    );
    for (const { text } of problems) assert.ok(text.fr.length > 20 && text.en.length > 20 && text.fr !== text.en);
    assert.deepEqual(show(yara(engine), { bytes: NEEDLE }).codes, found);
    assert.deepEqual(engine.replace(sources('rule other { strings: $a = "a harmless" condition: $a }')), []);
    assert.deepEqual(show(yara(engine), { bytes: NEEDLE }).codes, ['yara.site.other']);
  });

  test('[INSPECT-358] refuses loops in loops, endless patterns and too much of anything', async () => {
    const engine = await engineOf(sources(''));
    const refused = (text: string) => engine.replace(sources(text)).map(({ line }) => line);
    assert.deepEqual(
      refused('\nrule a { condition: for any i in (0..9) : ( for any j in (0..9) : ( i == j ) ) }'),
      [2],
    );
    assert.deepEqual(refused(`rule a { strings: $a = "${'long '.repeat(1_000)}" condition: $a }`), [1]);
    assert.deepEqual(refused(`// ${'x'.repeat(1_100_000)}`), [0]);
    assert.deepEqual(refused('rule a { condition: ` }'), [1]);
  });
});
