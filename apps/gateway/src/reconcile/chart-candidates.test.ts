import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { Sealer } from '@leadglass/catalogue';
import type { ChartQuestion, PersonFacts } from '@leadglass/continuity';
import type { PatientAnswer } from '@leadglass/contract';
import { Secret } from '@leadglass/kit';
import { type CandidateSource, candidatesFor, type Found } from './candidates.ts';
import { ChartCandidates } from './chart-candidates.ts';

const SEALER = new Sealer(new Secret(randomBytes(32)));
const HERE: PersonFacts = { familyName: 'Lefèvre', givenName: 'Zoé', birthDate: '19840229', sex: 'F' };

type Identifier = PatientAnswer['identifiers'][number];
const number = (value: string, more: Partial<Identifier> = {}): Identifier => ({
  ...{ value, authority: 'CHU', oid: '1.2.250.1.71.4.2.2', type: 'PI', ins: 'none', ...more },
});
const name = (family: string, given: string, type = 'L') => ({ family, given, further: '', prefix: '', type });

function patient(chart: number, change: Partial<PatientAnswer> = {}): PatientAnswer {
  return {
    ...{ chart, names: [name('LEFEVRE', 'ZOE')], birthDate: '19840229', sex: 'F', identifiers: [number('4711')] },
    ...{ reliability: [], isValidated: false, diedAt: '', isPresent: true, location: '', visitClass: 'E' },
    ...{ arrivedAt: '', arrivedMs: null, critical: 0, criticalMs: null, heardMs: 1, taken: [], ...change },
  };
}

/** Charts that answer every question with all of these. */
function charts(...patients: readonly PatientAnswer[]) {
  const asked: ChartQuestion[] = [];
  const searched: (readonly [keys: readonly string[], found: number])[] = [];
  const source = new ChartCandidates({
    catchUp: async () => {},
    reader: {
      search: async (question) => {
        asked.push(question);
        return { found: patients.map((each) => ({ patient: each, fit: 'same' as const })), isCut: false };
      },
    },
    searched: (keys, found) => void searched.push([keys, found]),
  });
  return { source, asked, searched };
}

const knows = (...found: readonly Found[]): CandidateSource => ({
  async *find() {
    yield* found;
  },
});
const archived = (patientId: string, change: Partial<Found> = {}): Found => ({
  ...{ source: 'archive', identity: { patientId, familyName: 'LEFEVRE', givenName: 'ZOE', birthDate: '19840229' } },
  person: { familyName: 'LEFEVRE', givenName: 'ZOE', birthDate: '19840229', sex: 'F', localId: patientId },
  ...change,
});

test('[CHART-20] whom HL7 alone told of is a candidate, with number, issuer, score and differences', async () => {
  const { source } = charts(patient(1), patient(2, { names: [name('DURAND', 'PAUL')], birthDate: '19500101' }));
  const candidates = await candidatesFor({ person: HERE }, [source], SEALER);
  assert.equal(candidates.length, 1, 'who is nothing like them is none');
  const [first] = candidates;
  assert.deepEqual(first?.identity, {
    ...{ patientId: '4711', issuer: 'CHU', familyName: 'LEFEVRE', givenName: 'ZOE', birthDate: '19840229', sex: 'F' },
  });
  assert.deepEqual([first?.source, first?.also, first?.grade], ['chart', [], 'sure']);
  const of = (field: string) => first?.comparisons.find((each) => each.field === field);
  assert.partialDeepStrictEqual(of('familyName'), { likeness: 'same', here: 'Lefèvre', there: 'LEFEVRE' });
  const other = await candidatesFor({ person: { ...HERE, birthDate: '19840228' } }, [source], SEALER);
  assert.equal(other[0]?.grade, 'doubtful');
});

test('[CHART-21] a patient is looked for by each number, by birth date and by each word of the name; the ledger hears what kind of words', async () => {
  const { source, asked, searched } = charts(patient(1));
  const here = { ...HERE, familyName: 'Lefèvre-Martin', localId: '4711' };
  await candidatesFor({ person: here }, [source], SEALER);
  assert.deepEqual(
    asked.map(({ words, bornOn }) => bornOn ?? words),
    ['4711', '19840229', 'LEFEVRE', 'MARTIN', 'ZOE'],
  );
  assert.deepEqual(searched, [[['number', 'birth date', 'name'], 1]]);
  assert.doesNotMatch(JSON.stringify(searched), /4711|LEF|1984/);
  const nobody = charts(patient(1));
  await candidatesFor({ person: { familyName: '' } }, [nobody.source], SEALER);
  assert.deepEqual([nobody.asked, nobody.searched], [[], []]);
});

test('[CHART-22] one who is known from images or the schedule too is one candidate that says so, and no rival of themselves', async () => {
  const { source } = charts(
    patient(1, { identifiers: [number('LAB-9', { authority: 'LABO', oid: '' }), number('4711')] }),
  );
  const candidates = await candidatesFor({ person: HERE }, [knows(archived('4711')), source], SEALER);
  assert.deepEqual(
    candidates.map(({ identity, source: from, also, grade }) => [identity.patientId, from, also, grade]),
    [['4711', 'archive', ['chart'], 'sure']],
  );
  // The same number and another birth date: a number given twice is two patients.
  const twin = charts(patient(1, { birthDate: '19511224' }));
  const two = await candidatesFor({ person: HERE }, [knows(archived('4711')), twin.source], SEALER);
  assert.deepEqual(
    two.map(({ identity, also }) => [identity.patientId, also]),
    [['4711', []]],
  );
});

test('[CHART-22] another patient of the same name and birth date is a rival, from wherever they are known', async () => {
  const { source } = charts(patient(1, { identifiers: [number('9999')] }));
  const candidates = await candidatesFor({ person: HERE }, [knows(archived('4711')), source], SEALER);
  assert.deepEqual(
    candidates.map(({ identity, grade }) => [identity.patientId, grade]),
    [
      ['4711', 'doubtful'],
      ['9999', 'doubtful'],
    ],
  );
});

test('[CHART-23] the number is that of the house: what was registered before any other, an INS only where there is none and its key is right', async () => {
  const ins = number('284022912345605', { authority: '', oid: '1.2.250.1.213.1.4.8', type: 'INS', ins: 'valid' });
  const numberGiven = async (identifiers: readonly Identifier[], person: PersonFacts = HERE) => {
    const candidates = await candidatesFor({ person }, [charts(patient(1, { identifiers })).source], SEALER);
    return candidates.map(({ identity }) => identity.patientId);
  };
  assert.deepEqual(await numberGiven([ins, number('A1', { type: 'MR' }), number('4711')]), ['4711']);
  assert.deepEqual(await numberGiven([number('4711'), number('A1', { type: 'MR' })], { ...HERE, localId: 'A1' }), [
    'A1',
  ]);
  assert.deepEqual(await numberGiven([ins]), [ins.value]);
  assert.deepEqual(await numberGiven([{ ...ins, ins: 'wrong-key' }]), []);
  assert.deepEqual(await numberGiven([number('V-1', { type: 'VN' })]), [], 'a number of a visit is nobody’s');
});

test('[CHART-24] a name that no image can be given is left out; birth and use names are compared, the better counts', async () => {
  const odd = charts(patient(1, { names: [name('LEF^EVRE', 'ZOE')] }));
  assert.deepEqual(await candidatesFor({ person: HERE }, [odd.source], SEALER), []);
  const both = charts(patient(1, { names: [name('MARTIN', 'ZOE', 'D'), name('LEFEVRE', 'ZOE')] }));
  const [best] = await candidatesFor({ person: HERE }, [both.source], SEALER);
  assert.equal(best?.identity.familyName, 'LEFEVRE');
});
