import assert from 'node:assert/strict';
import { test } from 'node:test';
import { greyOf, paint, storedOf, tableOf, valueAt, windowOfAll } from './grey.ts';
import { type Acts, actOn } from './keys.ts';
import { edgesOf, type Look, lookOf, spacingOf } from './look.ts';
import { partsOf, priorsOf } from './priors.ts';
import { AT_ONCE, FrameStore } from './store.ts';
import { alongside, lengthOf, moved, placed, toImage, toStage, WHOLE, zoomed } from './view.ts';

const values = (...Value: unknown[]) => ({ vr: 'DS', Value });
const CT = {
  ...{ '00280002': values(1), '00280004': values('MONOCHROME2'), '00280010': values(2), '00280011': values(3) },
  ...{ '00280100': values(16), '00280101': values(12), '00280102': values(11), '00280103': values(0) },
  ...{ '00281050': values(40, 50), '00281051': values('400'), '00281052': values('-1024'), '00281053': values(1) },
};
const look = (change: object = {}): Look => lookOf({ ...CT, ...change }, 1) ?? assert.fail('it is grey');

test('[CONSOLE-145] stored values become what they mean: bits, sign, slope and intercept', () => {
  const bytes = new Uint16Array([0xf000 | 1064, 0, 4095, 1, 2, 3]).buffer;
  const stored = storedOf(bytes, look()) ?? assert.fail();
  assert.equal(valueAt(stored, look(), 0, 0), 40);
  assert.equal(valueAt(stored, look(), 2, 0), 3071);
  assert.equal(valueAt(stored, look(), 3, 0), undefined);
  const signed = look({ '00280103': values(1) });
  assert.equal(valueAt(stored, signed, 2, 0), -1 - 1024);
  const shifted = look({ '00280101': values(8), '00280102': values(15), '00281052': values(0) });
  assert.equal(valueAt(new Uint16Array([0x12ff, 0, 0, 0, 0, 0]), shifted, 0, 0), 0x12);
  assert.equal(storedOf(new ArrayBuffer(11), look()), undefined);
});

test('[CONSOLE-145] a window gives the greys of the standard: linear, exact, sigmoid; the lowest value of MONOCHROME1 is white', () => {
  const window = { center: 40, width: 400 };
  assert.equal(greyOf(39.5, window, 'linear'), 127.5);
  assert.equal(greyOf(39.5 - 199.5, window, 'linear'), 0);
  assert.equal(greyOf(39.5 + 199.5, window, 'linear'), 255);
  assert.equal(greyOf(-160, window, 'exact'), 0);
  assert.equal(greyOf(40, window, 'sigmoid'), 127.5);
  const [plain, turned] = [
    tableOf(look(), window, false),
    tableOf(look({ '00280004': values('MONOCHROME1') }), window, false),
  ];
  assert.deepEqual([plain[0], plain[4095], turned[0], turned[4095]], [0, 255, 255, 0]);
  assert.deepEqual(tableOf(look(), window, true), turned);
  const rgba = new Uint8ClampedArray(8);
  paint(new Uint16Array([0, 1064]), plain, rgba);
  assert.deepEqual([...rgba], [0, 0, 0, 255, 128, 128, 128, 255]);
});

test('[CONSOLE-145] without a window all values are shown, but for the padding', () => {
  const own = look({ '00281050': values(), '00280120': values(0) });
  assert.equal(own.window, undefined);
  const { center, width } = windowOfAll(new Uint16Array([0, 100, 300]), own);
  assert.deepEqual(
    [greyOf(100 - 1024, { center, width }, 'linear'), greyOf(300 - 1024, { center, width }, 'linear')],
    [0, 255],
  );
  assert.deepEqual(windowOfAll(new Uint16Array([0, 0]), own), { center: 0, width: 1 });
});

test('[CONSOLE-146] what is not grey in 8 or 16 bits is asked for as a picture', () => {
  for (const change of [
    { '00280004': values('RGB') },
    { '00280002': values(3) },
    { '00280100': values(32) },
    { '00280010': values() },
    { '00280004': 'odd' },
  ])
    assert.equal(lookOf({ ...CT, ...change }, 1), undefined);
});

test('[CONSOLE-146] of an object of several frames each frame has its own window, rescaling and scale', () => {
  const item = (tag: string, attributes: object) => ({ [tag]: values(attributes) });
  const many = {
    ...{ '00280002': values(1), '00280004': values('MONOCHROME2'), '00280010': values(2), '00280011': values(2) },
    '00280100': values(16),
    '52009229': values({
      ...item('00289110', { '00280030': values(0.5, 0.25) }),
      ...item('00289145', { '00281052': values(-10), '00281053': values(2) }),
    }),
    '52009230': values(
      item('00289132', { '00281050': values(1), '00281051': values(2) }),
      item('00289132', { '00281050': values(3), '00281051': values(4), '00281056': values('SIGMOID') }),
    ),
  };
  const [first, second] = [lookOf(many, 1), lookOf(many, 2)];
  assert.deepEqual([first?.window, first?.slope, first?.shape], [{ center: 1, width: 2 }, 2, 'linear']);
  assert.deepEqual([second?.window, second?.intercept, second?.shape], [{ center: 3, width: 4 }, -10, 'sigmoid']);
  assert.deepEqual(spacingOf(many, 2), { rowMm: 0.5, columnMm: 0.25, at: 'patient' });
});

test('[CONSOLE-147] lengths are millimetres of the patient, of the detector and said so, or pixels', () => {
  const inPatient = spacingOf({ '00280030': values('0.5', '0.25') }, 1);
  assert.deepEqual(lengthOf({ x: 0, y: 0 }, { x: 16, y: 6 }, inPatient), { value: 5, unit: 'mm', at: 'patient' });
  const onDetector = spacingOf({ '00181164': values(1, 1) }, 1);
  assert.deepEqual(lengthOf({ x: 0, y: 0 }, { x: 3, y: 4 }, onDetector), { value: 5, unit: 'mm', at: 'detector' });
  assert.equal(spacingOf({ '00280030': values(0, 1) }, 1), undefined);
  assert.deepEqual(lengthOf({ x: 0, y: 0 }, { x: 3, y: 4 }, undefined), { value: 5, unit: 'px', at: undefined });
});

test('[CONSOLE-147] the sides of the patient are named from the direction of rows and columns', () => {
  const sides = (...numbers: number[]) => Object.values(edgesOf({ '00200037': values(...numbers) }, 1));
  assert.deepEqual(sides(1, 0, 0, 0, 1, 0), ['R', 'L', 'A', 'P']);
  assert.deepEqual(sides(0, 1, 0, 0, 0, -1), ['A', 'P', 'H', 'F']);
  assert.deepEqual(sides(0.8, 0.6, 0, 0, 0, -1), ['RA', 'LP', 'H', 'F']);
  assert.deepEqual(sides(1, 0), ['', '', '', '']);
});

test('[CONSOLE-147] places go from stage to image and back, at any zoom; what is under the pointer stays', () => {
  const [stage, image] = [
    { width: 800, height: 600 },
    { width: 512, height: 512 },
  ];
  const whole = placed(stage, image, WHOLE, 1);
  assert.deepEqual(toImage(whole, { x: 400, y: 300 }), { x: 256, y: 256 });
  const at = { x: 100, y: 50 };
  const before = toImage(whole, { x: 500, y: 350 });
  const close = placed(stage, image, zoomed(WHOLE, 3, at), 1);
  const after = toImage(close, { x: 500, y: 350 });
  assert.ok(Math.hypot(after.x - before.x, after.y - before.y) < 1e-9);
  assert.deepEqual(toStage(close, after).x.toFixed(6), '500.000000');
  assert.deepEqual(zoomed(zoomed(WHOLE, 3, at), 0.01), WHOLE);
  assert.deepEqual(moved(WHOLE, 10, 10), WHOLE);
  assert.equal(placed(stage, image, WHOLE, 2).scaleY, placed(stage, image, WHOLE, 2).scaleX * 2);
  assert.deepEqual(
    [alongside(0, 10, 5), alongside(9, 10, 5), alongside(5, 11, 101), alongside(3, 1, 9)],
    [0, 4, 50, 0],
  );
});

test('[CONSOLE-148] the prior offered first is of the same modality and part of the body, then of the modality, then the newest', () => {
  const study = (uid: string, studyDate: string, modality: string, description: string) => ({
    ...{ studyInstanceUid: uid, studyDate, studyTime: '', modalities: [modality], description },
  });
  const now = study('now', '20261127', 'CT', 'SCANNER THORACIQUE');
  const all = [
    study('mr', '20261126', 'MR', 'Genou'),
    study('head', '20261001', 'CT', 'Crâne sans injection'),
    now,
    study('old', '20200101', 'CT', 'CT CHEST'),
    study('chest', '20250101', 'CT', 'Thorax'),
    study('later', '20261128', 'CT', 'Thorax'),
    study('x', '20261120', 'DX', 'Poumon face'),
  ];
  const order = priorsOf(now, all).map(({ studyInstanceUid }) => studyInstanceUid);
  assert.deepEqual(order, ['chest', 'old', 'later', 'head', 'x', 'mr']);
  assert.equal(partsOf('Mainz protocol').size, 0);
});

test('[CONSOLE-149] what is looked at is loaded first, the next few at a time, and memory is bounded', async () => {
  const begun: number[] = [];
  const waiting = new Map<number, (one: { readonly bytes: number }) => void>();
  const stopped: number[] = [];
  const store = new FrameStore<{ readonly bytes: number }>((at, signal) => {
    begun.push(at);
    signal.addEventListener('abort', () => stopped.push(at));
    return new Promise((resolve) => waiting.set(at, resolve));
  }, 35);
  const arrives = async (at: number): Promise<void> => {
    waiting.get(at)?.({ bytes: 10 });
    await new Promise((resolve) => setImmediate(resolve));
  };
  const first = store.get(0, [1, 2, 3, 4, 5]);
  assert.deepEqual(begun, [0]);
  await arrives(0);
  assert.deepEqual(await first, { bytes: 10 });
  assert.deepEqual(begun, [0, 1, 2, 3]);
  assert.equal(begun.length - 1, AT_ONCE);
  for (const at of [1, 2, 3]) await arrives(at);
  assert.ok(store.bytes <= 45);
  void store.get(9, []).catch(() => {});
  await arrives(9);
  assert.ok(store.bytes <= 35);
  assert.ok(stopped.includes(4) || !begun.includes(4));
  store.close();
  assert.equal(store.bytes, 0);
});

test('[CONSOLE-149] what failed is forgotten and asked for again when it is looked at again', async () => {
  let tries = 0;
  const store = new FrameStore<{ readonly bytes: number }>(async () => {
    tries += 1;
    if (tries === 1) throw new Error('gone');
    return { bytes: 1 };
  }, 10);
  await assert.rejects(store.get(0, []));
  assert.deepEqual(await store.get(0, []), { bytes: 1 });
});

test('[CONSOLE-149] each key does one thing, and none that belongs to the browser is taken', () => {
  const done: string[] = [];
  const act =
    (name: string) =>
    (...given: unknown[]) =>
      void done.push([name, ...given].join(' '));
  const acts = Object.fromEntries(
    ['step', 'goTo', 'series', 'zoom', 'level', 'tool', 'preset', 'invert', 'reset', 'compare'].map((name) => [
      name,
      act(name),
    ]),
  ) as unknown as Acts;
  const press = (key: string, change: object = {}) =>
    actOn({ key, shiftKey: false, ctrlKey: false, altKey: false, metaKey: false, ...change }, acts);
  for (const key of ['ArrowDown', 'PageUp', 'End', 'ArrowLeft', 'M', '4', '0', 'c'])
    assert.equal(press(key), true, key);
  assert.equal(press('ArrowUp', { shiftKey: true }), true);
  for (const key of ['Tab', 'Enter', 'x', '7', 'F5']) assert.equal(press(key), false, key);
  assert.equal(press('+', { ctrlKey: true }), false);
  assert.deepEqual(done, [
    'step 1',
    'step -10',
    'goTo last',
    'series -1',
    'tool measure',
    'preset 4',
    'reset',
    'compare',
    'level 0 10',
  ]);
});
