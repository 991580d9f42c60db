import assert from 'node:assert/strict';
import { test } from 'node:test';
import { text } from '@leadglass/kit';
import { Output, type Sink, safe } from './output.ts';
import { languageFor, sizeWords, spanWords } from './words.ts';

class Paper implements Sink {
  text = '';
  readonly isTTY: boolean;
  constructor(isTTY: boolean) {
    this.isTTY = isTTY;
  }
  write(piece: string): void {
    this.text += piece;
  }
}

function output(options: { isTTY?: boolean; isJson?: boolean; environment?: Record<string, string> } = {}) {
  const paper = new Paper(options.isTTY ?? false);
  return {
    paper,
    output: new Output('fr', options.isJson ?? false, paper, new Paper(false), options.environment ?? {}),
  };
}

test('[CLI-1] nothing a terminal obeys, and nothing invisible, is printed from a value', () => {
  const evil = 'a\x1b[31m\x07\u009b2J\u202egnp.exe\u200b\u2028\ufeff\u0085\r\nb';
  assert.equal(safe(evil), 'a?[31m??2J?gnp.exe?????' + '?b');
  assert.equal(safe('Échographie – 日本'), 'Échographie – 日本');
});

test('[CLI-1] JSON that reaches a terminal holds no control character, and reads back the same', () => {
  const { paper, output: out } = output({ isJson: true });
  const value = { evil: '\x1b[2J\u009b\u202e\u2028\u{e0041}x' };
  out.json(value);
  assert.equal(/[^\n]/u.test(paper.text.replace(/[\x20-\x7e]/g, '')), false, JSON.stringify(paper.text));
  assert.deepEqual(JSON.parse(paper.text), value);
});

test('[CLI-2] a table keeps within 100 columns and one line a row, whatever its cells hold', () => {
  const { paper, output: out } = output();
  out.table(
    [text('a', 'a'), text('b', 'b'), text('c', 'c')],
    [
      ['x'.repeat(300), 'y'.repeat(90), 1],
      ['two\nlines', { value: '\x1b[31mred', colour: 'red' }, 2],
    ],
  );
  const lines = paper.text.trimEnd().split('\n');
  assert.equal(lines.length, 3);
  for (const line of lines) assert.ok(line.length <= 100, `${line.length} columns`);
  assert.match(lines[2] ?? '', /two\?lines .* \?\[31mred .* 2$|two\?lines +\?\[31mred +2$/);
});

test('[CLI-3] colours on a terminal alone, and not when NO_COLOR is set or the terminal is dumb', () => {
  const coloured = (options: Parameters<typeof output>[0]) => {
    const { paper, output: out } = output(options);
    out.line('x', 'red');
    return paper.text.includes('\x1b[');
  };
  assert.equal(coloured({ isTTY: true }), true);
  assert.equal(coloured({ isTTY: false }), false);
  assert.equal(coloured({ isTTY: true, environment: { NO_COLOR: '1' } }), false);
  assert.equal(coloured({ isTTY: true, environment: { NO_COLOR: '' } }), true);
  assert.equal(coloured({ isTTY: true, environment: { TERM: 'dumb' } }), false);
});

test('[CLI-4] language: --lang, LEADGLASS_LANG, then the locale; French unless it begins with en', () => {
  assert.equal(languageFor(undefined, {}), 'fr');
  assert.equal(languageFor(undefined, { LANG: 'C' }), 'fr');
  assert.equal(languageFor(undefined, { LANG: 'en_GB.UTF-8' }), 'en');
  assert.equal(languageFor(undefined, { LANG: 'en_GB', LC_ALL: 'fr_FR' }), 'fr');
  assert.equal(languageFor(undefined, { LC_ALL: 'fr_FR', LEADGLASS_LANG: 'en' }), 'en');
  assert.equal(languageFor('fr', { LEADGLASS_LANG: 'en' }), 'fr');
});

test('[CLI-5] sizes and spans in the words of each language', () => {
  assert.deepEqual(
    [0, 999, 1000, 999_600, 1_234_567, 5e12].map((n) => sizeWords(n, 'fr')),
    ['0 o', '999 o', '1,00 ko', '1,00 Mo', '1,23 Mo', '5,00 To'],
  );
  assert.equal(sizeWords(532_000, 'en'), '532 kB');
  assert.deepEqual(
    [4_000, 120_000, 7_260_000, 90_000_000].map((ms) => spanWords(ms, 'fr')),
    ['4 s', '2 min', '2 h 1 min', '1 j 1 h'],
  );
});
