import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Compared, gradeOf, type PersonFacts, scoreOf } from './score.ts';
import { temporaryIdentityOf } from './temporary.ts';
import { distance, plainWords, soundOf } from './words.ts';

const HERE: PersonFacts = { familyName: 'Lefèvre', givenName: 'Anne', birthDate: '19710304', sex: 'F' };
const score = (there: Partial<PersonFacts>, here: Partial<PersonFacts> = {}) =>
  scoreOf({ person: { ...HERE, ...here } }, { person: { ...HERE, ...there } });
const of = (scored: ReturnType<typeof score>, field: Compared) =>
  scored.comparisons.find((each) => each.field === field);

test('[CONT-145] the same person, written without accents and in capitals, is sure', () => {
  const scored = score({ familyName: 'LEFEVRE', givenName: 'ANNE' });
  assert.equal(gradeOf(scored, []), 'sure');
  assert.ok(scored.score >= 80);
});

test('[CONT-146] twins are never sure: the first name speaks against it, and the other twin is a rival', () => {
  const twin = score({ givenName: 'Claire' });
  assert.equal(of(twin, 'givenName')?.likeness, 'differs');
  assert.notEqual(gradeOf(twin, []), 'sure');
  // Registered without a first name, both twins are as likely.
  const unnamed = scoreOf(
    { person: { familyName: 'Lefèvre', birthDate: '19710304', sex: 'F' } },
    { person: { ...HERE, familyName: 'LEFEVRE' } },
  );
  assert.equal(gradeOf(unnamed, [unnamed.score]), 'doubtful');
  assert.equal(gradeOf(score({}), [score({}).score - 5]), 'doubtful', 'a namesake of the same day is a rival');
});

test('[CONT-146] the same name born on another day is unlikely or doubtful, never sure', () => {
  const namesake = score({ birthDate: '19580911' });
  assert.equal(of(namesake, 'birthDate')?.likeness, 'differs');
  assert.equal(gradeOf(namesake, []), 'unlikely');
});

test('[CONT-147] day and month in each other’s place, and one wrong digit, are seen and stay doubtful', () => {
  for (const [birthDate, how] of [
    ['19710403', 'day-month'],
    ['19710314', 'one-digit'],
  ] as const) {
    const scored = score({ birthDate });
    assert.deepEqual([of(scored, 'birthDate')?.likeness, of(scored, 'birthDate')?.how], ['alike', how]);
    assert.equal(gradeOf(scored, []), 'doubtful');
  }
});

test('[CONT-147] a maiden name, swapped names, a misspelt and a misheard name are seen and stay doubtful', () => {
  for (const [there, how] of [
    [{ familyName: 'MOREAU LEFEVRE' }, 'part'],
    [{ familyName: 'Anne', givenName: 'Lefevre' }, 'swapped'],
    [{ familyName: 'LEFEVER' }, 'spelling'],
    [{ familyName: 'LEFAIVRE' }, 'spelling'],
    [{ familyName: 'Rousseau' }, undefined],
  ] as const) {
    const scored = score(there);
    assert.equal(of(scored, 'familyName')?.how, how);
    assert.notEqual(gradeOf(scored, []), 'sure');
  }
  assert.equal(of(score({ familyName: 'Thibault' }, { familyName: 'Tibo' }), 'familyName')?.likeness, 'differs');
  assert.equal(of(score({ familyName: 'Philippot' }, { familyName: 'Filipo' }), 'familyName')?.how, 'sound');
});

test('[CONT-146] another national number is unlikely whatever else is the same', () => {
  const [a, b] = ['271037511612345', '271037511699999'];
  assert.equal(gradeOf(score({ ins: b }, { ins: a }), []), 'unlikely');
  assert.equal(gradeOf(score({ ins: a }, { ins: a }), []), 'sure');
});

test('[CONT-146] another sex, or another number of the site, is never sure', () => {
  assert.equal(gradeOf(score({ sex: 'M' }), []), 'doubtful');
  assert.equal(gradeOf(score({ localId: '4712' }, { localId: '4711' }), []), 'doubtful');
  assert.equal(gradeOf(score({ localId: '0004711' }, { localId: '4711' }), []), 'sure');
});

test('[CONT-145] what one side does not say counts neither way, and is not enough to be sure', () => {
  const scored = scoreOf({ person: { familyName: 'Lefèvre' } }, { person: HERE });
  assert.equal(scored.score, 30);
  assert.equal(gradeOf(scored, []), 'unlikely');
  assert.equal(of(scored, 'birthDate')?.likeness, 'unknown');
});

test('[CONT-145] an exam of the same kind at its scheduled time speaks for it, one of another kind against it', () => {
  const at = Date.UTC(2026, 0, 5, 9);
  const exam = (modality: string, atMs: number) =>
    scoreOf({ person: HERE, exam: { modality: 'CT', atMs: at } }, { person: HERE, exam: { modality, atMs } });
  const likeness = (modality: string, atMs: number) => of(exam(modality, atMs), 'exam')?.likeness;
  assert.deepEqual(
    [likeness('CT', at + 3_600_000), likeness('CT', at + 90_000_000), likeness('MR', at)],
    ['same', 'alike', 'differs'],
  );
});

test('[CONT-145] words, sounds and distances', () => {
  assert.equal(plainWords(' d’Œuvre-Noël '), 'D OEUVRE NOEL');
  assert.equal(soundOf('DUPOND'), soundOf('DUPONT'));
  assert.deepEqual([distance('MARTIN', 'MATRIN'), distance('MARTIN', ''), distance('A', 'B')], [1, 6, 1]);
  assert.ok(plainWords('x'.repeat(100_000)).length <= 64, 'what is compared is bounded');
});

test('[CONT-140] our own range is recognised, typed wrong too; nobody else’s is', () => {
  assert.equal(temporaryIdentityOf(' tq7k263310001c', '', 'Q7K'), 'TQ7K263310001C');
  assert.equal(temporaryIdentityOf('TQ7K263310001D', '', 'Q7K'), 'TQ7K263310001D');
  assert.equal(temporaryIdentityOf('TABC263310001D', 'LEADGLASS-ABC', 'Q7K'), 'TABC263310001D');
  for (const [id, issuer, prefix] of [
    ['TABC263310001D', '', 'Q7K'],
    ['TABC263310001D', 'LEADGLASS-XYZ', 'Q7K'],
    ['4711', 'LEADGLASS-Q7K', 'Q7K'],
    ['TQ7K26331', '', 'Q7K'],
    ['', '', ''],
  ] as const)
    assert.equal(temporaryIdentityOf(id, issuer, prefix), undefined);
});
