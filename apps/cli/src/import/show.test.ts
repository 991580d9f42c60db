import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Output } from '../output.ts';
import { decoded } from '../scan/decoded-text.ts';
import { compare } from './compare.ts';
import { identityOf } from './identity.ts';
import { file, finding, object } from './import.testkit.ts';
import { MediumGatherer, patientsOf } from './medium.ts';
import { reportOf } from './report.ts';
import { ObjectTally } from './results.ts';
import { ImportTeller } from './show.ts';

const ASKED = identityOf({ patientId: 'L-42', patientName: 'DUPRÉ^Léa', birthDate: '19800102', sex: 'F' });
const PATIENT = ['DUPRE^LEA', 'EXT-77', '19800102', 'DUPRÉ^Léa', 'L-42'];

/** All that is told of an import, on a terminal or not. */
function told(language: 'fr' | 'en', isTTY: boolean): string {
  const out: string[] = [];
  const sink = { write: (words: string) => out.push(words), isTTY };
  const teller = new ImportTeller(new Output(language, false, sink, { write: () => {} }, {}));
  const gatherer = new MediumGatherer();
  gatherer.take(file('/cd/IM1', [object()]));
  gatherer.take(file('/cd/IM2', [object({ sopInstanceUid: '1.2.4' }, [finding('suspicious')])]));
  gatherer.take(
    file('/cd/RUN.EXE', [{ ...object({}, [finding('suspicious', 'file.executable')]), nature: 'executable' }]),
  );
  gatherer.take({ entry: { path: '/cd/BAD', bytes: 1 }, looked: [], problem: 'EIO' });
  const medium = gatherer.medium();
  const [patient] = patientsOf(medium.objects);
  assert.ok(patient !== undefined);
  const judged = medium.objects.map((one, at) => ({
    object: one,
    fate: at === 0 ? ('copy' as const) : ('disarm' as const),
  }));
  teller.medium(medium);
  teller.patients([patient]);
  teller.identities(patient.about, ASKED, compare(patient.objects, ASKED));
  teller.plan(judged, []);
  teller.receipt(judged.map(({ object: one, fate }) => new ObjectTally(one, fate).result));
  return out.join('');
}

test('[CLI-82] patient data is told to a terminal alone; in a file or a pipe stands [phi]', () => {
  for (const language of ['fr', 'en'] as const) {
    const [seen, written] = [told(language, true), told(language, false)];
    for (const word of PATIENT) {
      assert.ok(seen.includes(word), word);
      assert.equal(written.includes(word), false, word);
    }
    assert.ok(written.includes('[phi]'));
  }
});

test('[CLI-95] what is shown names the files, the fates, where the images go and what to do, in both languages', () => {
  for (const [language, words] of [
    [
      'fr',
      [
        '/cd/RUN.EXE',
        '/cd/BAD',
        'support abîmé',
        'désarmée',
        'route add --from IMPORT',
        'hold list',
        'log --kind import',
      ],
    ],
    [
      'en',
      [
        '/cd/RUN.EXE',
        '/cd/BAD',
        'damaged medium',
        'disarmed',
        'route add --from IMPORT',
        'hold list',
        'log --kind import',
      ],
    ],
  ] as const) {
    const said = told(language, true);
    for (const word of words) assert.ok(said.includes(word), `${language}: ${word}`);
  }
});

test('[CLI-82] the report for programs holds nothing of the patient but whether both identities agree', () => {
  const gatherer = new MediumGatherer();
  gatherer.take(file('/cd/IM1', [object()]));
  const medium = gatherer.medium();
  const judged = medium.objects.map((one) => ({ object: one, fate: 'copy' as const }));
  const results = judged.map(({ object: one, fate }) => new ObjectTally(one, fate).result);
  const comparison = compare(medium.objects, ASKED);
  const said = JSON.stringify(reportOf({ medium, judged, comparison }, 'id', { results, interrupted: undefined }));
  for (const word of [...PATIENT, 'TDM']) assert.equal(said.includes(word), false, word);
  assert.ok(said.includes('"birthDate":"same"'));
});

test('[CLI-96] names are decoded by the object’s own character set for who reads them', () => {
  const bytes = (hex: string) => Buffer.from(hex, 'hex');
  assert.equal(decoded(bytes('44555052c9'), 'ISO_IR 100'), 'DUPRÉ');
  assert.equal(decoded(bytes('c389'), 'ISO_IR 192'), 'É');
  assert.equal(decoded(bytes('b8d2'), 'ISO_IR 144'), 'Ив');
  assert.equal(decoded(bytes('1b24423b331b2842'), '\\ISO 2022 IR 87'), '山');
  assert.equal(decoded(bytes('2041200000'), ''), 'A');
});
