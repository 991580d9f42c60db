import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ManualClock } from '@leadglass/kit';
import { Association } from './association.ts';
import {
  EVENT_NAMES,
  FRESH,
  type ModelState,
  modelStep,
  PRINTED,
  type Role,
  type Seen,
} from './state-model.testkit.ts';
import { ACCEPTANCE, LIMITS, PDUS, REJECTION, REQUEST } from './testkit.ts';

// The machine as its two neighbours see it: bytes on the transport and calls to the user. Its own account of its state is never asked.

/** An event, and which of several PDUs of that event. */
interface Stimulus {
  readonly event: string;
  readonly form: string;
}

const wrongLength = (type: number): Uint8Array => Uint8Array.of(type, 0, 0, 0, 0, 3, 0, 0, 0);
const anotherContext = Uint8Array.from(PDUS.associateRq);
anotherContext.set([0x39], Buffer.from(anotherContext).indexOf('1.2.840.10008.3.1.1.1'));
const anotherVersion = Uint8Array.from(PDUS.associateRq);
anotherVersion.set([0, 2], 6);

/** PDUs of each event that comes over the wire, by form. */
const BYTES: Readonly<Record<string, Readonly<Record<string, Uint8Array>>>> = {
  Evt3: { '': PDUS.associateAc },
  Evt4: { '': PDUS.associateRj },
  Evt6: { '': PDUS.associateRq, 'another application context': anotherContext, 'another version': anotherVersion },
  Evt10: { '': PDUS.data },
  Evt12: { '': PDUS.releaseRq },
  Evt13: { '': PDUS.releaseRp },
  Evt16: { '': PDUS.abort },
  Evt19: { '': PDUS.garbage, 'a wrong length': wrongLength(5) },
};
const STIMULI: readonly Stimulus[] = EVENT_NAMES.flatMap((event) =>
  Object.keys(BYTES[event] ?? { '': undefined }).map((form) => ({ event, form })),
);

const PDU_NAMES = [
  '',
  'A-ASSOCIATE-RQ',
  'A-ASSOCIATE-AC',
  'A-ASSOCIATE-RJ',
  'P-DATA-TF',
  'A-RELEASE-RQ',
  'A-RELEASE-RP',
  'A-ABORT',
];

/** A PDU in words, read by its bytes alone; its length field must be the truth. */
function inWords(pdu: Buffer): string {
  assert.equal(pdu.readUInt32BE(2), pdu.length - 6, 'the length field is the truth');
  const name = PDU_NAMES[pdu[0] ?? 0] ?? '';
  if (name === 'A-ABORT') return `${name} ${pdu[8]}/${pdu[9]}`;
  return name === 'A-ASSOCIATE-RJ' ? `${name} ${pdu[7]}/${pdu[8]}/${pdu[9]}` : name;
}

/** One association, its wire and its user. */
class Subject {
  readonly role: Role;
  readonly clock = new ManualClock();
  readonly association: Association;
  #wire: string[] = [];
  #told: string[] = [];
  #pending: Buffer[] = [];

  constructor(role: Role) {
    this.role = role;
    const told = (what: string) => void this.#told.push(what);
    this.association = new Association({
      ...{ role, limits: LIMITS, clock: this.clock },
      handler: {
        send: (bytes) => void this.#pending.push(Buffer.from(bytes)),
        closeTransport: () => void this.#wire.push(...this.#sent(), 'close'),
        associateRequested: () => told('requested'),
        associateAccepted: () => told('accepted'),
        associateRejected: ({ result, source, reason }) => told(`rejected ${result}/${source}/${reason}`),
        data: () => told('data'),
        releaseRequested: () => told('release requested'),
        released: () => told('released'),
        aborted: (_abort, by) => told(`aborted by ${by}`),
      },
    });
  }

  #sent(): string[] {
    const bytes = Buffer.concat(this.#pending);
    this.#pending = [];
    const pdus: string[] = [];
    for (let at = 0; at < bytes.length; at += 6 + bytes.readUInt32BE(at + 2))
      pdus.push(inWords(bytes.subarray(at, at + 6 + bytes.readUInt32BE(at + 2))));
    return pdus;
  }

  /** Brings an event about; what is seen of it. */
  undergo({ event, form }: Stimulus): Seen {
    [this.#wire, this.#told] = [[], []];
    try {
      this.#make(event, form);
    } catch (thrown) {
      if (thrown instanceof Error && thrown.name === 'AssertionFailure') return 'defect';
      throw thrown;
    }
    this.#wire.push(...this.#sent());
    return { wire: this.#wire, told: this.#told };
  }

  #make(event: string, form: string): void {
    const { association } = this;
    const bytes = BYTES[event]?.[form];
    if (bytes !== undefined) return association.receive(bytes);
    const calls: Readonly<Record<string, () => void>> = {
      Evt1: () => association.request(REQUEST),
      Evt2: () => association.transportConnected(),
      Evt5: () => association.transportConnected(),
      Evt7: () => association.accept(ACCEPTANCE),
      Evt8: () => association.reject(REJECTION),
      Evt9: () => association.sendData(1, true, true, new Uint8Array(10)),
      Evt11: () => association.release(),
      Evt14: () => association.releaseResponse(),
      Evt15: () => association.abort(),
      Evt17: () => association.transportClosed(),
      Evt18: () => this.clock.advance(LIMITS.artimMs),
    };
    const call = calls[event];
    assert.ok(call !== undefined, event);
    call();
  }
}

type Way = readonly [role: Role, events: readonly string[]];
const ACCEPTED = ['Evt5', 'Evt6', 'Evt7'];
const REQUESTED = ['Evt1', 'Evt2', 'Evt3'];
/** Every way into a state that leaves the peer able to speak. */
const WAYS: Readonly<Record<string, readonly Way[]>> = {
  Sta1: [
    ['acceptor', []],
    ['requestor', []],
  ],
  Sta2: [['acceptor', ACCEPTED.slice(0, 1)]],
  Sta3: [['acceptor', ACCEPTED.slice(0, 2)]],
  Sta4: [['requestor', REQUESTED.slice(0, 1)]],
  Sta5: [['requestor', REQUESTED.slice(0, 2)]],
  Sta6: bothRoles([]),
  Sta7: bothRoles(['Evt11']),
  Sta8: bothRoles(['Evt12']),
  Sta9: [['requestor', [...REQUESTED, 'Evt11', 'Evt12']]],
  Sta10: [['acceptor', [...ACCEPTED, 'Evt11', 'Evt12']]],
  Sta11: [['requestor', [...REQUESTED, 'Evt11', 'Evt12', 'Evt14']]],
  Sta12: [['acceptor', [...ACCEPTED, 'Evt11', 'Evt12', 'Evt13']]],
  Sta13: [
    ['acceptor', [...ACCEPTED.slice(0, 2), 'Evt8']],
    ['acceptor', [...ACCEPTED.slice(0, 1), 'Evt12']],
    ['acceptor', [...ACCEPTED, 'Evt11', 'Evt12', 'Evt14', 'Evt13']],
    ...bothRoles(['Evt12', 'Evt14']),
    ...bothRoles(['Evt15']),
    ...bothRoles(['Evt6']),
  ],
};

function bothRoles(events: readonly string[]): Way[] {
  return [
    ['acceptor', [...ACCEPTED, ...events]],
    ['requestor', [...REQUESTED, ...events]],
  ];
}

const plain = (event: string): Stimulus => ({ event, form: '' });
/** `transportConnected` is Evt2 to a requestor and Evt5 to an acceptor; after an association there is no second connection. */
const canBeMade = (event: string, role: Role, { isOver }: ModelState): boolean => {
  if (event !== 'Evt2' && event !== 'Evt5') return true;
  return (event === 'Evt2') === (role === 'requestor') && !isOver;
};

/** What tells one state from another, by what it does next: every event, and two in a row for the two that one does not tell apart. */
const PROBES: readonly (readonly Stimulus[])[] = [
  ...EVENT_NAMES.map((event) => [plain(event)]),
  [plain('Evt14'), plain('Evt13')],
  [plain('Evt13'), plain('Evt10')],
];

/** What the model says is seen of `probe` from `state` on. */
function foreseen(state: ModelState, probe: readonly Stimulus[], role: Role): { seen: Seen[]; canBeMade: boolean } {
  const seen: Seen[] = [];
  let at = state;
  for (const { event, form } of probe) {
    if (!canBeMade(event, role, at)) return { seen, canBeMade: false };
    const step = modelStep(at, event, role, form);
    seen.push(step.seen);
    at = step.next;
  }
  return { seen, canBeMade: true };
}

/** A machine and the model, both led along `way`; what is seen on the way is as foreseen. */
function led([role, events]: Way): { subject: Subject; model: ModelState } {
  const subject = new Subject(role);
  let model = FRESH;
  for (const event of events) {
    const step = modelStep(model, event, role);
    assert.deepEqual(subject.undergo(plain(event)), step.seen, `${event} on the way`);
    model = step.next;
  }
  return { subject, model };
}

const lookOf = (state: ModelState, role: Role): string =>
  JSON.stringify(PROBES.map((probe) => foreseen(state, probe, role)));

test('[DIMSE-158] by what is seen of them no two states look alike, so that what is seen tells the state', () => {
  for (const role of ['acceptor', 'requestor'] as const) {
    const ways = Object.entries(WAYS).flatMap(([state, all]) =>
      all.filter(([of]) => of === role).map((way) => ({ state, way })),
    );
    const looks = new Map<string, string>();
    for (const { state, way } of ways) {
      const { model } = led(way);
      assert.equal(model.state, state);
      const other = looks.get(lookOf(model, role));
      assert.ok(other === undefined || other === state, `${other} and ${state} look alike`);
      looks.set(lookOf(model, role), state);
    }
    assert.equal(looks.size, new Set(ways.map(({ state }) => state)).size);
  }
});

const driven = new Set<string>();
let machines = 0;

for (const [state, ways] of Object.entries(WAYS)) {
  describe(`seen in ${state}`, () => {
    for (const [number, way] of ways.entries()) {
      const [role] = way;
      for (const stimulus of STIMULI) {
        const { event, form } = stimulus;
        if (!canBeMade(event, role, led(way).model)) continue;
        const what = `${event}${form === '' ? '' : ` of ${form}`}, ${role}${number === 0 ? '' : `, way ${number}`}`;
        test(`[DIMSE-159] ${what}: ${PRINTED.get(`${event} ${state}`) ?? 'empty'}, by wire and user, and so is what comes next`, () => {
          driven.add(`${event} ${state}`);
          const { model } = led(way);
          const step = modelStep(model, event, role, form);
          assert.deepEqual(led(way).subject.undergo(stimulus), step.seen);
          // After bytes that are no PDU the peer is not read any more (DIMSE-8): then the wire says nothing of the state.
          const isDeaf = event === 'Evt19';
          for (const probe of PROBES) {
            if (isDeaf && probe.some((each) => BYTES[each.event] !== undefined)) continue;
            const expected = foreseen(step.next, probe, role);
            if (!expected.canBeMade) continue;
            const { subject } = led(way);
            subject.undergo(stimulus);
            machines += 1;
            const seen = probe.map((each) => subject.undergo(each));
            assert.deepEqual(seen, expected.seen, `then ${probe.map((each) => each.event).join(', ')}`);
          }
        });
      }
    }
  });
}

test('[DIMSE-160] all 247 cells were driven, but for eight that belong to the other role and are empty', (t) => {
  const states = Object.keys(WAYS);
  const missing = EVENT_NAMES.flatMap((event) => states.map((state) => `${event} ${state}`)).filter(
    (cell) => !driven.has(cell),
  );
  assert.deepEqual(
    missing.sort(),
    [
      ...['Sta10', 'Sta12', 'Sta2', 'Sta3'].map((state) => `Evt2 ${state}`),
      ...['Sta11', 'Sta4', 'Sta5', 'Sta9'].map((state) => `Evt5 ${state}`),
    ].sort(),
  );
  for (const cell of missing) assert.equal(PRINTED.get(cell), undefined);
  assert.equal(PRINTED.size, 123);
  t.diagnostic(`${driven.size} cells, ${machines} machines`);
});

test('[DIMSE-161] ARTIM runs from the action that starts it: AA-1 starts it anew, AA-6 and AA-7 do not', () => {
  const half = LIMITS.artimMs / 2;
  const { subject } = led(['acceptor', ['Evt5']]);
  subject.clock.advance(half);
  subject.undergo(plain('Evt12'));
  subject.clock.advance(half);
  assert.deepEqual(subject.undergo(plain('Evt6')), { wire: ['A-ABORT 2/2'], told: [] }, 'AA-1 began the time anew');
  subject.undergo(plain('Evt10'));
  subject.clock.advance(half);
  assert.deepEqual(subject.undergo(plain('Evt6')), { wire: [], told: [] }, 'AA-6 and AA-7 did not');
});
