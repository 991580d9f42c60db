import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFhir, readFhir } from './fhir/fhir.ts';
import { onlyPart, problemsOf, readAs, row } from './reading.testkit.ts';

const PID = 'PID|1||4711^^^CHU^PI||MARTIN^Zoé';

test('[HL7-70] AL1 is read as it was sent: kind, substance, severity, reactions, date', () => {
  const reading = readAs('ADT^A08', PID, 'AL1|1|DA^Médicament^HL70127|7980^Pénicilline^LOC|SV|œdème~choc|20190412');
  const [allergy] = onlyPart(reading).allergies;
  assert.deepEqual([allergy?.source, allergy?.kind.text, allergy?.code.id], ['AL1', 'Médicament', '7980']);
  assert.deepEqual([allergy?.severity.id, allergy?.identifiedAt], ['SV', '20190412']);
  assert.deepEqual(allergy?.reactions, ['œdème', 'choc']);
  assert.deepEqual(problemsOf(reading), []);
});

test('[HL7-70] AL1 whose substance is null says that the list is empty; one without any is told and says nothing', () => {
  const reading = readAs('ADT^A08', PID, 'AL1|1||""', 'AL1|2|DA||SV');
  const { allergies } = onlyPart(reading);
  assert.deepEqual(
    allergies.map(({ code }) => code.id + code.text),
    [''],
  );
  assert.deepEqual(problemsOf(reading), ['101 AL1[2]-3']);
});

test('[HL7-71] IAM has its action, number, status and notes; A60 is read', () => {
  const iam = row('IAM', {
    2: 'DA',
    3: 'P^Pénicilline^L',
    4: 'SV',
    6: 'D',
    7: 'A1^DPI',
    8: 'erreur',
    9: 'AL',
    17: 'E',
  });
  const reading = readAs('ADT^A60', PID, iam, 'NTE|1||vu avec le patient', 'PV1|1|I');
  assert.equal(reading.kind, 'admission');
  const [allergy] = onlyPart(reading).allergies;
  assert.deepEqual([allergy?.source, allergy?.action, allergy?.number], ['IAM', 'D', 'A1']);
  assert.deepEqual([allergy?.sensitivity, allergy?.status], ['AL', ['E']]);
  assert.deepEqual(allergy?.notes, ['erreur', 'vu avec le patient']);
});

test('[HL7-71] an allergy before any patient is of nobody, and told', () => {
  const reading = readAs('ADT^A08', 'AL1|1||P^Pénicilline^L');
  assert.deepEqual(problemsOf(reading), ['100 AL1[1]', '!101 PID']);
});

const PATIENT = { resourceType: 'Patient', id: 'p', identifier: [{ value: '4711' }], name: [{ family: 'MARTIN' }] };
const coding = (code: string) => ({ coding: [{ code }] });

/** A Bundle with these beside the patient. */
function bundled(...resources: readonly object[]) {
  const entry = [PATIENT, ...resources].map((resource) => ({ resource }));
  const readings = readFhir(parseFhir(JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry })));
  assert.ok(!('kind' in readings) && readings[0] !== undefined);
  return readings[0];
}

test('[HL7-72] an AllergyIntolerance is read into the same nouns, statuses as they came', () => {
  const reading = bundled({
    ...{ resourceType: 'AllergyIntolerance', id: 'a1', patient: { reference: 'Patient/p' }, criticality: 'high' },
    ...{ clinicalStatus: coding('active'), verificationStatus: coding('refuted'), type: 'allergy' },
    code: { coding: [{ system: 'http://snomed.info/sct', code: '716186003', display: 'No known allergy' }] },
    ...{ category: ['medication'], onsetDateTime: '2019-04-12', note: [{ text: 'déclaratif' }] },
    reaction: [{ manifestation: [{ text: 'urticaire' }], severity: 'severe' }, { description: 'malaise' }],
  });
  const [allergy] = onlyPart(reading).allergies;
  assert.equal(reading.kind, 'result');
  assert.deepEqual([allergy?.source, allergy?.number, allergy?.code.system], ['FHIR', 'a1', 'SCT']);
  assert.deepEqual(allergy?.status, ['active', 'refuted']);
  assert.deepEqual(allergy?.reactions, ['urticaire (severe)', 'malaise']);
  assert.deepEqual(
    [allergy?.kind.text, allergy?.severity.id, allergy?.identifiedAt, allergy?.notes],
    ['medication', 'high', '20190412', ['déclaratif']],
  );
});

test('[HL7-72] an allergy of nobody is fatal, and where is told', () => {
  const reading = bundled({ resourceType: 'AllergyIntolerance', patient: { reference: 'Patient/q' } });
  assert.deepEqual(problemsOf(reading), ['!101 AllergyIntolerance[1].patient']);
});

test('[HL7-73] a DocumentReference is its attachments, with number, state and what it replaces; no address is followed', () => {
  const data = Buffer.from('<ClinicalDocument xmlns="urn:hl7-org:v3"/>').toString('base64');
  const reading = bundled({
    ...{ resourceType: 'DocumentReference', id: 'd2', status: 'superseded', date: '2026-01-02T08:00:00Z' },
    ...{ subject: { reference: 'Patient/p' }, type: { text: 'Lettre de liaison' }, author: [{ display: 'Dr Noël' }] },
    relatesTo: [{ code: 'replaces', target: { reference: 'DocumentReference/d1' } }],
    content: [
      { attachment: { contentType: 'text/xml', data } },
      { attachment: { contentType: 'application/pdf', url: 'https://example.org/x.pdf', title: 'Annexe' } },
    ],
  });
  const [first, second] = onlyPart(reading).documents;
  assert.equal(reading.kind, 'document');
  assert.deepEqual([first?.title, first?.id, first?.parent], ['Lettre de liaison', 'd2', 'd1']);
  assert.deepEqual([first?.availability, first?.writtenAt, first?.author], ['OB', '20260102080000+0000', 'Dr Noël']);
  assert.match(Buffer.from(first?.bytes ?? []).toString(), /ClinicalDocument/);
  assert.deepEqual(
    [second?.title, second?.bytes, second?.reference],
    ['Annexe', undefined, 'https://example.org/x.pdf'],
  );
});
