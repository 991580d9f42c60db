import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '../random.testkit.ts';
import { problemsOf } from '../reading.testkit.ts';
import type { Reading } from '../readings.ts';
import { randomBundle } from './fhir.testkit.ts';
import { parseFhir, readFhir } from './fhir.ts';

type Json = Readonly<Record<string, unknown>>;

const PATIENT = { resourceType: 'Patient', id: 'p', identifier: [{ value: '4711' }], name: [{ family: 'MARTIN' }] };
const POTASSIUM = {
  resourceType: 'Observation',
  id: 'k',
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '2823-3', display: 'Potassium' }] },
  subject: { reference: 'Patient/p' },
  valueQuantity: { value: 4.1, unit: 'mmol/L' },
};
const REPORT = {
  resourceType: 'DiagnosticReport',
  id: 'r',
  status: 'final',
  code: { text: 'Ionogramme' },
  subject: { reference: 'Patient/p' },
  result: [{ reference: 'Observation/k' }],
};

const bundle = (...resources: readonly Json[]) => ({
  resourceType: 'Bundle',
  type: 'collection',
  entry: resources.map((resource) => ({ resource })),
});

/** The only reading of a value. */
function readOne(value: unknown): Reading {
  const readings = readFhir(value);
  assert.ok(!('kind' in readings) && readings.length === 1);
  return readings[0] as Reading;
}

/** The observations of the first report of the first patient. */
function observationsOf(value: unknown): Reading['patients'][number]['reports'][number]['observations'] {
  return readOne(value).patients[0]?.reports[0]?.observations ?? [];
}

/** What the Observation above reads as, with some of it changed. */
function observed(change: Json) {
  const { valueQuantity: _, ...rest } = POTASSIUM;
  return observationsOf(bundle(PATIENT, { ...rest, ...change }));
}

test('[HL7-26] generated facts, written as FHIR and read, are the same facts', () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const { value, patients } = randomBundle(new SeededRandom(seed));
    const reading = readOne(parseFhir(JSON.stringify(value)));
    assert.deepEqual([reading.kind, reading.problems, reading.patients], ['result', [], patients], `seed ${seed}`);
  }
});

test('[HL7-26] numbers are the digits that were written', () => {
  const json = JSON.stringify(bundle(PATIENT, POTASSIUM, REPORT));
  for (const digits of ['4.10', '4', '0.500', '1e3', '-0.0', '12345678901234567890.5'])
    assert.deepEqual(observationsOf(parseFhir(json.replace(':4.1,', `:${digits},`)))[0]?.values, [digits]);
  assert.deepEqual(observationsOf(JSON.parse(json))[0]?.values, ['4.1']);
});

test('[HL7-26] what is no JSON, or nests without end, is no value', () => {
  assert.equal(parseFhir('{"a":'), undefined);
  assert.equal(parseFhir(''), undefined);
  const deep = readFhir(parseFhir(`${'['.repeat(200_000)}${']'.repeat(200_000)}`));
  assert.ok('kind' in deep);
});

const VALUES: readonly (readonly [change: Json, valueType: string, values: readonly string[], unit?: string])[] = [
  [{ valueQuantity: { value: 5, comparator: '<', unit: 'ng/L', code: 'ng/L' } }, 'SN', ['<5'], 'ng/L'],
  [{ valueQuantity: { value: 5, code: 'mmol/L' } }, 'NM', ['5'], 'mmol/L'],
  [{ valueString: 'un\ndeux' }, 'ST', ['un\ndeux']],
  [{ valueCodeableConcept: { coding: [{ code: 'ECOLI', display: 'Escherichia coli' }] } }, 'CWE', ['Escherichia coli']],
  [{ valueBoolean: false }, 'ST', ['false']],
  [{ valueInteger: 3 }, 'NM', ['3']],
  [{ valueRange: { low: { value: 1, unit: 'g' }, high: { value: 2 } } }, 'NR', ['1 - 2'], 'g'],
  [{ valueRatio: { numerator: { value: 1 }, denominator: { value: 128 } } }, 'SN', ['1:128']],
  [{ valueTime: '08:15:00' }, 'TM', ['081500']],
  [{ valueDateTime: '2026-01-02T08:15:00.5+01:00' }, 'DTM', ['20260102081500.5+0100']],
  [{ valuePeriod: { start: '2026-01-02', end: '2026-01-03' } }, 'DR', ['20260102 - 20260103']],
  [{}, '', []],
];

for (const [change, valueType, values, unit = ''] of VALUES) {
  test(`[HL7-27] ${JSON.stringify(change)} is ${valueType || 'no value'} ${JSON.stringify(values)}`, () => {
    const [observation] = observed(change);
    assert.deepEqual([observation?.valueType, observation?.values, observation?.unit], [valueType, values, unit]);
  });
}

const STATUSES: readonly (readonly [type: 'Observation' | 'DiagnosticReport', status: string, read: string])[] = [
  ['Observation', 'final', 'F'],
  ['Observation', 'preliminary', 'P'],
  ['Observation', 'corrected', 'C'],
  ['Observation', 'amended', 'A'],
  ['Observation', 'cancelled', 'X'],
  ['Observation', 'entered-in-error', 'entered-in-error'],
  ['Observation', 'registered', 'registered'],
  ['DiagnosticReport', 'final', 'F'],
  ['DiagnosticReport', 'preliminary', 'P'],
  ['DiagnosticReport', 'corrected', 'C'],
  ['DiagnosticReport', 'partial', 'R'],
  ['DiagnosticReport', 'cancelled', 'X'],
  ['DiagnosticReport', 'appended', 'appended'],
  ['DiagnosticReport', 'registered', 'registered'],
];

for (const [type, status, read] of STATUSES) {
  test(`[HL7-27] ${type}.status ${status} is ${read}`, () => {
    const changed = type === 'Observation' ? [{ ...POTASSIUM, status }, REPORT] : [POTASSIUM, { ...REPORT, status }];
    const report = readOne(bundle(PATIENT, ...changed)).patients[0]?.reports[0];
    assert.equal(type === 'Observation' ? report?.observations[0]?.status : report?.status, read);
  });
}

test('[HL7-27] flags, range, notes, method, performers and the reason of an absent value are those that were sent', () => {
  const [observation] = observed({
    interpretation: [{ coding: [{ code: 'HH' }] }, { text: 'critique' }],
    referenceRange: [
      { text: '3,5 - 5,1' },
      { low: { value: 3 } },
      { low: { value: 1 }, high: { value: 2 } },
      { high: { value: 9 } },
    ],
    note: [{ text: 'hémolysé' }],
    method: { text: 'électrode' },
    performer: [{ display: 'Laboratoire' }, { reference: 'Practitioner/9', display: 'Dr Noël' }],
    dataAbsentReason: { coding: [{ code: 'not-performed', display: 'Non fait' }] },
  });
  assert.deepEqual(
    [
      observation?.flags,
      observation?.range,
      observation?.notes,
      observation?.method,
      observation?.laboratory,
      observation?.responsible,
    ],
    [
      ['HH', 'critique'],
      '3,5 - 5,1 ; >= 3 ; 1 - 2 ; <= 9',
      ['hémolysé', 'Non fait'],
      'électrode',
      'Laboratoire',
      'Dr Noël',
    ],
  );
});

test('[HL7-27] components are observations with the whole’s code as sub-ID; members are found, each once', () => {
  const parts = observed({
    component: [
      { code: { text: 'Systolique' }, valueQuantity: { value: 12 } },
      { code: { text: 'Diastolique' }, valueQuantity: { value: 8 } },
    ],
  });
  assert.deepEqual(
    parts.map(({ code, subId, values }) => [code.text, subId, values]),
    [
      ['Systolique', '2823-3', ['12']],
      ['Diastolique', '2823-3', ['8']],
    ],
  );
  const panel = {
    ...POTASSIUM,
    id: 'panel',
    valueQuantity: undefined,
    hasMember: [{ reference: 'Observation/k' }, { reference: 'Observation/panel' }],
  };
  const report = { ...REPORT, result: [{ reference: 'Observation/panel' }, { reference: 'Observation/k' }] };
  assert.deepEqual(
    observationsOf(bundle(PATIENT, POTASSIUM, panel, report)).map(({ values }) => values),
    [[], ['4.1']],
  );
});

test('[HL7-28] a report alone is read with what it contains: patient, request, specimen, organization', () => {
  const { patients, problems } = readOne({
    ...REPORT,
    contained: [
      PATIENT,
      { ...POTASSIUM, subject: { reference: '#p' }, performer: [{ reference: '#o' }] },
      { resourceType: 'ServiceRequest', id: 's', identifier: [{ value: 'C1' }], requester: { display: 'Dr Dupond' } },
      { resourceType: 'Specimen', id: 'b', type: { text: 'Sang' }, receivedTime: '2026-01-02T08:00:00Z' },
      { resourceType: 'Organization', id: 'o', name: 'Laboratoire central' },
    ],
    identifier: [{ value: 'L1' }],
    subject: { reference: '#p' },
    basedOn: [{ reference: '#s' }],
    specimen: [{ reference: '#b' }],
    result: [{ reference: '#k' }],
  });
  const report = patients[0]?.reports[0];
  assert.deepEqual(
    [
      patients[0]?.patient.names[0]?.family,
      report?.placer,
      report?.filler,
      report?.requester,
      report?.specimen,
      report?.receivedAt,
    ],
    ['MARTIN', 'C1', 'L1', 'Dr Dupond', 'Sang', '20260102080000+0000'],
  );
  assert.deepEqual(
    report?.observations.map(({ values, laboratory }) => [values, laboratory]),
    [[['4.1'], 'Laboratoire central']],
  );
  assert.deepEqual(problems, []);
});

test('[HL7-28] an observation alone is a report of its own; a subject by identifier is a patient', () => {
  const { patients } = readOne({
    ...POTASSIUM,
    subject: { identifier: { system: 'urn:oid:1.2', value: '4711' }, display: 'Zoé MARTIN' },
  });
  assert.deepEqual(patients[0]?.patient.identifiers, [{ value: '4711', authority: '', oid: '1.2', type: '' }]);
  assert.deepEqual(
    [patients[0]?.patient.names[0]?.family, patients[0]?.reports[0]?.panel.id],
    ['Zoé MARTIN', '2823-3'],
  );
});

test('[HL7-28] references lead within what was sent, and an address to the letter', () => {
  const at = (fullUrl: string, resource: Json) => ({ fullUrl, resource });
  const read = (reference: string, ...entry: readonly Json[]) =>
    problemsOf(
      readOne({
        resourceType: 'Bundle',
        type: 'collection',
        entry: [...entry, { resource: { ...POTASSIUM, subject: { reference } } }],
      }),
    );
  const here = at('https://here/Patient/p', PATIENT);
  assert.deepEqual(read('https://here/Patient/p', here), []);
  assert.deepEqual(read('https://here/Patient/p/_history/2', here), []);
  assert.deepEqual(read('Patient/p', here), []);
  assert.deepEqual(read('https://there/Patient/p', here), ['!101 Observation[1].subject']);
  assert.deepEqual(read('Patient/q', here), ['!101 Observation[1].subject']);
  // Two of the same id: nobody can say which.
  assert.deepEqual(read('Patient/p', here, at('https://there/Patient/p', PATIENT)), ['!101 Observation[1].subject']);
  const beside = at('https://there/Observation/k', { ...POTASSIUM, subject: { reference: 'Patient/p' } });
  const both = readOne({
    resourceType: 'Bundle',
    type: 'collection',
    entry: [here, at('https://there/Patient/p', { ...PATIENT, name: [{ family: 'AUTRE' }] }), beside],
  });
  assert.deepEqual(
    both.patients.map(({ patient, reports }) => [patient.names[0]?.family, reports.length]),
    [
      ['MARTIN', 0],
      ['AUTRE', 1],
    ],
  );
});

test('[HL7-28] results about nobody are fatal; a result that was not sent is told', () => {
  assert.deepEqual(problemsOf(readOne({ ...POTASSIUM, subject: undefined })), ['!101 Observation[1].subject']);
  assert.deepEqual(problemsOf(readOne(bundle(PATIENT, REPORT))), ['101 DiagnosticReport[1].result']);
  assert.deepEqual(problemsOf(readOne({ ...POTASSIUM, subject: { display: 'Zoé' } })), ['!101 Observation[1].subject']);
});

test('[HL7-29] the presented form is a document, from its data or a Binary beside it; elsewhere it is a reference', () => {
  const forms = [
    { contentType: 'application/pdf', title: 'CR', data: 'QUJD' },
    { url: 'Binary/b' },
    { contentType: 'application/pdf', url: 'https://elsewhere/Binary/b' },
    { data: 'A' },
  ];
  const reading = readOne(
    bundle(
      PATIENT,
      { ...REPORT, result: [], presentedForm: forms },
      { resourceType: 'Binary', id: 'b', contentType: 'text/xml', data: 'REVG' },
    ),
  );
  const found = reading.patients[0]?.reports[0]?.observations ?? [];
  assert.deepEqual(
    found.map(({ valueType, values, document }) => [
      valueType,
      values,
      document?.mediaType,
      document?.title,
      document?.bytes && Buffer.from(document.bytes).toString(),
      document?.reference,
    ]),
    [
      ['ED', [], 'application/pdf', 'CR', 'ABC', ''],
      ['ED', [], 'text/xml', 'Ionogramme', 'DEF', ''],
      ['RP', [], 'application/pdf', 'Ionogramme', undefined, 'https://elsewhere/Binary/b'],
      ['ED', ['A'], '', 'Ionogramme', undefined, ''],
    ],
  );
  assert.deepEqual(problemsOf(reading), ['102 DiagnosticReport[1].data']);
});

test('[HL7-29] a message says from whom and to whom, and whether it is a test', () => {
  const header = {
    resourceType: 'MessageHeader',
    eventCoding: { code: 'R01' },
    source: { name: 'SGL', endpoint: 'x' },
    sender: { display: 'CHU' },
    destination: [{ name: 'LEADGLASS' }],
  };
  const value = {
    ...bundle(header, PATIENT, POTASSIUM),
    type: 'message',
    timestamp: '2026-01-02T03:04:05Z',
    identifier: { value: 'M1' },
  };
  const { sendingApplication, sendingFacility, receivingApplication, sentAt, trigger, controlId, processing } =
    readOne(value).header;
  assert.deepEqual(
    [sendingApplication, sendingFacility, receivingApplication, sentAt, trigger, controlId, processing],
    ['SGL', 'CHU', 'LEADGLASS', '20260102030405+0000', 'R01', 'M1', 'P'],
  );
  assert.equal(readOne({ ...value, meta: { tag: [{ code: 'HTEST' }] } }).header.processing, 'T');
});

test('[HL7-29] a French patient has birthplace code and identity status where the profiles put them', () => {
  const extension = [
    {
      url: 'http://hl7.org/fhir/StructureDefinition/patient-birthPlace',
      valueAddress: {
        city: 'PARIS',
        extension: [
          {
            url: 'https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-address-insee-code',
            valueCoding: { code: '75056' },
          },
        ],
      },
    },
    {
      url: 'https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-identity-reliability',
      extension: [{ url: 'identityStatus', valueCoding: { code: 'VALI' } }],
    },
  ];
  const { patient } = readOne(bundle({ ...PATIENT, extension }, POTASSIUM)).patients[0] ?? {};
  assert.deepEqual([patient?.birthPlace, patient?.birthPlaceCode, patient?.reliability], ['PARIS', '75056', ['VALI']]);
});

const REFUSED: readonly (readonly [what: string, value: unknown])[] = [
  ['nothing', undefined],
  ['a text', 'Bundle'],
  ['null', null],
  ['an object without a type', {}],
  ['a resource of another kind', { resourceType: 'Basic' }],
  ['a Bundle of another kind', { resourceType: 'Bundle', type: 'history' }],
  ['entries that are none', { resourceType: 'Bundle', type: 'collection', entry: { a: 1 } }],
  ['more entries than are read', bundle(...Array(10_001).fill(PATIENT))],
  ['more parts than are read', { resourceType: 'Bundle', type: 'collection', entry: [], x: Array(1_000_001).fill(0) }],
];

for (const [what, value] of REFUSED) {
  test(`[HL7-30] ${what} is unreadable`, () => {
    const readings = readFhir(value);
    assert.ok('kind' in readings && readings.problems.every(({ isFatal }) => isFatal));
  });
}

test('[HL7-30] a resource that is not as FHIR has it is fatal, and where is told by names of the standard alone', () => {
  const read = (change: Json) => problemsOf(readOne(bundle(PATIENT, { ...POTASSIUM, ...change })));
  assert.deepEqual(read({ valueQuantity: { value: 'secret' } }), ['!102 Observation[1].valueQuantity.value']);
  assert.deepEqual(read({ note: [{ text: 'a' }, { text: 1, secret: 2 }] }), ['!102 Observation[1].note[2].text']);
  assert.deepEqual(read({ code: null }), ['!102 Observation[1].code']);
  assert.deepEqual(read({ valueString: 'x'.repeat(1024 * 1024 + 1) }), ['!102 Observation[1].valueString']);
});

test('[HL7-30] what deletes or asks in a transaction is not read, and told', () => {
  const value = {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [{ resource: PATIENT }, { resource: POTASSIUM, request: { method: 'DELETE' } }],
  };
  assert.deepEqual([readOne(value).kind, problemsOf(readOne(value))], ['other', ['201 Bundle.entry.request']]);
});
