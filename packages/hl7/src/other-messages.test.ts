import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onlyPart, problemsOf, read, readAs, row } from './reading.testkit.ts';

const PID = 'PID|1||4711^^^CHU^PI||MARTIN^Zoé';
const OBR = 'OBR|1';

test('[HL7-15] an order is ORC and OBR; a second OBR under it is an order more; ORC alone is one too', () => {
  const reading = readAs(
    'ORM^O01',
    PID,
    row('ORC', { 1: 'NW', 2: 'C1', 3: 'F1', 7: '^^^20260103', 12: '8001^Dupond^Paul', 14: '0238' }),
    'OBR|1|C1|F1|TDM^Scanner',
    'OBR|2|||IRM^IRM',
    'ORC|CA|C2',
  );
  assert.deepEqual(
    onlyPart(reading).orders.map(({ control, placer, procedure, scheduledAt, requester, requesterPhone }) => [
      control,
      placer,
      procedure.text,
      scheduledAt,
      requester,
      requesterPhone,
    ]),
    [
      ['NW', 'C1', 'Scanner', '20260103', 'Paul Dupond', '0238'],
      ['NW', 'C1', 'IRM', '20260103', 'Paul Dupond', '0238'],
      ['CA', 'C2', '', '', '', ''],
    ],
  );
});

test('[HL7-15] OBR without ORC is an order; notes are the order’s; OBX beside it is no result', () => {
  const reading = readAs(
    'ORM^O01',
    PID,
    row('OBR', { 2: 'C1', 4: 'TDM^Scanner', 5: 'S', 13: 'dyspnée' }),
    'NTE|1||à jeun',
    'OBX|1|NM|POIDS||70',
    'NTE|1||du poids',
  );
  const [order] = onlyPart(reading).orders;
  assert.deepEqual(
    [order?.placer, order?.priority, order?.clinicalInformation, order?.notes],
    ['C1', 'S', 'dyspnée', ['à jeun']],
  );
  assert.deepEqual(onlyPart(reading).reports, []);
});

test('[HL7-15] IPC after IPC is a step more of the order; ZDS is the study of the orders before it', () => {
  const omi = readAs(
    'OMI^O23',
    PID,
    'ORC|NW|C1',
    'TQ1|1||||||20260103|||S',
    'OBR|1|||TDM',
    'IPC|A1|R1|1.2.3|S1|CT|||TDM1|SCAN1',
    'IPC|A1|R1|1.2.3|S2|CT||||SCAN2',
  );
  assert.deepEqual(
    onlyPart(omi).orders.map((order) => [
      order.accession,
      order.studyInstanceUid,
      order.stepId,
      order.section,
      order.stationAeTitle,
      order.priority,
    ]),
    [
      ['A1', '1.2.3', 'S1', 'CT', 'SCAN1', ''],
      ['A1', '1.2.3', 'S2', 'CT', 'SCAN2', ''],
    ],
  );
  const orm = readAs(
    'ORM^O01',
    PID,
    'ORC|NW|C1',
    'OBR|1|||A',
    'ORC|NW|C2',
    'OBR|1|||B',
    'ZDS|1.2.3^^Application^DICOM',
    'ORC|NW|C3',
    'OBR|1|||C',
    'ZDS|1.2.4',
  );
  assert.deepEqual(
    onlyPart(orm).orders.map(({ studyInstanceUid }) => studyInstanceUid),
    ['1.2.3', '1.2.3', '1.2.4'],
  );
});

test('[HL7-15] an order without PID is for nobody', () => {
  assert.ok(problemsOf(readAs('ORM^O01', 'ORC|NW|C1', 'OBR|1')).includes('!101 PID'));
});

test('[HL7-16] a patient has all identifiers, names, the birthplace’s code and the status of the identity', () => {
  const { patient } = onlyPart(
    readAs(
      'ADT^A28',
      row('PID', {
        2: 'EXT1',
        3: '279035121518989^^^ASIP-SANTE-INS-NIR&1.2.250.1.213.1.4.8&ISO^INS~4711^^^CHU^PI',
        4: '4711^^^CHU^PI',
        5: 'DE LA TOUR&de&La Tour^Zoé^Anne Marie^^MME^^L~TOUR^^^^^^D',
        11: '1 rue X^^ORLEANS~^^^^^^BDL^^75056',
        18: 'D1',
        23: 'PARIS 14',
        29: '20260101',
        32: 'VALI',
      }),
    ),
  );
  assert.deepEqual(
    patient.identifiers.map(({ value, oid, type }) => [value, oid, type]),
    [
      ['279035121518989', '1.2.250.1.213.1.4.8', 'INS'],
      ['4711', '', 'PI'],
      ['EXT1', '', ''],
    ],
  );
  assert.deepEqual(
    patient.names.map(({ family, given, further, prefix, type }) => [family, given, further, prefix, type]),
    [
      ['DE LA TOUR', 'Zoé', 'Anne Marie', 'MME', 'L'],
      ['TOUR', '', '', '', 'D'],
    ],
  );
  assert.deepEqual(
    [patient.birthPlace, patient.birthPlaceCode, patient.account, patient.diedAt, patient.reliability],
    ['PARIS 14', '75056', 'D1', '20260101', ['VALI']],
  );
});

test('[HL7-16] a name made of signs that names are not made of is read and told', () => {
  for (const name of ['<script>alert(1)</script>', "x' OR 1=1--", 'a{b}', 'a;b'])
    assert.deepEqual(problemsOf(readAs('ADT^A08', `PID|1||1||${name}^X`)), ['102 PID[1]-5']);
  for (const name of ['O’CONNOR', "D'ARC", 'NGUYỄN', 'Dupont-Durand', 'St. John', 'X (née Y)'])
    assert.deepEqual(problemsOf(readAs('ADT^A08', `PID|1||1||${name}^X`)), []);
});

test('[HL7-16] the event is of EVN where MSH-9 has none, and of the type where it has but one', () => {
  const adt = readAs('ADT', 'EVN|A11|2026', PID);
  assert.deepEqual([adt.kind, adt.header.trigger], ['admission', 'A11']);
  assert.deepEqual([readAs('ORU', PID).kind, readAs('ORM', PID).kind], ['result', 'order']);
});

test('[HL7-16] a merge names who stands no longer, for each patient; without that it is fatal', () => {
  const reading = readAs('ADT^A40', PID, 'MRG|99^^^CHU^PI~98^^^CHU^PI||D9', 'PID|1||4712^^^CHU^PI', 'MRG|97');
  assert.deepEqual(
    reading.patients.map(({ merge }) => [merge?.from.map(({ value }) => value), merge?.fromAccount]),
    [
      [['99', '98'], 'D9'],
      [['97'], ''],
    ],
  );
  const twice = onlyPart(readAs('ADT^A40', PID, 'MRG|99||D9', 'MRG|98')).merge;
  assert.deepEqual([twice?.from.map(({ value }) => value), twice?.fromAccount], [['99', '98'], 'D9']);
  assert.deepEqual(problemsOf(readAs('ADT^A40', PID)), ['!101 MRG']);
  assert.deepEqual(problemsOf(readAs('ADT^A40', PID, 'MRG|')), ['!101 MRG']);
  assert.equal(onlyPart(readAs('ADT^A34', PID, 'MRG||||96')).merge?.from[0]?.value, '96');
});

test('[HL7-17] a schedule is an order for each service, asked by its event; without PID it is told of nobody', () => {
  const sch = row('SCH', { 1: 'P1', 2: 'F1', 7: '^Contrôle', 11: '^^^20260105', 12: '8001^Dupond^Paul', 25: 'Booked' });
  const siu = readAs(
    'SIU^S12',
    sch,
    'NTE|1||venir à jeun',
    PID,
    'RGS|1',
    'AIS|1||TDM^Scanner|20260106',
    'AIS|2||IRM^IRM',
  );
  assert.deepEqual(
    onlyPart(siu).orders.map(({ control, placer, filler, procedure, scheduledAt, reason, notes }) => [
      control,
      placer,
      filler,
      procedure.text,
      scheduledAt,
      reason,
      notes,
    ]),
    [
      ['S12', 'P1', 'F1', 'Scanner', '20260106', 'Contrôle', ['venir à jeun']],
      ['S12', 'P1', 'F1', 'IRM', '20260106', 'Contrôle', ['venir à jeun']],
    ],
  );
  const nobody = readAs('SIU^S15', 'SCH|P1|F1');
  assert.deepEqual(problemsOf(nobody), ['101 PID']);
  assert.deepEqual([onlyPart(nobody).orders[0]?.filler, onlyPart(nobody).patient.identifiers], ['F1', []]);
});

const TXA = row('TXA', {
  2: 'CR^Compte rendu',
  4: '20260102',
  5: '8001^Dupond^Paul',
  9: '8002^Noël^Zoé',
  12: 'D1',
  13: 'D0',
  17: 'LA',
  19: 'AV',
});

test('[HL7-18] a document has what TXA says, with its file, or its text', () => {
  const file = onlyPart(readAs('MDM^T02', PID, TXA, 'OBX|1|ED|X^Rapport||^AP^PDF^Base64^QUJD')).documents;
  const { bytes, ...rest } = file[0] ?? {};
  assert.deepEqual(Buffer.from(bytes ?? []).toString(), 'ABC');
  assert.deepEqual(
    [file.length, rest],
    [
      1,
      {
        id: 'D1',
        parent: 'D0',
        type: 'Compte rendu',
        status: 'LA',
        availability: 'AV',
        writtenAt: '20260102',
        author: 'Zoé Noël',
        mediaType: 'AP/PDF',
        title: 'Rapport',
        reference: '',
      },
    ],
  );
  const text = onlyPart(readAs('MDM^T02', PID, TXA, 'OBX|1|TX|X||un~deux', 'OBX|2|FT|X||trois\\.br\\quatre')).documents;
  assert.deepEqual(
    [text.length, text[0]?.mediaType, Buffer.from(text[0]?.bytes ?? []).toString()],
    [1, 'text/plain', 'un\ndeux\ntrois\nquatre'],
  );
});

test('[HL7-18] a notification without content is a document without bytes', () => {
  const [document] = onlyPart(readAs('MDM^T11', PID, TXA.replace(/AV$/, 'CA'))).documents;
  assert.deepEqual([document?.id, document?.availability, document?.bytes], ['D1', 'CA', undefined]);
});

test('[HL7-18] a document whose file is damaged is kept as sent beside it', () => {
  const reading = readAs('MDM^T02', PID, TXA, 'OBX|1|ED|X||^AP^PDF^Base64^A');
  assert.deepEqual(problemsOf(reading), ['102 OBX[1]-5']);
  assert.equal(onlyPart(reading).documents[0]?.bytes, undefined);
  assert.deepEqual(onlyPart(reading).notes, ['^AP^PDF^Base64^A']);
});

test('[HL7-18] TXA means nothing in a message that is no document', () => {
  assert.deepEqual(onlyPart(readAs('ORU^R01', PID, TXA, OBR)).documents, []);
});

test('[HL7-19] a message of another type or event is read for its header and patients', () => {
  assert.deepEqual([readAs('ADT^A17', PID).kind, problemsOf(readAs('ADT^A17', PID))], ['other', ['201 MSH-9']]);
  const reading = readAs('OUL^R22', PID, OBR, 'OBX|1|NM|K||4');
  assert.deepEqual([reading.kind, problemsOf(reading)], ['other', ['200 MSH-9']]);
  assert.deepEqual(onlyPart(reading).reports[0]?.observations[0]?.values, ['4']);
  assert.deepEqual(readAs('QRY^A19', 'QRD|1').patients, []);
  assert.deepEqual(problemsOf(readAs('', PID)), ['!101 MSH-9']);
});

test('[HL7-19] what is missing in the header is told: control id, version', () => {
  const reading = read(Buffer.from(`${row('MSH', { 1: '^~\\&', 2: 'LAB', 8: 'ADT^A08' })}\rPID|1||4711\r`));
  assert.deepEqual([reading.kind, problemsOf(reading)], ['admission', ['101 MSH-10', '203 MSH-12']]);
});

test('[HL7-60] what is missing in the header is named once: by its place, and not by the sentence beside it', () => {
  const reading = read(Buffer.from(`${row('MSH', { 1: '^~\\&', 2: 'LAB' })}\rPID|1||4711\r`));
  const told = reading.problems.filter(({ place }) => /^MSH-(9|10)$/.test(place));
  assert.deepEqual(told.map(({ place }) => place).sort(), ['MSH-10', 'MSH-9']);
  for (const { why } of told) assert.doesNotMatch(`${why.fr} ${why.en}`, /MSH/);
});
