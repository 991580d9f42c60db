import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnswerOf } from '@leadglass/contract';
import { text, uuidv7 } from '@leadglass/kit';
import type { Event } from '@leadglass/model';
import { CLOCK, control } from '../control.testkit.ts';
import { association, at, delivered, filled, PATIENT, sha } from './overview.testkit.ts';

const stages = ({ steps }: AnswerOf<'journey'>) => steps.map(({ stage, objects }) => [stage, objects.length]);

test('[OVER-20] a study’s journey goes from the knock to the receipt, what was done alike to many objects told once', async (t) => {
  const it = await filled(t);
  const id = uuidv7(CLOCK.now());
  await it.tell({
    ...at(),
    kind: 'association.accepted',
    ...association(id),
    evidence: 'address',
    implementation: 'X',
  });
  const to = { study: '1.7', association: id, destinations: ['PACS'] };
  for (const name of ['a', 'b', 'c']) await it.arrive(name, to);
  const held = await it.arrive('d', { study: '1.7', association: id, kind: 'hold' });
  for (const name of ['a', 'b', 'c']) await it.tell(delivered(sha(name), '1.7'));
  await it.arrive('other', { study: '1.8' });
  const { ask } = await control(t, it);
  const journey = await ask('journey', { id: '1.7' });
  assert.deepEqual(stages(journey), [
    ['knock', 0],
    ['custody', 3],
    ['hold', 1],
    ['receipt', 3],
  ]);
  assert.match(journey.steps[1]?.entry.sentence.en ?? '', /Likewise 2 other objects\.$/);
  const { subject, objects, isCut } = journey;
  assert.deepEqual(
    [subject.kind, subject.objects, subject.bytes, subject.modality, subject.peers, isCut],
    ['study', 4, 4000, 'CT', ['CT1'], false],
  );
  assert.ok(objects.some(({ sha256 }) => sha256 === held));
});

test('[OVER-20] an object is found by its digest, its UID, its arrival and an entry of the log, and has its own steps alone', async (t) => {
  const it = await filled(t);
  const id = uuidv7(CLOCK.now());
  const [sha256] = [
    await it.arrive('a', { study: '1.7', association: id }),
    await it.arrive('b', { study: '1.7', association: id }),
  ];
  await it.tell(delivered(sha256, '1.7'), delivered(sha('b'), '1.7'));
  const opened: Event = {
    ...at(),
    kind: 'study.opened',
    by: 'marie',
    studyInstanceUid: '1.7',
    patient: 'p',
    reason: '',
  };
  await it.tell(opened);
  const { ask } = await control(t, it);
  const { entries } = await ask('log', { kinds: ['arrival'] });
  const arrival = entries[0];
  const byDigest = await ask('journey', { id: sha256 });
  assert.deepEqual(stages(byDigest), [
    ['custody', 1],
    ['receipt', 1],
    ['given', 0],
  ]);
  const uid = byDigest.objects[0]?.sopInstanceUid ?? '';
  for (const other of [uid, `#${arrival?.seq}`, String(arrival?.event.arrivalId), String(arrival?.event.id)])
    assert.deepEqual(await ask('journey', { id: other }), byDigest, other);
});

test('[OVER-20] a copy belongs to the journey of its original', async (t) => {
  const it = await filled(t);
  const original = await it.arrive('held', { study: '1.7', kind: 'hold' });
  const [custody] = [await it.records.custody(original)];
  const copy: Event = {
    ...{
      ...at(),
      kind: 'copy.made',
      arrivalId: uuidv7(1),
      associationId: custody?.firstAssociationId ?? '',
      peer: 'CT1',
    },
    ...{ remoteAddress: '', sha256: sha('copy'), sopClassUid: '1.2', sopInstanceUid: '1.2.3', studyInstanceUid: '1.7' },
    ...{ patient: '', bytes: 9, original, pixelSha256: '', changes: ['x'], destinations: [] },
  };
  await it.tell(copy);
  const { ask } = await control(t, it);
  const { steps } = await ask('journey', { id: '1.7' });
  assert.deepEqual(steps.at(-1)?.objects, [sha('copy'), original]);
});

test('[OVER-20] an association’s journey follows its objects to their destinations', async (t) => {
  const it = await filled(t);
  const id = uuidv7(CLOCK.now());
  await it.tell({
    ...at(),
    kind: 'association.accepted',
    ...association(id),
    evidence: 'address',
    implementation: 'X',
  });
  await it.arrive('a', { study: '1.7', association: id });
  await it.arrive('elsewhere', { study: '1.7' });
  await it.tell(delivered(sha('a'), '1.7'), delivered(sha('elsewhere'), '1.7'));
  await it.tell({ ...at(), kind: 'association.released', ...association(id), objects: 1, bytes: 1000 });
  const { ask } = await control(t, it);
  const journey = await ask('journey', { id });
  assert.equal(journey.subject.kind, 'association');
  assert.deepEqual(stages(journey), [
    ['knock', 0],
    ['custody', 1],
    ['receipt', 1],
    ['arrival', 0],
  ]);
});

test('[OVER-21] a journey is cut at what was asked for, and says so; what is not known is not found', async (t) => {
  const it = await filled(t);
  for (let n = 0; n < 5; n += 1) await it.arrive(`o${n}`, { study: '1.7' });
  await it.tell({ ...at(), kind: 'config.changed', by: 'x', change: text('a', 'a') });
  const { ask, refused } = await control(t, it);
  const { steps, objects, isCut, subject } = await ask('journey', { id: '1.7', limit: 2 });
  assert.deepEqual([steps.length, objects.length, isCut, subject.objects], [2, 2, true, 5]);
  const last = (await ask('log', {})).entries.at(-1)?.seq ?? 0;
  for (const id of ['1.2.3.4', '#999', 'f'.repeat(64), uuidv7(5), 'nonsense', `#${last}`])
    assert.deepEqual(await refused('journey', { id }), { status: 404, code: 'control.not-found' }, id);
});

test('[OVER-22] a search finds by name, number, accession, date, UID and digest; what is held by its identifier alone', async (t) => {
  const it = await filled(t);
  const sha256 = await it.arrive('a', { study: '1.7' });
  await it.arrive('b', {
    study: '1.8',
    patient: { PatientName: 'DUPOND^Jean', PatientID: 'X2', StudyDate: '20260106' },
  });
  await it.arrive('h', { study: '1.6', kind: 'hold' });
  await it.enter();
  const { ask } = await control(t, it);
  const ids = async (words: string) =>
    (await ask('journey.search', { words })).found.map(({ kind, id }) => `${kind} ${id}`);
  for (const words of ['dupont', 'Dupont Maë', 'IPP-7788421', 'ACC-5512', '2026-01-05', '05/01/2026', '1.7', '1.7.1'])
    assert.deepEqual(await ids(words), ['study 1.7'], words);
  assert.deepEqual((await ids('dupon')).toSorted(), ['study 1.7', 'study 1.8']);
  assert.deepEqual(await ids(sha256), [`object ${sha256}`]);
  assert.deepEqual(await ids('1.6'), ['study 1.6']);
  assert.deepEqual(await ids('nobody'), []);
  const [found] = (await ask('journey.search', { words: 'dupont' })).found;
  assert.deepEqual(found, {
    ...{ kind: 'study', id: '1.7', title: 'DUPONT Maëlle', patientId: PATIENT.PatientID, born: '1971-02-03' },
    ...{ date: '2026-01-05', modality: 'CT', description: PATIENT.StudyDescription, objects: 1 },
  });
  const cut = await ask('journey.search', { words: 'dupon', limit: 1 });
  assert.deepEqual([cut.found.length, cut.isCut], [1, true]);
});

test('[OVER-23] the ledger tells who searched for what kind of thing and how much was found, never the words', async (t) => {
  const it = await filled(t);
  await it.arrive('a', { study: '1.7' });
  await it.enter();
  const { ask } = await control(t, it);
  await ask('journey.search', { words: 'Dupont' });
  const { entries } = await ask('log', { kinds: ['journey'] });
  const event = entries[0]?.event;
  assert.deepEqual(
    [event?.by, event?.keys, event?.found],
    ['local administrator', ['PatientID', 'AccessionNumber', 'PatientName'], 1],
  );
  assert.doesNotMatch(JSON.stringify(entries), /dupont/i);
});
