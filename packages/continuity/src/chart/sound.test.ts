import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askedDate } from './asked-date.ts';
import { MOST_SOUNDS, soundsAlike, soundsOf } from './sound.ts';

const ALIKE = [
  'DUPONT DUPOND, THIBAULT TIBO, LEFEBVRE LEFAIVRE, PHILIPPOT FILIPO, DUPRE DUPREZ, DUPRE DUPRAY, RENAULT RENO',
  'GAUTIER GAULTIER, GUILLOT GUYOT, VILLARD VILARD, MERCIER MERSIE, MATHIEU MATIEU, CHRISTOPHE KRISTOF, YOUSSEF YOUCEF',
  'DJAMEL JAMEL, BENHAMOU BENAMOU, ROUSSEAU ROUSSOT, BOURGEOIS BOURJOI, LEBRUN LEBRIN, LEBLANC LEBLAN, GEORGES JORJ',
  'HENRY ANRI, PERRIN PERRAIN, DURAND DURANT, FRANCK FRANK, LAURENT LORAN, CLEMENT KLEMAN, FONTAINE FONTENE',
  'AUBERT OBER, QUENTIN KENTIN, DESCHAMPS DECHAMP, LECLERCQ LECLAIRE, PAUL POL, BEAUVAIS BOVE, RENE RENER, MEYER MAYER',
  'MAILLARD MAYARD, CAILLAUD CAYO, HAMON AMON, PREVOST PREVOT, ROUX ROU, SCHMITT SCHMIT, JOLY JOLI',
];
const OTHERS = [
  'MARTIN MARTINE, DUPONT DUPUIS, BERNARD BERTRAND, PETIT PETITJEAN, MOREL MOREAU, SIMON SIMONE, LEROY LEROUX, GIRARD GIRAUD',
  'BONNET BONNIN, MARIE MARIN, PAUL POULE, ANNE ANDRE, LOUIS LISE',
];
const pairs = (lists: readonly string[]) => lists.flatMap((list) => list.split(', ')).map((pair) => pair.split(' '));

test('[CHART-34] names that are said alike share a key', () => {
  for (const [one = '', other = ''] of pairs(ALIKE)) assert(soundsAlike(one, other), `${one} ${other}`);
});

test('[CHART-34] names that are said otherwise share none', () => {
  for (const [one = '', other = ''] of pairs(OTHERS)) assert(!soundsAlike(one, other), `${one} ${other}`);
});

test('[CHART-34] keys are few and short whatever the word; short words and other letters have none', () => {
  for (const word of ['ILLERCE', 'A'.repeat(100_000), 'VILLERER', 'BILLECERCE', 'EAUX'.repeat(5_000)]) {
    const keys = soundsOf(word);
    assert(keys.length <= MOST_SOUNDS && keys.every((key) => key.length <= 12), word.slice(0, 20));
  }
  for (const word of ['', 'LE', 'ΑΒΓΔ', 'R2D2']) assert.deepEqual(soundsOf(word), [], word);
});

test('[CHART-34] a date among words is a date only where there is such a day', () => {
  assert.deepEqual(askedDate('dupont 04/03/1961'), { bornOn: '19610304', rest: 'dupont  ' });
  assert.deepEqual(askedDate('1961-03-04'), { bornOn: '19610304', rest: ' ' });
  for (const words of ['31/02/1961', '12-34-5678', '8000123456', '1/2/3/1961', 'dupont'])
    assert.deepEqual(askedDate(words), { bornOn: undefined, rest: words });
});
