import assert from 'node:assert/strict';
import { test } from 'node:test';
import { observationsIn, onlyPart, problemsOf, readAs } from './reading.testkit.ts';

const PID = 'PID|1||4711^^^CHU^PI||MARTIN^Zoé';
const OBR = 'OBR|1|C1|L1|IONO^Ionogramme^L';
const oru = (...segments: readonly string[]) => readAs('ORU^R01^ORU_R01', ...segments);
const valuesOf = (obx: string) => observationsIn(oru(PID, OBR, obx)).flatMap(({ values }) => values);

test('[HL7-11] results without PID belong to nobody: fatal, with the place named', () => {
  assert.deepEqual(problemsOf(oru(OBR, 'OBX|1|NM|K||4,1')), ['100 OBR[1]', '100 OBX[1]', '!101 PID']);
});

test('[HL7-11] a patient with neither identifier nor name is nobody; one with a name is told and read', () => {
  assert.deepEqual(problemsOf(oru('PID|1', OBR)), ['!101 PID[1]-3']);
  assert.deepEqual(problemsOf(oru('PID|1||||MARTIN^Zoé', OBR)), ['101 PID[1]-3']);
});

test('[HL7-11] each PID of a message begins a patient of its own, and nothing passes from one to the next', () => {
  const reading = oru(
    PID,
    'ORC|RE|C9|L9',
    'NTE|1||de l’un',
    'PID|1||4712^^^CHU^PI',
    OBR,
    'OBX|1|NM|K||5',
    'PID|1||4713',
    'OBX|1|NM|K||6',
  );
  assert.deepEqual(
    reading.patients.map(({ patient, reports }) => [
      patient.identifiers[0]?.value,
      reports.map(({ filler, notes, observations }) => [filler, notes, observations.flatMap(({ values }) => values)]),
    ]),
    [
      ['4711', []],
      ['4712', [['L1', [], ['5']]]],
      ['4713', [['', [], ['6']]]],
    ],
  );
});

test('[HL7-12] OBX before any OBR is shown in a report of its own, and told', () => {
  const reading = oru(PID, 'OBX|1|NM|K^Potassium||4,1|mmol/L', OBR, 'OBX|1|NM|NA||140');
  const [lone, report] = onlyPart(reading).reports;
  assert.deepEqual(
    [lone?.panel.id, lone?.observations[0]?.values, report?.observations[0]?.values],
    ['', ['4,1'], ['140']],
  );
  assert.deepEqual(problemsOf(reading), ['100 OBX[1]']);
});

test('[HL7-12] PV1 may be missing or come late; segments nobody knows and those of the sender are passed over', () => {
  const reading = oru(PID, 'ZXX|1|a', OBR, 'QQQ|1', 'OBX|1|NM|K||4,1', 'ZBE|1', 'PV1|1|E', 'NK1|1', 'X9Z');
  assert.equal(onlyPart(reading).visit?.class, 'E');
  assert.deepEqual(problemsOf(reading), []);
  assert.equal(onlyPart(oru(PID, OBR)).visit, undefined);
});

test('[HL7-12] notes belong to what they follow: patient, report, observation', () => {
  const reading = oru(
    PID,
    'NTE|1||du patient',
    'ORC|RE|C1',
    'NTE|1||de la demande',
    OBR,
    'NTE|1||du bilan~suite',
    'OBX|1|NM|K||4,1',
    'NTE|1||hémolysé',
    'NTE|2||',
    'OBX|2|NM|NA||140',
  );
  const [report] = onlyPart(reading).reports;
  assert.deepEqual(onlyPart(reading).notes, ['du patient']);
  assert.deepEqual(report?.notes, ['de la demande', 'du bilan\nsuite']);
  assert.deepEqual(
    report?.observations.map(({ notes }) => notes),
    [['hémolysé', ''], []],
  );
});

test('[HL7-12] lines of a text are values of one observation, as repetitions and OBX after OBX', () => {
  const obx = (value: string, code = 'CR^Compte rendu', status = 'F') => `OBX|1|TX|${code}||${value}||||||${status}`;
  assert.deepEqual(
    observationsIn(
      oru(PID, OBR, obx('un~deux'), obx(''), obx('trois'), obx('autre', 'CONCL'), obx('corrigé', 'CONCL', 'C')),
    ).map(({ values }) => values),
    [['un', 'deux', 'trois'], ['autre'], ['corrigé']],
  );
  assert.deepEqual(observationsIn(oru(PID, OBR, obx('un'), 'NTE|1||note', obx('deux'))).length, 2);
  assert.deepEqual(observationsIn(oru(PID, OBR, 'OBX|1|NM|K||4', 'OBX|2|NM|K||5')).length, 2);
});

const VALUES: readonly (readonly [obx: string, ...values: readonly string[]])[] = [
  ['OBX|1|NM|K||4,10', '4,10'],
  ['OBX|1|NM|K||-0.5~+3', '-0.5', '+3'],
  ['OBX|1|SN|K||>^100', '>100'],
  ['OBX|1|SN|K||<=^0,5', '<=0,5'],
  ['OBX|1|SN|K||^1^:^128', '1:128'],
  ['OBX|1|SN|K||^3^+', '3+'],
  ['OBX|1|SN|K||^2^-^5', '2-5'],
  ['OBX|1|ST|K||>10000', '>10000'],
  ['OBX|1|ST|K||a^b&c', 'a^b&c'],
  ['OBX|1|FT|K||a\\.br\\b', 'a\nb'],
  ['OBX|1|CE|K||ECOLI^Escherichia coli^L~^Entérocoque', 'Escherichia coli', 'Entérocoque'],
  ['OBX|1|CWE|K||X^^L^^^^^^écrit ainsi', 'écrit ainsi'],
  ['OBX|1|CE|K||POS', 'POS'],
  ['OBX|1|CE|K||^^^L1^autre texte', 'autre texte'],
  ['OBX|1|NR|K||1^5', '1 - 5'],
  ['OBX|1|XCN|K||8001^Dupond^Zoé^^^Dr', 'Dr Zoé Dupond'],
  ['OBX|1|CX|K||4711^^^CHU', '4711'],
  ['OBX|1|XAD|K||1 rue X^^Orléans', '1 rue X Orléans'],
  ['OBX|1|DTM|K||20260102', '20260102'],
  ['OBX|1|NM|K||""', ''],
];

for (const [obx, ...values] of VALUES) {
  test(`[HL7-13] ${obx} reads ${JSON.stringify(values)}`, () => assert.deepEqual(valuesOf(obx), values));
}

test('[HL7-13] nothing sent is no value', () => assert.deepEqual(valuesOf('OBX|1|NM|K'), []));

test('[HL7-13] a value of an unknown type, or of none, is shown as sent and told', () => {
  const reading = oru(PID, OBR, 'OBX|1|ZZ|K||a^b&c~d', 'OBX|2||K||4,1', 'OBX|3||K');
  assert.deepEqual(
    observationsIn(reading).map(({ values }) => values),
    [['a^b&c', 'd'], ['4,1'], []],
  );
  assert.deepEqual(problemsOf(reading), ['103 OBX[1]-2', '101 OBX[2]-2']);
});

test('[HL7-13] unit, range, flags and status are those that were sent', () => {
  const [potassium, mdc] = observationsIn(
    oru(
      PID,
      OBR,
      'OBX|1|NM|2823-3^Potassium^LN||6,8|mmol/L^millimole par litre^UCUM|3,5 - 5,1 ^ à jeun|HH~A^anormal|||C',
      'OBX|2|NM|X||1|262418^MDC_DIM^MDC|||||D',
    ),
  );
  assert.deepEqual(
    [potassium?.unit, potassium?.range, potassium?.flags, potassium?.status],
    ['mmol/L', '3,5 - 5,1 ^ à jeun', ['HH', 'A'], 'C'],
  );
  assert.deepEqual([mdc?.unit, mdc?.status], ['MDC_DIM', 'D']);
});

test('[HL7-13] more repetitions than are looked at is fatal, not cut in silence', () => {
  const many = 'a~'.repeat(10_001);
  assert.deepEqual(problemsOf(oru(PID, OBR, `OBX|1|ST|K||${many}`)), ['!198 OBX[1]-5']);
  assert.ok(problemsOf(oru(PID, OBR, `OBX|1|ED|K||${many}`)).includes('!198 OBX[1]-5'));
  assert.deepEqual(problemsOf(oru(PID, OBR, `NTE|1||${many}`)), ['!198 NTE[1]-3']);
  assert.deepEqual(problemsOf(oru(`PID|1||${many}||X`)), ['!198 PID[1]-3']);
});

const PDF = Buffer.from('%PDF-1.4 é', 'latin1');
const BASE64 = PDF.toString('base64');
const documentOf = (obx: string) => {
  const reading = oru(PID, OBR, obx);
  const [observation] = observationsIn(reading);
  const document = observation?.document;
  return {
    type: document?.mediaType,
    bytes: document?.bytes === undefined ? undefined : Buffer.from(document.bytes),
    reference: document?.reference,
    values: observation?.values,
    problems: problemsOf(reading),
  };
};

const DOCUMENTS: readonly (readonly [obx: string, type: string])[] = [
  [`OBX|1|ED|PDF||SGL^application^pdf^Base64^${BASE64}`, 'application/pdf'],
  [`OBX|1|ED|PDF||^^PDF^Base64^${BASE64}`, 'PDF'],
  [`OBX|1|ED|PDF||^AP^^BASE64^${BASE64.slice(0, 4)}\\.br\\${BASE64.slice(4)}`, 'AP'],
  [`OBX|1|ED|PDF||^TEXT^XML^^${BASE64}`, 'TEXT/XML'],
  [`OBX|1|ED|PDF||^TEXT^XML^Hex^${PDF.toString('hex')}`, 'TEXT/XML'],
];

for (const [obx, type] of DOCUMENTS) {
  test(`[HL7-14] ${obx} is a document, its bytes what was sent`, () => {
    assert.deepEqual(documentOf(obx), { type, bytes: PDF, reference: '', values: [], problems: [] });
  });
}

for (const data of ['AAA', 'AA=A', 'A===', 'AAA*', '====', 'QQ', 'QUJD\u00e9AAA']) {
  test(`[HL7-14] ${data} is no base64: told, and kept as sent`, () => {
    const found = documentOf(`OBX|1|ED|PDF||^AP^PDF^Base64^${data}`);
    assert.deepEqual(
      [found.bytes, found.values, found.problems],
      [undefined, [`^AP^PDF^Base64^${data}`], ['102 OBX[1]-5']],
    );
  });
}

test('[HL7-14] text sent as a document is its bytes; an empty one is told', () => {
  assert.deepEqual(documentOf('OBX|1|ED|X||^TEXT^PLAIN^A^é').bytes, Buffer.from('é'));
  assert.deepEqual(documentOf('OBX|1|ED|X||^AP^PDF^Base64^').problems, ['101 OBX[1]-5']);
});

test('[HL7-14] a reference is told and leads nowhere', () => {
  const found = documentOf('OBX|1|RP|X||\\\\srv\\T\\a\\cr.pdf^SGL^application^pdf');
  assert.deepEqual([found.bytes, found.type, found.values], [undefined, 'application/pdf', []]);
  assert.match(found.reference ?? '', /srv&a/);
});

test('[HL7-14] two documents in one OBX are two observations', () => {
  assert.equal(
    observationsIn(oru(PID, OBR, `OBX|1|ED|X||^AP^PDF^Base64^${BASE64}~^AP^PDF^Base64^${BASE64}`)).length,
    2,
  );
});
