import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { type ElementToEncode, EXPLICIT_VR_LITTLE_ENDIAN, encodeElements } from '@leadglass/dicom';
import type { SightLimits } from '@leadglass/policy';
import { readElements } from './elements.ts';
import { SightedQuery } from './sighted-query.ts';

const IMPLICIT = '1.2.840.10008.1.2';
const BIG = '1.2.840.10008.1.2.2';
const DEFLATED = '1.2.840.10008.1.2.1.99';
const CT: SightLimits = { modalities: ['CT'] };
const OWN: SightLimits = { station: 'CT1' };
const [STEPS, MODALITY, STATION] = [0x00400100, 0x00080060, 0x00400001];

const level = (value: string): ElementToEncode => ({ tag: 0x00080052, value });
const patient: ElementToEncode = { tag: 0x00100020, value: 'P1' };
/** A name in Latin-1 under a character set of its own: bytes that are no UTF-8. */
const name: ElementToEncode = { tag: 0x00100010, vr: 'PN', value: Buffer.from('Ren\xe9e^X', 'latin1') };
const modalities = (value: string): ElementToEncode => ({ tag: 0x00080061, value });
const steps = (...items: ElementToEncode[][]): ElementToEncode => ({ tag: STEPS, vr: 'SQ', value: items });

function queryOf(
  elements: readonly ElementToEncode[],
  sight: SightLimits,
  service: 'find' | 'worklist' = 'find',
  transferSyntaxUid = IMPLICIT,
): SightedQuery {
  const identifier = encodeElements(elements, transferSyntaxUid);
  const query = SightedQuery.of({ identifier, transferSyntaxUid, service, sight });
  assert.ok(query !== undefined);
  return query;
}

const tagsOf = (bytes: Uint8Array, transferSyntaxUid = IMPLICIT) =>
  readElements(bytes, transferSyntaxUid)?.map(({ tag }) => tag);

for (const transferSyntaxUid of [IMPLICIT, EXPLICIT_VR_LITTLE_ENDIAN, BIG])
  test(`[RELAY-150] what an answer is judged by is asked for and taken out again, every other byte stays (${transferSyntaxUid})`, () => {
    const encode = (...elements: ElementToEncode[]) => Buffer.from(encodeElements(elements, transferSyntaxUid));
    const query = queryOf([level('STUDY'), name, patient], CT, 'find', transferSyntaxUid);
    assert.deepEqual(Buffer.from(query.identifier), encode(level('STUDY'), modalities(''), name, patient));
    const shown = query.shown(encode(level('STUDY'), modalities('MR\\CT'), name, patient));
    assert.deepEqual(shown && Buffer.from(shown), encode(level('STUDY'), name, patient));
  });

test('[RELAY-150] a deflated identifier is deflated again', () => {
  const identifier = Buffer.from(encodeElements([level('STUDY'), patient], EXPLICIT_VR_LITTLE_ENDIAN));
  const deflated = SightedQuery.of({
    ...{ identifier: deflateRawSync(identifier), transferSyntaxUid: DEFLATED, service: 'find', sight: CT },
  });
  assert.ok(deflated !== undefined);
  const plain = inflateRawSync(deflated.identifier);
  assert.deepEqual(tagsOf(plain, EXPLICIT_VR_LITTLE_ENDIAN), [0x00080052, 0x00080061, 0x00100020]);
});

test('[RELAY-150] what the peer asks for itself goes up and comes back byte for byte', () => {
  const elements = [level('SERIES'), { tag: MODALITY, value: 'CT' }, patient];
  const query = queryOf(elements, CT);
  assert.deepEqual(Buffer.from(query.identifier), Buffer.from(encodeElements(elements, IMPLICIT)));
  const answer = encodeElements(elements, IMPLICIT);
  assert.equal(query.shown(answer), answer);
});

test('[RELAY-151] an answer of another modality, of none, unreadable or at a level that says none is not shown', () => {
  const query = queryOf([level('STUDY'), patient], CT);
  const shown = (...elements: ElementToEncode[]) => query.shown(encodeElements(elements, IMPLICIT)) !== undefined;
  assert.equal(shown(level('STUDY'), modalities('CT'), patient), true);
  assert.equal(shown(level('STUDY'), modalities('MR'), patient), false);
  assert.equal(shown(level('STUDY'), modalities(''), patient), false);
  assert.equal(shown(level('STUDY'), patient), false);
  // The study's own modalities count, not what an archive writes into another attribute.
  assert.equal(shown(level('STUDY'), { tag: MODALITY, value: 'CT' }, modalities('MR')), false);
  const whole = encodeElements([level('STUDY'), modalities('CT'), patient], IMPLICIT);
  for (let cut = 1; cut < whole.length; cut += 1) {
    const part = query.shown(whole.subarray(0, cut));
    assert.ok(part === undefined || tagsOf(part)?.includes(0x00080061) === false, `cut at ${cut}`);
  }
  const patients = queryOf([level('PATIENT'), patient], CT);
  assert.equal(patients.shown(encodeElements([level('PATIENT'), modalities('CT'), patient], IMPLICIT)), undefined);
  assert.equal(SightedQuery.of({ identifier: whole.subarray(0, 5), ...WHERE, sight: CT }), undefined);
});

const WHERE = { transferSyntaxUid: IMPLICIT, service: 'find' } as const;

test('[RELAY-152] of a worklist the steps of the own station are shown; keys go into the step that is asked for, and out of each answer', () => {
  const both = { ...CT, ...OWN };
  const asked = queryOf([patient, steps([{ tag: 0x00400002, value: '20260101' }])], both, 'worklist');
  assert.deepEqual(
    Buffer.from(asked.identifier),
    Buffer.from(
      encodeElements(
        [
          patient,
          steps([
            { tag: MODALITY, value: '' },
            { tag: STATION, vr: 'AE', value: '' },
            { tag: 0x00400002, value: '20260101' },
          ]),
        ],
        IMPLICIT,
      ),
    ),
  );
  const step = (modality: string, station: string): ElementToEncode[] => [
    { tag: MODALITY, value: modality },
    { tag: STATION, value: station },
    { tag: 0x00400002, value: '20260101' },
  ];
  const shown = (...items: ElementToEncode[][]) => asked.shown(encodeElements([patient, steps(...items)], IMPLICIT));
  const given = shown(step('CT', 'CT1'));
  assert.deepEqual(
    given && Buffer.from(given),
    Buffer.from(encodeElements([patient, steps([{ tag: 0x00400002, value: '20260101' }])], IMPLICIT)),
  );
  assert.equal(shown(step('CT', 'CT2')), undefined);
  assert.equal(shown(step('MR', 'CT1')), undefined);
  assert.equal(shown(step('CT', 'CT1'), step('CT', 'CT2')), undefined, 'one step of another station beside');
  assert.ok(shown(step('CT', 'CT2\\CT1')));
  assert.equal(asked.shown(encodeElements([patient], IMPLICIT)), undefined);
});

test('[RELAY-152] who asks for no step gets none, who asks for all of the step gets all of it', () => {
  const none = queryOf([patient], OWN, 'worklist');
  assert.deepEqual(tagsOf(none.identifier), [0x00100020, STEPS]);
  const answer = encodeElements([patient, steps([{ tag: STATION, value: 'CT1' }])], IMPLICIT);
  assert.deepEqual(tagsOf(none.shown(answer) ?? new Uint8Array(0)), [0x00100020]);
  const empty: ElementToEncode = { tag: STEPS, vr: 'SQ', value: new Uint8Array(0) };
  const all = queryOf([patient, empty], OWN, 'worklist');
  assert.deepEqual(Buffer.from(all.identifier), Buffer.from(encodeElements([patient, empty], IMPLICIT)));
  assert.equal(all.shown(answer), answer);
});
