import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFault, Secret } from '@leadglass/kit';
import type { Query } from '@leadglass/query';
import type { CatalogueChange } from '@leadglass/records';
import { Bench, query } from './catalogue.testkit.ts';
import { planOf } from './plan.ts';
import { Sealer } from './sealer.ts';
import { subjectTokens } from './words.ts';

const sealer = new Sealer(new Secret(Buffer.alloc(32, 1)));
const lost = (thrown: unknown): boolean => isFault(thrown, 'catalogue.sealed-otherwise');

const object = (study: number, series: number, instance: number, more: Readonly<Record<string, string>> = {}) => ({
  StudyInstanceUID: `1.${study}`,
  SeriesInstanceUID: `1.${study}.${series}`,
  SOPInstanceUID: `1.${study}.${series}.${instance}`,
  PatientName: `Dupont^Jean${study}`,
  PatientID: `P${study}`,
  StudyDate: `2024010${study}`,
  AccessionNumber: `A${study}`,
  Modality: 'CT',
  InstanceNumber: `${instance}`,
  ...more,
});

test('[CATALOGUE-1] what is sealed opens as what it is and nothing else', () => {
  const sealed = sealer.seal('study', '1.2', { '00100010': 'Dupont' });
  assert.deepEqual(sealer.open('study', '1.2', sealed), { '00100010': 'Dupont' });
  assert(!Buffer.from(sealed).includes('Dupont'));
  assert.throws(() => sealer.open('series', '1.2', sealed), lost);
  assert.throws(() => sealer.open('study', '1.3', sealed), lost);
  assert.throws(() => new Sealer(new Secret(Buffer.alloc(32, 2))).open('study', '1.2', sealed), lost);
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Uint8Array.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    assert.throws(() => sealer.open('study', '1.2', changed), lost);
  }
  assert.throws(() => sealer.open('study', '1.2', sealed.subarray(0, 5)), lost);
});

test('[CATALOGUE-2] tokens are of their kind, word and key', () => {
  const token = sealer.token('name', 'DUPONT');
  assert.equal(token, sealer.token('name', 'DUPONT'));
  assert.notEqual(token, sealer.token('patient-id', 'DUPONT'));
  assert.notEqual(token, new Sealer(new Secret(Buffer.alloc(32, 2))).token('name', 'DUPONT'));
  assert(Number.isSafeInteger(token) && token < 2 ** 52);
  // The number, then DU to DUPONT^JEAN.
  assert.equal(subjectTokens(sealer, { '00100010': 'Dupont^Jean', '00100020': 'P1' }).length, 1 + 10);
  assert.equal(subjectTokens(sealer, { '00100010': 'D' }).length, 0);
});

test('[CATALOGUE-3] arrivals become studies, series and instances, counted', async (t) => {
  const bench = await Bench.open(t);
  const sr = { Modality: 'SR', SOPClassUID: '1.2.840.10008.5.1.4.1.1.88.11' };
  await bench.arrive(object(1, 1, 1), object(1, 1, 2), object(1, 2, 1, sr), object(2, 1, 1));
  await bench.enter();
  const { subjects, studies, series, instances, waiting } = await bench.records.catalogue.counts();
  assert.deepEqual([subjects, studies, series, instances, waiting], [2, 2, 3, 4, 0]);
  const { found } = await bench.find(
    query('STUDY', {
      PatientID: 'P1',
      ModalitiesInStudy: '',
      SOPClassesInStudy: '',
      NumberOfPatientRelatedInstances: '',
    }),
  );
  assert.equal(found.length, 1);
  assert.equal(found[0]?.['00080061'], 'CT\\SR');
  assert.equal(found[0]?.['00080062'], '1.2.840.10008.5.1.4.1.1.2\\1.2.840.10008.5.1.4.1.1.88.11');
  assert.deepEqual([found[0]?.['00201206'], found[0]?.['00201208'], found[0]?.['00201204']], ['2', '3', '3']);
  assert.deepEqual(await bench.values('InstanceNumber', query('IMAGE', { SeriesInstanceUID: '1.1.1' })), ['1', '2']);
});

test('[CATALOGUE-4] the same inbox again changes nothing', async (t) => {
  const bench = await Bench.open(t);
  for (let times = 0; times < 3; times += 1) {
    await bench.arrive(object(1, 1, 1), object(1, 1, 2));
    await bench.enter();
  }
  const { studies, series, instances } = await bench.records.catalogue.counts();
  assert.deepEqual([studies, series, instances], [1, 1, 2]);
  assert.deepEqual(await bench.values('NumberOfSeriesRelatedInstances', query('SERIES', { StudyInstanceUID: '1.1' })), [
    '2',
  ]);
});

test('[CATALOGUE-20] what an object changes nothing of is given as it was entered, and anew when something changes', async (t) => {
  const bench = await Bench.open(t);
  const given: CatalogueChange[] = [];
  const { catalogue } = bench.records;
  const change = catalogue.change.bind(catalogue);
  t.mock.method(catalogue, 'change', (changes: readonly CatalogueChange[], seqs: readonly number[]) => {
    given.push(...changes);
    return change(changes, seqs);
  });
  await bench.arrive(object(1, 1, 1), object(1, 1, 2), object(1, 2, 1), object(1, 2, 2, { PatientName: 'Durand' }));
  await bench.enter();
  const [first, second, third, fourth] = given.map((one) => (one.kind === 'enter' ? one.entry : undefined));
  assert.ok(first && second && third && fourth);
  assert.ok(first.study === second.study && first.subject === second.subject && first.series === second.series);
  assert.ok(third.study === first.study && third.series !== first.series);
  assert.ok(fourth.subject !== third.subject && fourth.study !== third.study && fourth.series === third.series);
});

test('[CATALOGUE-5] the patient is called as in what came last, and found so alone', async (t) => {
  const bench = await Bench.open(t);
  await bench.arrive(object(1, 1, 1, { StudyDescription: 'first', PatientSex: 'F' }));
  await bench.enter();
  await bench.arrive(object(1, 1, 2, { PatientName: 'Martin^Anne', StudyDescription: 'second', StudyID: 'S' }));
  await bench.enter();
  assert.deepEqual(await bench.values('StudyDescription', query('STUDY', { PatientName: 'MARTIN*' })), ['first']);
  assert.deepEqual(await bench.values('StudyID', query('STUDY', { PatientName: 'MARTIN*' })), ['S']);
  assert.deepEqual(await bench.values('PatientSex', query('STUDY', { PatientName: 'MARTIN*' })), ['F']);
  assert.deepEqual(await bench.values('PatientID', query('STUDY', { PatientName: 'DUPONT*' })), []);
  assert.equal((await bench.records.catalogue.counts()).subjects, 1);
});

test('[CATALOGUE-6] what is destroyed leaves, and its last takes the rest with it', async (t) => {
  const bench = await Bench.open(t);
  await bench.arrive(object(1, 1, 1), object(1, 2, 1, { Modality: 'MR' }), object(2, 1, 1));
  await bench.enter();
  await bench.remove(object(1, 2, 1));
  await bench.enter();
  assert.deepEqual(
    await bench.values('ModalitiesInStudy', query('STUDY', { PatientID: 'P1', ModalitiesInStudy: '' })),
    ['CT'],
  );
  assert.deepEqual(await bench.values('PatientID', query('STUDY', { ModalitiesInStudy: 'MR' })), []);
  await bench.remove(object(1, 1, 1), object(1, 1, 1), object(9, 9, 9));
  await bench.enter();
  const { subjects, studies, series, instances } = await bench.records.catalogue.counts();
  assert.deepEqual([subjects, studies, series, instances], [1, 1, 1, 1]);
  assert.deepEqual((await bench.find(query('STUDY', { AccessionNumber: 'A1' }))).found, []);
  assert.deepEqual(
    await bench.records.catalogue.subjects({ token: bench.sealer.token('name', 'DUPONT^JEAN1') }, 0, 9),
    [],
  );
});

test('[CATALOGUE-6] what comes after a removal takes nothing over from it', async (t) => {
  const bench = await Bench.open(t);
  await bench.arrive(object(1, 1, 1, { StudyDescription: 'of another patient' }));
  await bench.enter();
  await bench.remove(object(1, 1, 1));
  await bench.arrive(object(1, 1, 2));
  await bench.enter();
  assert.deepEqual(await bench.values('StudyDescription', query('STUDY', { StudyInstanceUID: '1.1' })), ['']);
});

test('[CATALOGUE-9] pages of a search are the search', async (t) => {
  const bench = await Bench.open(t);
  await bench.arrive(...Array.from({ length: 300 }, (_, index) => object(1, 1, index)));
  await bench.enter();
  const asked = query('IMAGE', { StudyInstanceUID: '1.1' });
  const whole = await bench.find(asked);
  assert.deepEqual([whole.found.length, whole.end], [300, 'complete']);
  const pages = [await bench.find(asked, 140), await bench.find(asked, 140, 140), await bench.find(asked, 140, 280)];
  assert.deepEqual(
    pages.map(({ end }) => end),
    ['more', 'more', 'complete'],
  );
  assert.deepEqual(
    pages.flatMap(({ found }) => found),
    whole.found,
  );
  assert.equal((await bench.find(asked, 300)).end, 'complete');
});

test('[CATALOGUE-9] a search that is not wanted any more ends', async (t) => {
  const bench = await Bench.open(t);
  await bench.arrive(...Array.from({ length: 300 }, (_, index) => object(1, 1, index)));
  await bench.enter();
  const cancel = new AbortController();
  const search = bench.catalogue.search(query('IMAGE', {}), { mostResults: 1000, signal: cancel.signal });
  assert.equal((await search.next()).done, false);
  cancel.abort();
  assert.deepEqual(await search.next(), { done: true, value: 'cancelled' });
});

test('[CATALOGUE-13] a long search gives others their turn with every page, a short one waits for nobody', async (t) => {
  const bench = await Bench.open(t);
  await bench.arrive(...Array.from({ length: 400 }, (_, index) => object(index, 1, 1)));
  while (!(await bench.cataloguer.catchUp(1))) assert.fail('the clock stands still');
  const turnsDuring = async (asked: Query): Promise<number> => {
    let [turns, isOver] = [0, false];
    const count = (): void => {
      turns += 1;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    await bench.find(asked);
    isOver = true;
    return turns;
  };
  assert.equal(await turnsDuring(query('STUDY', { PatientID: 'P1' })), 0);
  for (const level of ['STUDY', 'SERIES', 'IMAGE'] as const)
    assert((await turnsDuring(query(level, { StudyDescription: '*none*' }))) >= 3, level);
  assert((await turnsDuring(query('SERIES', { SeriesDescription: '*none*' }))) >= 3);
});

test('[CATALOGUE-3] a study tells the kinds of its series, whatever came first and after some went', async (t) => {
  const bench = await Bench.open(t);
  const sr = { Modality: 'SR', SOPClassUID: '1.2.840.10008.5.1.4.1.1.88.11' };
  const asked = query('STUDY', { StudyInstanceUID: '1.1', ModalitiesInStudy: '', SOPClassesInStudy: '' });
  await bench.arrive(object(1, 2, 1, sr), object(1, 1, 1), object(1, 1, 2, { SOPClassUID: '1.2.3' }));
  await bench.enter();
  assert.deepEqual(await bench.values('ModalitiesInStudy', asked), ['CT\\SR']);
  const ct = '1.2.840.10008.5.1.4.1.1.2';
  assert.deepEqual(await bench.values('SOPClassesInStudy', asked), [`1.2.3\\${ct}\\${sr.SOPClassUID}`]);
  await bench.remove(object(1, 2, 1, sr));
  await bench.enter();
  assert.deepEqual(await bench.values('ModalitiesInStudy', asked), ['CT']);
  assert.deepEqual(await bench.values('SOPClassesInStudy', asked), [`1.2.3\\${ct}`]);
});

test('[CATALOGUE-10] a walk that ends before everything was looked at says so', async (t) => {
  const bench = await Bench.open(t, 5);
  await bench.arrive(...[1, 2, 3, 4, 5, 6, 7].map((study) => object(study, 1, 1)));
  await bench.enter();
  const { found, end } = await bench.find(query('STUDY', { StudyDescription: '*none*' }));
  assert.deepEqual([found, end], [[], 'too-wide']);
  assert.equal((await bench.find(query('STUDY', { PatientID: 'P1' }))).end, 'complete');
  assert.equal((await bench.find(query('PATIENT', { PatientName: '*none*' }))).end, 'too-wide');
});

test('[CATALOGUE-11] one patient is one answer however spelled', async (t) => {
  const bench = await Bench.open(t);
  await bench.arrive(object(1, 1, 1), object(2, 1, 1, { PatientID: 'P1', PatientName: 'DUPOND^Jean' }));
  await bench.enter();
  const asked = query('PATIENT', { PatientID: 'P1', NumberOfPatientRelatedStudies: '' });
  assert.deepEqual(await bench.values('NumberOfPatientRelatedStudies', asked), ['2']);
  assert.equal((await bench.find(query('STUDY', { PatientID: 'P1' }))).found.length, 2);
});

test('[CATALOGUE-12] an entry that does not open does not hold up those after it', async (t) => {
  const bench = await Bench.open(t);
  const names = {
    sha256: 'x',
    studyInstanceUid: '1.9',
    seriesInstanceUid: '1.9.1',
    sopInstanceUid: '1.9.1.1',
    sopClassUid: '1',
  };
  await bench.records.catalogue.fillInbox([{ ...names, kind: 'arrived', sealed: new Uint8Array(40) }]);
  await bench.arrive(object(1, 1, 1));
  await bench.enter();
  assert.deepEqual(await bench.values('PatientID', query('STUDY', {})), ['P1']);
});

test('[CATALOGUE-8] each kind of key takes its own way', () => {
  const ways = (keys: Readonly<Record<string, string>>): string => {
    const plan = planOf(query('STUDY', keys), sealer);
    return plan.by === 'studies' ? (plan.sources[0]?.by ?? '') : plan.by;
  };
  assert.equal(ways({ StudyInstanceUID: '1.2', PatientName: 'A*' }), 'uid');
  assert.equal(ways({ AccessionNumber: 'A1' }), 'token');
  assert.equal(ways({ PatientID: 'P1', StudyDate: '20240101' }), 'subject-token');
  assert.equal(ways({ PatientName: 'DUPO*', StudyDate: '20230101-20240101' }), 'subject-token');
  assert.equal(ways({ PatientName: 'DUPO*', StudyDate: '20240101-20240102' }), 'date');
  assert.equal(ways({ ModalitiesInStudy: 'CT', StudyDate: '20240101-20240131' }), 'modality');
  assert.equal(ways({ PatientName: '*UPONT' }), 'date');
  assert.equal(ways({ SeriesInstanceUID: '1.2' }), 'series-uids');
});
