import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFault } from '@leadglass/kit';
import { readOptions } from './options.ts';

const read = (words: readonly string[], environment = {}) => readOptions(words, '/main.ts', environment);

test('[DEMO-10] without options it lasts until it is told to end, at a hospital’s pace, and keeps nothing', () => {
  const options = read([], { LANG: 'fr_FR.UTF-8' });
  assert.deepEqual(
    { ...options },
    {
      ...{ program: '/main.ts', language: 'fr', home: undefined, isKept: false, isQuiet: false, isSetUpLeft: false },
      ...{ speed: 1, seed: 1, lastsMs: undefined, wantsHelp: false },
    },
  );
});

test('[DEMO-10] --once lasts a minute, --minutes as long as it says; --lang goes before the locale', () => {
  assert.equal(read(['--once']).lastsMs, 60_000);
  assert.equal(read(['--once', '--minutes', '2.5']).lastsMs, 150_000);
  assert.equal(read(['--lang', 'en'], { LANG: 'fr_FR' }).language, 'en');
});

test('[DEMO-11] what is not understood is said, with the way to the help', () => {
  for (const words of [
    ['--speed', 'fast'],
    ['--speed', '1000'],
    ['--seed', '-1'],
    ['--nothing'],
    ['word'],
    ['--minutes', ''],
  ])
    assert.throws(
      () => read(words),
      (thrown) => isFault(thrown) && thrown.code === 'demo.usage',
      words.join(' '),
    );
});
