import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ElementToEncode, encodeElements, IMPLICIT_VR_LITTLE_ENDIAN, TAG, type Tag } from '@leadglass/dicom';
import { readDataSet } from './data-set.ts';
import { isProblem } from './identifier.ts';
import type { AttributeSet } from './types.ts';
import {
  encodeWorklistEntry,
  parseWorklistQuery,
  readWorklistEntry,
  type WorklistQuery,
  worklistDays,
  worklistFacts,
  worklistMatcher,
} from './worklist.ts';
import { encodeWorklistQuery, unsupportedWorklistKeys, WORKLIST_TAG } from './worklist-keys.ts';

const IMPLICIT = IMPLICIT_VR_LITTLE_ENDIAN;
const { ScheduledProcedureStepSequence: STEPS, ScheduledStationAETitle: STATION } = WORKLIST_TAG;
const { ScheduledProcedureStepStartDate: DATE, ScheduledProcedureStepStartTime: TIME } = WORKLIST_TAG;

const element = (tag: Tag, value: string): ElementToEncode => ({ tag, value });

function entry(
  step: readonly (readonly [Tag, string])[],
  rest: readonly (readonly [Tag, string])[] = [],
): AttributeSet {
  const bytes = encodeElements(
    [
      ...rest.map(([tag, value]) => element(tag, value)),
      { tag: STEPS, vr: 'SQ', value: [step.map(([tag, value]) => element(tag, value))] },
    ],
    IMPLICIT,
  );
  const read = readWorklistEntry(bytes, IMPLICIT);
  assert.ok(read);
  return read;
}

function query(
  step: readonly (readonly [Tag, string])[],
  rest: readonly (readonly [Tag, string])[] = [],
): WorklistQuery {
  const items: ElementToEncode[] = step.map(([tag, value]) => element(tag, value));
  const parsed = parseWorklistQuery(
    encodeElements(
      [...rest.map(([tag, value]) => element(tag, value)), { tag: STEPS, vr: 'SQ', value: [items] }],
      IMPLICIT,
    ),
    IMPLICIT,
  );
  assert.ok(!isProblem(parsed));
  return parsed;
}

const CT_MONDAY = entry(
  [
    [TAG.Modality, 'CT'],
    [STATION, 'CT1'],
    [DATE, '20260105'],
    [TIME, '0930'],
  ],
  [
    [TAG.SpecificCharacterSet, 'ISO_IR 192'],
    [TAG.PatientName, 'MÜLLER^ANNE'],
    [TAG.PatientID, 'P1'],
  ],
);

test('[CONT-40] one item of the scheduled steps matches all keys inside the sequence, by title, modality, name, wildcard', () => {
  const cases: readonly (readonly [boolean, Parameters<typeof query>])[] = [
    [
      true,
      [
        [
          [STATION, 'CT1'],
          [TAG.Modality, 'CT'],
        ],
      ],
    ],
    [
      false,
      [
        [
          [STATION, 'CT2'],
          [TAG.Modality, 'CT'],
        ],
      ],
    ],
    [true, [[[STATION, 'CT1\\CT2']]]],
    [true, [[[STATION, 'CT?']], [[TAG.PatientID, 'P*']]]],
    [true, [[], [[TAG.PatientName, 'M*^ann*']]]],
    [false, [[], [[TAG.PatientID, 'p1']]]],
    [true, [[], []]],
  ];
  for (const [expected, asked] of cases) assert.equal(worklistMatcher(query(...asked))(CT_MONDAY), expected);
});

test('[CONT-41] a range of dates and one of times are one stretch of time, a single date and a range of times are two conditions', () => {
  const at = (date: string, time: string) =>
    entry([
      [DATE, date],
      [TIME, time],
    ]);
  const stretch = worklistMatcher(
    query([
      [DATE, '20260705-20260707'],
      [TIME, '1000-1800'],
    ]),
  );
  assert.deepEqual(
    [at('20260705', '0930'), at('20260705', '1100'), at('20260706', '2300'), at('20260707', '1801')].map(stretch),
    [false, true, true, false],
  );
  const morning = worklistMatcher(
    query([
      [DATE, '20260706'],
      [TIME, '0800-1200'],
    ]),
  );
  assert.deepEqual([at('20260706', '0930'), at('20260706', '1300')].map(morning), [true, false]);
});

test('[CONT-42] an answer holds what was asked for in order of tags, no level, and of a sequence what its items were asked for', () => {
  const asked = query(
    [
      [TAG.Modality, 'CT'],
      [WORKLIST_TAG.ScheduledStationName, ''],
    ],
    [[TAG.PatientName, '']],
  );
  const bytes = encodeWorklistEntry(CT_MONDAY, asked, IMPLICIT);
  const limits = { characters: 10_000, elements: 100, items: 10, depth: 4 };
  const { attributes } = readDataSet(bytes, IMPLICIT, limits);
  assert.deepEqual(attributes, {
    '00080005': 'ISO_IR 192',
    '00100010': 'MÜLLER^ANNE',
    '00400100': [{ '00080060': 'CT', '00400010': '' }],
  });
});

test('[CONT-42] keys that are not kept are told of, inside a sequence too', () => {
  const asked = query(
    [[0x00081030, '']],
    [
      [0x00091001, ''],
      [TAG.PatientName, ''],
    ],
  );
  assert.deepEqual(unsupportedWorklistKeys(asked.keys), [0x00091001, 0x00081030]);
});

test('[CONT-47] an entry is given on in the character set its source wrote it in, undeclared where it declared none', () => {
  const asked = query([], [[TAG.PatientName, '']]);
  const written = (charset: string | undefined, bytes: Uint8Array): Buffer => {
    const elements: ElementToEncode[] = [
      ...(charset === undefined ? [] : [{ tag: TAG.SpecificCharacterSet, value: charset }]),
      { tag: TAG.PatientName, value: bytes },
    ];
    const encoded = encodeElements(elements, IMPLICIT);
    const read = readWorklistEntry(encoded, IMPLICIT);
    assert.ok(read);
    const again = encodeWorklistEntry(read, asked, IMPLICIT);
    assert.equal(Buffer.from(again.subarray(0, encoded.length)).toString('hex'), Buffer.from(encoded).toString('hex'));
    return Buffer.from(again);
  };
  written('ISO_IR 100', Buffer.from('M\xfcller^A', 'latin1'));
  written('ISO_IR 192', Buffer.from('Müller^Anne'));
  written('ISO_IR 100', Buffer.from('Plain^A '));
  written(undefined, Buffer.from('M\xfcller^A', 'latin1'));
  written(undefined, Buffer.from('É^A'));
});

test('[CONT-43] what is asked of an information system constrains dates alone and reads back as a question for them', () => {
  const parsed = parseWorklistQuery(encodeWorklistQuery('20260105', '20260106', IMPLICIT), IMPLICIT);
  assert.ok(!isProblem(parsed));
  assert.deepEqual(worklistDays(parsed), { from: '20260105', to: '20260106' });
  assert.deepEqual(unsupportedWorklistKeys(parsed.keys), []);
  assert.equal(worklistMatcher(parsed)(CT_MONDAY), true);
});

test('[CONT-44] an identifier or an entry that is broken or too large is refused without a value of it', () => {
  assert.ok(isProblem(parseWorklistQuery(new Uint8Array(70_000), IMPLICIT)));
  assert.ok(isProblem(parseWorklistQuery(Uint8Array.of(1, 2, 3), IMPLICIT)));
  assert.equal(readWorklistEntry(Uint8Array.of(1, 2, 3), IMPLICIT), undefined);
  assert.deepEqual(worklistFacts(CT_MONDAY), { modalities: ['CT'], stations: ['CT1'] });
});
