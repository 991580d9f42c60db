import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { concatBytes } from '@leadglass/kit';
import {
  contradictions,
  DataSetInspection,
  FactsCollector,
  FIRST_INSPECTORS,
  type KnownFacts,
  NO_FACTS,
} from './index.ts';
import { KNOWN_KINDS } from './known.ts';
import {
  CT_CLASS,
  EXPLICIT,
  element,
  encapsulatedPixels,
  identity,
  imageModule,
  pixelData,
  sequence,
  u32,
} from './test-data.ts';

const NOTHING: KnownFacts = {
  nowMs: Date.UTC(2026, 10, 24),
  studyPatients: [],
  hasOtherContent: false,
  instancePixels: [],
  earlierHold: undefined,
  peerCreators: new Set(),
};
const FACTS = { ...NO_FACTS, patients: ['p1'] };

function codes(facts: Partial<typeof FACTS>, known: Partial<KnownFacts>): readonly string[] {
  return contradictions({ ...FACTS, ...facts }, { ...NOTHING, ...known }).map(({ code }) => code.replace('known.', ''));
}

function factsOf(bytes: Uint8Array, pieceBytes: number, wantsPixels = false) {
  const collector = new FactsCollector(wantsPixels);
  const inspection = new DataSetInspection({
    context: { transferSyntaxUid: EXPLICIT, sopClassUid: CT_CLASS, sopInstanceUid: '' },
    inspectors: [...FIRST_INSPECTORS, collector.maker],
  });
  for (let at = 0; at < bytes.length; at += pieceBytes) inspection.push(bytes.subarray(at, at + pieceBytes));
  inspection.end();
  return collector.facts;
}

test('[INSPECT-216] a study known under another patient is suspicious; the same, a new and an unnamed one are nothing', () => {
  assert.deepEqual(codes({}, { studyPatients: ['p2'] }), ['other-patient']);
  assert.deepEqual(codes({}, { studyPatients: ['p2', 'p1'] }), []);
  assert.deepEqual(codes({ patients: ['with issuer', 'without'] }, { studyPatients: ['without'] }), []);
  assert.deepEqual(codes({ patients: [] }, { studyPatients: ['p2'] }), []);
  assert.equal(KNOWN_KINDS.otherPatient.severity, 'suspicious');
});
test('[INSPECT-217] other pixels under the same identifier are suspicious, other content alone is information', () => {
  const known = { hasOtherContent: true, instancePixels: ['aa'] };
  assert.deepEqual(codes({ pixelSha256: 'bb' }, known), ['other-pixels']);
  assert.deepEqual(codes({ pixelSha256: 'aa' }, known), ['other-content']);
  assert.deepEqual(codes({}, known), ['other-content']);
  assert.deepEqual(
    [KNOWN_KINDS.otherPixels.severity, KNOWN_KINDS.otherContent.severity],
    ['suspicious', 'information'],
  );
});
test('[INSPECT-218] the very bytes that a person had destroyed are suspicious; held they are told, released they are nothing', () => {
  assert.deepEqual(codes({}, { earlierHold: 'destroyed' }), ['destroyed-before']);
  assert.deepEqual(codes({}, { earlierHold: 'held' }), ['held-before']);
  assert.deepEqual(codes({}, { earlierHold: 'released' }), []);
});
test('[INSPECT-219] impossible dates are information: devices send them every day', () => {
  assert.deepEqual(codes({ latestDate: 20261225, earliestDate: 20261124 }, {}), []);
  assert.deepEqual(codes({ latestDate: 20270124, earliestDate: 20261124 }, {}), ['date-in-future']);
  assert.deepEqual(codes({ latestDate: 20260101, earliestDate: 18580101 }, {}), ['date-before-imaging']);
  assert.deepEqual(codes({ isBeforeBirth: true }, {}), ['date-before-birth']);
  for (const each of [KNOWN_KINDS.future, KNOWN_KINDS.past, KNOWN_KINDS.beforeBirth])
    assert.equal(each.severity, 'information');
});
test('[INSPECT-220] a private creator a known device never sent is information, once it is known at all', () => {
  const creators = Array.from({ length: 9 }, (_, i) => ({ digest: `d${i}`, path: `(0029,001${i})` }));
  assert.deepEqual(codes({ creators }, {}), []);
  assert.deepEqual(codes({ creators: creators.slice(0, 1) }, { peerCreators: new Set(['d0']) }), []);
  const findings = contradictions({ ...FACTS, creators }, { ...NOTHING, peerCreators: new Set(['d0']) });
  assert.deepEqual(
    findings.map(({ path, severity }) => `${path} ${severity}`),
    [1, 2, 3, 4].map((i) => `(0029,001${i}) information`),
  );
});
test('[INSPECT-221] facts are the same in any pieces, bounded, without controls, and hold no patient data', () => {
  const bytes = concatBytes(
    element(0x00080016, 'UI', CT_CLASS),
    element(0x00080020, 'DA', '20250102'),
    element(0x00080023, 'DA', '2024.12.31'),
    element(0x00080070, 'LO', `ACME\x07${'x'.repeat(100)}`),
    element(0x00090010, 'LO', 'ACME 1.0'),
    element(0x00100030, 'DA', '20250103'),
    element(0x00290010, 'LO', 'ACME 1.0'),
    element(0x00290011, 'LO', 'OTHER'),
    sequence(0x00400100, element(0x00290010, 'LO', 'NESTED')),
  );
  const facts = factsOf(bytes, 1);
  assert.deepEqual(facts, factsOf(bytes, bytes.length));
  assert.deepEqual([facts.earliestDate, facts.latestDate, facts.isBeforeBirth], [20241231, 20250102, true]);
  assert.match(facts.manufacturer, /^ACME\?x{59}$/);
  assert.deepEqual(
    facts.creators.map(({ path }) => path),
    ['(0009,0010)', '(0029,0011)'],
  );
  assert.ok(facts.creators.every(({ digest }) => /^[0-9a-f]{16}$/.test(digest)));
});
test('[INSPECT-222] pixels are digested when asked, native and compressed, the offset table left out', () => {
  const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  const native = concatBytes(identity(), imageModule(), pixelData(32));
  assert.equal(factsOf(native, 5, true).pixelSha256, sha(new Uint8Array(32)));
  assert.equal(factsOf(native, 5).pixelSha256, '');
  assert.equal(factsOf(identity(), 5, true).pixelSha256, '');
  const [a, b] = [new Uint8Array([1, 2]), new Uint8Array([3, 4])];
  const packed = (table: Uint8Array) => concatBytes(identity(), imageModule(), encapsulatedPixels(table, a, b));
  assert.equal(factsOf(packed(u32(0)), 3, true).pixelSha256, sha(concatBytes(a, b)));
  assert.equal(factsOf(packed(new Uint8Array(0)), 99, true).pixelSha256, sha(concatBytes(a, b)));
});

test('[INSPECT-455] a device is a digest of maker, model and serial number, or station name; nothing when it says neither', () => {
  const said = (...more: Uint8Array[]) => {
    const head = [element(0x00080070, 'LO', 'MAKER '), ...more.slice(0, 1), element(0x00081090, 'LO', 'CT 1')];
    return factsOf(concatBytes(identity(), ...head, ...more.slice(1)), 7).device;
  };
  const station = (name: string) => element(0x00081010, 'SH', name);
  const serial = (number: string) => element(0x00181000, 'LO', number);
  const own = said(station('ROOM1 '), serial('SN1 '));
  assert.match(own, /^[0-9a-f]{16}$/);
  assert.equal(said(station('ROOM2 '), serial('SN1 ')), own);
  assert.notEqual(said(station('ROOM1 '), serial('SN2 ')), own);
  assert.notEqual(said(station('ROOM1 ')), said(station('ROOM2 ')));
  assert.equal(said(), '');
});

test('[INSPECT-456] another serial number, model or title is told apart; a title of many devices says nothing more', () => {
  const known = { manufacturer: 'MAKER', model: 'CT 1' };
  const newDevice = { title: 'CT2', ofTitle: [known], others: [], isHeld: false };
  const facts = { manufacturer: 'Maker', model: 'CT 1', device: 'aa' };
  assert.deepEqual(codes(facts, { newDevice }), ['new-serial-number']);
  assert.deepEqual(codes({ ...facts, model: 'MR 1' }, { newDevice }), ['other-device']);
  assert.deepEqual(codes(facts, { newDevice: { ...newDevice, others: ['CT1'] } }), ['device-of-other-title']);
  assert.deepEqual(codes(facts, { newDevice: { ...newDevice, ofTitle: [] } }), []);
  const many = { ...newDevice, ofTitle: [known, known, known, known] };
  assert.deepEqual(codes(facts, { newDevice: many }), []);
  const held = contradictions({ ...FACTS, ...facts }, { ...NOTHING, newDevice: { ...many, isHeld: true } });
  assert.equal(held[0]?.severity, 'suspicious');
});
