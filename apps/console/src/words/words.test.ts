import assert from 'node:assert/strict';
import { test } from 'node:test';
import { counted, formatOf, say, text } from './index.ts';

const OBJECTS = [
  { one: 'objet', other: 'objets', many: 'd’objets' },
  { one: 'object', other: 'objects' },
] as const;
const plain = (words: string) => words.replace(/[\u00a0\u202f]/g, ' ');

test('[CONSOLE-61] a table is read in one language, sentences with names as functions', () => {
  const words = { hello: text('Bonjour', 'Hello'), named: (name: string) => text(`Ici ${name}`, `This is ${name}`) };
  assert.equal(say(words, 'fr').hello, 'Bonjour');
  assert.equal(say(words, 'en').named('CT1'), 'This is CT1');
});

test('[CONSOLE-61] numbers and nouns agree as each language has it: zero is singular in French alone', () => {
  const at = (count: number) => counted(count, OBJECTS[0], OBJECTS[1]);
  assert.deepEqual([plain(at(0).fr), at(0).en], ['0 objet', '0\u00a0objects']);
  assert.deepEqual([plain(at(1).fr), plain(at(1).en)], ['1 objet', '1 object']);
  assert.deepEqual([plain(at(12_400).fr), plain(at(12_400).en)], ['12 400 objets', '12,400 objects']);
  assert.equal(plain(at(2_000_000).fr), '2 000 000 d’objets');
});

test('[CONSOLE-62] spaces before French signs do not break; English is left as it is', () => {
  const made = text('Vraiment ? « oui » : non ; si !', 'Really : yes');
  assert.equal(made.fr, 'Vraiment\u00a0? «\u00a0oui\u00a0»\u00a0: non\u00a0; si\u00a0!');
  assert.equal(made.en, 'Really : yes');
});

test('[CONSOLE-63] sizes, shares and times are written as the language writes them', () => {
  const [fr, en] = [formatOf('fr'), formatOf('en')];
  assert.equal(plain(fr.bytes(12_400_000)), '12,4 Mo');
  assert.equal(plain(en.bytes(12_400_000)), '12.4 MB');
  assert.equal(plain(fr.bytes(0)), '0 octet');
  assert.equal(plain(fr.percent(0.9998)), '99,98 %');
  assert.equal(fr.ago(0, 3 * 60_000), 'il y a 3 minutes');
  assert.equal(en.ago(86_400_000 * 3, 0), 'in 3 days');
  assert.equal(plain(fr.duration(7_200_000)), '2 heures');
});
