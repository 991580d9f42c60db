import assert from 'node:assert/strict';
import { test } from 'node:test';
import { folded, type Listing, withStudies } from './exported-charts.ts';

const STORED = { first: 1, count: 1, bytes: 1, sha256: '' };
const PATIENT = {
  ...{ words: folded('LEFÈVRE Zoé 19610304 777'), name: 'LEFÈVRE Zoé', birthDate: '19610304', identifiers: ['777'] },
  ...{ isPresent: true, location: '', critical: 0, heardMs: 0, chart: STORED },
};
const study = (id: string, name: string, birthDate: string): Listing => ({
  ...{ study: '1.2', patient: { id, name, birthDate, sex: '' }, date: '', time: '', accession: '', description: '' },
  ...{ words: '', series: [] },
});

test('[CONT-203] a study stands with the chart of its patient by number, unless birth date and name are both others', () => {
  const studies = [
    study('777', 'Lefevre^Zoe', '19610304'),
    study('777', 'AUTRE^Nom', '19610304'),
    study('777', 'LEFÈVRE^Z', '19700101'),
    study('777', 'AUTRE^Nom', '19700101'),
    study('777', '', ''),
    study('778', 'LEFÈVRE^Zoé', '19610304'),
    study('', 'LEFÈVRE^Zoé', '19610304'),
  ];
  assert.deepEqual(withStudies(PATIENT, studies).studies, [0, 1, 2, 4]);
});
