import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Hl7Destination } from '@leadglass/model';
import type { Hl7Change, Hl7Owing, OwedHl7 } from '@leadglass/records';
import type { RegistrationAsked } from '../schedule/registration-entry.ts';
import { receiver, SEALER } from './hl7.testkit.ts';
import { openLetter } from './letter.ts';
import { Hl7Owings, type OfRegistration } from './owing.ts';

const T0 = Date.UTC(2026, 0, 5, 8);
const ASKED: RegistrationAsked = {
  ...{ familyName: 'LEFÈVRE', givenName: 'Zoé', localId: 'L-4711', ins: '255081416802538' },
  ...{ procedure: 'Thorax', modality: 'CT', station: 'CT1' as never, priority: 'STAT' },
};
const OF: OfRegistration = {
  asked: ASKED,
  numbers: {
    ...{ number: 'TQ7K263310001C', accession: 'DQ7K263310001D', studyInstanceUid: '2.25.7' },
    ...{ issuer: 'LEADGLASS-Q7K', atMs: T0 },
  },
};
const ZOE = { patientId: 'R-991', familyName: 'LEFEVRE', givenName: 'ZOE' };

/** Receivers with what they were told so far, as the records would have it. */
class House {
  readonly owings: Hl7Owings;
  rows: OwedHl7[] = [];

  constructor(...receivers: readonly Hl7Destination[]) {
    this.owings = new Hl7Owings({ sealer: SEALER, rules: () => ({ hl7Destinations: receivers }) });
  }

  /** Letters that were added, those that were withdrawn, and what is told of it. */
  act(owing: Hl7Owing): string {
    const { added, withdrawn, events }: Hl7Change = owing.decide(this.rows);
    const gone = this.rows.filter(({ id }) => withdrawn.includes(id)).map(({ letter }) => `-${letter}`);
    this.rows = this.rows.map((row) => (withdrawn.includes(row.id) ? { ...row, state: 'withdrawn' } : row));
    for (const one of added)
      this.rows.push({
        ...one,
        ...{ id: this.rows.length + 1, answer: undefined, code: '', isSent: false, attempts: 0 },
        state: one.sealed === undefined ? 'by-hand' : 'waiting',
        ...{ nextAtMs: T0, doneAtMs: 0 },
      });
    const said = events.map(({ kind }) => kind.replace('hl7.', ''));
    return [...gone, ...added.map(({ letter }) => letter), ...said].join(' ');
  }

  /** Everything that waits has reached its receiver. */
  end(state: 'delivered' | 'refused' = 'delivered'): void {
    this.rows = this.rows.map((row) => (row.state === 'waiting' ? { ...row, state, isSent: true } : row));
  }

  letter(kind: string) {
    const row = this.rows.findLast(({ letter }) => letter === kind);
    assert(row?.sealed !== undefined);
    return openLetter(SEALER, row.controlId, row.sealed);
  }
}

test('[CONT-185] a registration owes a patient and an order to each receiver that takes them, each under a number of its own', () => {
  const house = new House(receiver(), receiver({ name: 'pas', messages: ['registrations'] }));
  assert.equal(house.act(house.owings.registered(OF, T0)), 'A04 NW A04');
  assert.deepEqual(
    house.rows.map(({ destination }) => destination),
    ['ris', 'ris', 'pas'],
  );
  const ids = house.rows.map(({ controlId }) => controlId);
  assert.equal(new Set(ids).size, 3);
  assert(ids.every((id) => /^LG[0-9A-Z]{18}$/.test(id)));
  assert.equal(new House().act(house.owings.registered(OF, T0)), 'A04 NW A04');
  assert.equal(new House().act(new House().owings.registered(OF, T0)), '');
});

test('[CONT-185] a number that was typed at night and an INS stand in no message', () => {
  const house = new House(receiver());
  house.act(house.owings.registered(OF, T0));
  const { patient } = house.letter('A04');
  assert.deepEqual(patient.identifiers, [{ value: 'TQ7K263310001C', authority: 'LEADGLASS-Q7K', oid: '', type: 'PI' }]);
  assert.equal(patient.isQualified, false);
  assert(!JSON.stringify(house.letter('NW')).match(/L-4711|255081416802538/));
});

test('[CONT-185] what was not told, or was not taken, is told as it is now; what was told is corrected', () => {
  const other = { ...ASKED, familyName: 'LEFÈBVRE' };
  const corrected = (house: House, asked: RegistrationAsked) =>
    house.act(house.owings.corrected(ASKED, { ...OF, asked }, T0 + 1));
  const fresh = new House(receiver());
  fresh.act(fresh.owings.registered(OF, T0));
  assert.equal(corrected(fresh, other), '-A04 -NW A04 NW withdrawn withdrawn');
  const told = new House(receiver());
  told.act(told.owings.registered(OF, T0));
  told.end();
  assert.equal(corrected(told, other), 'A08');
  assert.equal(corrected(told, { ...ASKED, procedure: 'Crâne' }), 'XO');
  assert.equal(corrected(told, { ...ASKED, localId: 'L-9' }), '');
  const refused = new House(receiver());
  refused.act(refused.owings.registered(OF, T0));
  refused.end('refused');
  assert.equal(corrected(refused, other), '-A04 -NW A04 NW withdrawn withdrawn');
  // On its way: it may have it.
  const sending = new House(receiver());
  sending.act(sending.owings.registered(OF, T0));
  sending.rows = sending.rows.map((row) => (row.letter === 'A04' ? { ...row, isSent: true } : row));
  assert.equal(corrected(sending, other), '-NW A08 NW withdrawn');
});

test('[CONT-185] what is cancelled is told to whoever was told of it', () => {
  const house = new House(receiver(), receiver({ name: 'pas' }));
  house.act(house.owings.registered(OF, T0));
  house.rows = house.rows.map((row) =>
    row.destination === 'ris' ? { ...row, state: 'delivered', isSent: true } : row,
  );
  assert.equal(house.act(house.owings.cancelled(OF, T0)), '-A04 -NW CA A11 withdrawn withdrawn');
  assert.deepEqual(
    house.rows.slice(-2).map(({ destination }) => destination),
    ['ris', 'ris'],
  );
});

test('[CONT-185] who somebody turned out to be is told to whoever knows the temporary number, and to nobody else', () => {
  const house = new House(receiver({ patientAuthority: 'CHU' }), receiver({ name: 'orders', messages: ['orders'] }));
  const reconciled = (identity: object) => house.act(house.owings.reconciled(OF, { ...ZOE, ...identity }, T0));
  assert.equal(reconciled({}), '');
  house.act(house.owings.registered(OF, T0));
  assert.equal(reconciled({}), 'A40');
  const letter = house.letter('A40');
  assert(letter.event === 'A40');
  assert.deepEqual(letter.from, [{ value: 'TQ7K263310001C', authority: 'LEADGLASS-Q7K', oid: '', type: 'PI' }]);
  assert.deepEqual(letter.patient.identifiers, [{ value: 'R-991', authority: '', oid: '', type: 'PI' }]);
  // Merged, corrections of who they were said to be are of no use.
  const other = { ...OF, asked: { ...ASKED, familyName: 'LEFÈBVRE' } };
  assert.equal(house.act(house.owings.corrected(ASKED, other, T0)), '-NW -NW NW NW withdrawn withdrawn');
  // Another word before it was sent.
  assert.equal(reconciled({ patientId: 'R-5' }), '-A40 A40 withdrawn');
});

test('[CONT-185] where their own order is known, the one made here is withdrawn, or cancelled where it was told', () => {
  const house = new House(receiver());
  house.act(house.owings.registered(OF, T0));
  const identity = { ...ZOE, accession: 'A-77' };
  assert.equal(house.act(house.owings.reconciled(OF, identity, T0)), '-NW A40 withdrawn');
  const told = new House(receiver());
  told.act(told.owings.registered(OF, T0));
  told.end();
  assert.equal(told.act(told.owings.reconciled(OF, identity, T0)), 'A40 CA');
  assert.deepEqual(told.letter('CA').patient.identifiers[0]?.value, 'R-991');
  assert.equal(
    told.act(told.owings.reconciled(OF, { ...ZOE, accession: OF.numbers.accession }, T0)),
    '-A40 A40 withdrawn',
  );
});

test('[CONT-185] a receiver that was declared afterwards is told what it does not know, and nobody twice', () => {
  const early = new House(receiver());
  early.act(early.owings.registered(OF, T0));
  early.end();
  const house = new House(receiver(), receiver({ name: 'late' }), receiver({ name: 'merges', messages: ['merges'] }));
  house.rows = early.rows;
  assert.equal(house.act(house.owings.late(OF, undefined, T0)), 'A04 NW');
  assert.deepEqual(new Set(house.rows.slice(-2).map(({ destination }) => destination)), new Set(['late']));
  assert.equal(house.act(house.owings.late(OF, undefined, T0)), '');
  assert.equal(house.act(house.owings.late(OF, ZOE, T0)), 'A40 A40');
  const after = new House(receiver());
  assert.equal(after.act(after.owings.late(OF, { ...ZOE, accession: 'A-77' }, T0)), 'A04 A40');
});

test('[CONT-186] a merge that was not sent is withdrawn; one that was is for a person to undo, and is told so', () => {
  const identity = { ...ZOE, accession: 'A-77' };
  const unsent = new House(receiver());
  unsent.act(unsent.owings.registered(OF, T0));
  unsent.act(unsent.owings.reconciled(OF, identity, T0));
  assert.equal(unsent.act(unsent.owings.takenBack(OF, true, T0)), '-A40 NW withdrawn');
  const sent = new House(receiver());
  sent.act(sent.owings.registered(OF, T0));
  sent.end();
  sent.act(sent.owings.reconciled(OF, ZOE, T0));
  sent.end();
  assert.equal(sent.act(sent.owings.takenBack(OF, true, T0)), 'unmerge by-hand');
  assert.equal(sent.rows.at(-1)?.state, 'by-hand');
  // Who it really is follows, once the person has said that it is undone.
  assert.equal(sent.act(sent.owings.reconciled(OF, { ...ZOE, patientId: 'R-5' }, T0)), 'A40');
  const refused = new House(receiver());
  refused.act(refused.owings.registered(OF, T0));
  refused.end();
  refused.act(refused.owings.reconciled(OF, ZOE, T0));
  refused.end('refused');
  assert.equal(refused.act(refused.owings.takenBack(OF, true, T0)), '-A40 withdrawn');
});

test('[CONT-185] a receiver that is none any more is owed nothing new, and what it was not told is withdrawn', () => {
  const before = new House(receiver());
  before.act(before.owings.registered(OF, T0));
  const after = new House();
  after.rows = before.rows;
  assert.equal(after.act(after.owings.cancelled(OF, T0)), '-A04 -NW withdrawn withdrawn');
});
