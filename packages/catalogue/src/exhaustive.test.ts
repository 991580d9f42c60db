import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AttributeSet, levelOf, matcherOf, nameOf, type Query } from '@leadglass/query';
import { attributes, Bench, query } from './catalogue.testkit.ts';

/** Repeatable and evenly spread enough. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const pick = <T>(next: (below: number) => number, from: readonly T[]): T => from[next(from.length)] as T;
const NAMES = [
  'Dupont^Jean',
  'DUPOND^Jeanne',
  'Lefèvre^Hélène',
  'Le Goff^Anne',
  '山田^太郎',
  'Yamada^Tarou=山田^太郎=やまだ^たろう',
  'D',
  '',
];
const MODALITIES = ['CT', 'MR', 'US', 'CR'];

function objects(next: (below: number) => number): readonly Readonly<Record<string, string>>[] {
  return Array.from({ length: 120 }, (_, study) => {
    const patient = next(40);
    const common = {
      StudyInstanceUID: `1.${study}`,
      PatientID: patient === 0 ? '' : `P${patient}`,
      PatientName: NAMES[patient % NAMES.length] ?? '',
      PatientSex: pick(next, ['M', 'F', 'O', '']),
      StudyDate: pick(next, ['20240101', '20240102', '20240115', '20230301', '']),
      StudyTime: pick(next, ['080000', '101500', '235959.5', '']),
      AccessionNumber: next(3) === 0 ? '' : `A${next(60)}`,
      StudyDescription: pick(next, ['Thorax', 'Crâne', 'THORAX TAP', '']),
    };
    return Array.from({ length: 1 + next(3) }, (_, series) => ({
      ...common,
      SeriesInstanceUID: `1.${study}.${series}`,
      SOPInstanceUID: `1.${study}.${series}.1`,
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.2',
      Modality: pick(next, MODALITIES),
      SeriesNumber: `${series}`,
      InstanceNumber: '1',
    }));
  }).flat();
}

const KEYS: Readonly<Record<string, readonly string[]>> = {
  PatientName: [
    'DUPON*',
    'dup*',
    'Lefevre^Helene',
    'D*',
    '*^J*',
    '山田*',
    'Yamada*',
    '?UPONT^JEAN',
    'le goff^anne^^',
    'yamada^tarou=*',
  ],
  PatientID: ['P1', 'P2\\P3', 'P?', '*3', 'none'],
  PatientSex: ['F', 'M\\O'],
  StudyDate: ['20240101', '20240101-20240102', '-20231231', '20240102-', 'x-y', '20230101-20241231'],
  StudyTime: ['08-11', '120000-', '101500'],
  AccessionNumber: ['A1', 'A1*', 'A3\\A4', 'A?'],
  StudyDescription: ['Thorax*', '*r*', 'Crâne'],
  ModalitiesInStudy: ['CT', 'MR\\US', 'C*'],
  StudyInstanceUID: ['1.5', '1.5\\1.6\\1.7', '1.999'],
};
const LOWER: Readonly<Record<string, readonly string[]>> = {
  Modality: ['CT', 'C*', 'US\\MR'],
  SeriesNumber: ['1', '01'],
  SeriesInstanceUID: ['1.5.0', '1.5.0\\1.9.0'],
};

function randomQuery(next: (below: number) => number): Query {
  const level = pick(next, ['STUDY', 'STUDY', 'SERIES', 'IMAGE'] as const);
  const choice = level === 'STUDY' ? KEYS : { ...KEYS, ...LOWER };
  const keys: Record<string, string> = {};
  for (let times = 1 + next(3); times > 0; times -= 1) {
    const keyword = pick(next, Object.keys(choice));
    keys[keyword] = pick(next, choice[keyword] ?? ['']);
  }
  return query(level, keys);
}

/** Every object held against every key. */
function expected(all: readonly Readonly<Record<string, string>>[], asked: Query): readonly string[] {
  const matches = matcherOf({ ...asked, keys: asked.keys.filter(({ tag }) => levelOf(tag) !== undefined) });
  const uid = { STUDY: 'StudyInstanceUID', SERIES: 'SeriesInstanceUID', IMAGE: 'SOPInstanceUID', PATIENT: '' }[
    asked.level
  ];
  const found = all.filter((object) => {
    const modalities = all
      .filter((other) => other.StudyInstanceUID === object.StudyInstanceUID)
      .map(({ Modality }) => Modality);
    const whole: AttributeSet = { ...attributes(object), '00080061': [...new Set(modalities)].join('\\') };
    return matches(whole);
  });
  return [...new Set(found.map((object) => object[uid] ?? ''))].toSorted();
}

test('[CATALOGUE-8] what is found is what every object held against every key gives', async (t) => {
  const next = numbers(20_261_127);
  const all = objects(next);
  const bench = await Bench.open(t);
  await bench.arrive(...all);
  while (!(await bench.cataloguer.catchUp(1))) assert.fail('the clock stands still');
  const uids = { PATIENT: '', STUDY: '0020000D', SERIES: '0020000E', IMAGE: '00080018' } as const;
  let matched = 0;
  for (let times = 0; times < 500; times += 1) {
    const asked = randomQuery(next);
    const { found, end } = await bench.find(asked);
    assert.equal(end, 'complete');
    const wanted = expected(all, asked);
    assert.deepEqual(
      found.map((one) => String(one[uids[asked.level]])).toSorted(),
      wanted,
      JSON.stringify(asked.keys.map(({ tag, match }) => [nameOf(tag), match])),
    );
    matched += wanted.length;
  }
  assert(matched > 500, 'queries find something');
});
