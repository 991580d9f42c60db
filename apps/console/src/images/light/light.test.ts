import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Rolldown } from 'vite';
import { AT_ONCE, KEPT, type Loading, Neighbours, neighboursOf } from './neighbours.ts';
import { addressOf, presetsOf, zoomFrom } from './present.ts';
import { headingOf, picturesOf, seriesOf } from './study.ts';

const values = (...Value: unknown[]) => ({ vr: 'LO', Value });

test('[CONSOLE-90] series and pictures come in the order of their numbers, frames one after the other', () => {
  const series = seriesOf([
    { '0020000E': values('1.2.10'), '00200011': values(10) },
    { '0020000E': values('1.2.9'), '00200011': values('9'), '00080060': values('CT'), '0008103E': values('Thorax ') },
    { '0020000E': values('../evil') },
    {},
  ]);
  assert.deepEqual(
    series.map(({ uid, description }) => [uid, description]),
    [
      ['1.2.9', 'Thorax'],
      ['1.2.10', ''],
    ],
  );
  const pictures = picturesOf([
    { '00080018': values('1.3'), '00200013': values(2), '00280010': values(512), '00280011': values(256) },
    { '00080018': values('1.2'), '00200013': values(1), '00280008': values(3) },
    { '00080018': values('bad uid') },
  ]);
  assert.deepEqual(
    pictures.map(({ instance, frame, side }) => [instance, frame, side]),
    [
      ['1.2', 1, 0],
      ['1.2', 2, 0],
      ['1.2', 3, 0],
      ['1.3', 1, 512],
    ],
  );
  assert.equal(picturesOf([{ '00080018': values('1.2'), '00280008': values(1e9) }]).length, 100_000);
});

test('[CONSOLE-90] the heading tells who it is, whatever is missing or odd', () => {
  const heading = headingOf({
    '00100010': values({ Alphabetic: 'PREVERT^Zoé^^Mme' }),
    '00100030': values('20010203'),
    '00080020': 'nonsense',
    '00081030': values(12),
  });
  assert.deepEqual(heading, {
    ...{ name: 'PREVERT Zoé', patientId: '', born: '2001-02-03', sex: '', date: '', description: '12', accession: '' },
  });
});

test('[CONSOLE-91] a picture is asked for by window, and smaller while the whole of a large one is shown', () => {
  const picture = { instance: '1.3', frame: 2, frames: 5, side: 4000 };
  const root = '/dicomweb/studies/1';
  assert.equal(
    addressOf(root, '1.2', picture, { window: { center: -600, width: 1500 }, isWhole: true }),
    '/dicomweb/studies/1/series/1.2/instances/1.3/frames/2/rendered?window=-600,1500,linear&viewport=1024,1024',
  );
  const one = { ...picture, frames: 1, frame: 1 };
  assert.equal(
    addressOf(root, '1.2', one, { isWhole: false }),
    '/dicomweb/studies/1/series/1.2/instances/1.3/rendered',
  );
  assert.deepEqual([presetsOf('CT').length, presetsOf('MR').length], [6, 1]);
  assert.deepEqual([zoomFrom(1, true), zoomFrom(8, true), zoomFrom(1, false), zoomFrom(3, false)], [1.5, 8, 1, 2]);
});

test('[CONSOLE-92] neighbours are loaded few at a time, nearest first, and a bounded number is kept', () => {
  const running = new Map<string, () => void>();
  const begun: string[] = [];
  const stopped: string[] = [];
  const near = new Neighbours((address, done): Loading => {
    begun.push(address);
    running.set(address, done);
    return { stop: () => void [stopped.push(address), running.delete(address)] };
  });
  assert.deepEqual(neighboursOf(5, 100, true).slice(0, 4), [6, 4, 7, 3]);
  assert.deepEqual(neighboursOf(0, 3, false), [1, 2]);
  for (let at = 0; at < 300; at += 1) {
    near.want(neighboursOf(at, 300, true).map(String));
    assert.ok(running.size <= AT_ONCE && near.size <= KEPT);
    for (const [address, done] of [...running]) {
      running.delete(address);
      done();
      assert.ok(running.size <= AT_ONCE && near.size <= KEPT);
    }
  }
  assert.equal(begun[0], '1');
  near.want(['far']);
  assert.equal(running.size, 1);
  near.want([]);
  assert.deepEqual([stopped.at(-1), running.size], ['far', 0]);
});

test('[CONSOLE-93] the light page is one plain script for browsers of 2016, which asks DICOMweb alone', async () => {
  const { build } = await import('vite');
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  const configFile = join(root, 'vite.light.config.ts');
  const built = await build({ root, configFile, logLevel: 'silent', build: { write: false } });
  const { output } = (Array.isArray(built) ? built[0] : built) as Rolldown.RolldownOutput;
  const text = (name: string) => {
    const found = output.find(({ fileName }) => fileName === `light/${name}`);
    return found?.type === 'chunk' ? found.code : String(found?.source ?? '');
  };
  const script = text('light.js');
  assert.ok(script.length > 5000 && script.length < 40_000);
  // Syntax that came after 2015: optional chaining, ??, **, async, private names, object spread.
  assert.doesNotMatch(script, /\?\.[A-Za-z_[(]|\?\?|[\w)\]]\s*\*\*\s*[\w(]|\basync\b|\bawait\b|this\.#|\{\.\.\./);
  assert.doesNotMatch(script, /\bimport\b|https?:|\bfetch\(/);
  assert.match(text('index.html'), /<script src="\/light\/light\.js" defer><\/script>/);
  assert.doesNotMatch(
    text('index.html') + text('light.css'),
    /type="?module|https?:|style="|display: grid|var\(|\bgap:/,
  );
});
