import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { cellOf, EVENTS, type EventName, NEXT_STATES, STATES, type State } from './state-table.ts';
import { ACCEPTANCE, type Bench, benchIn, LIMITS, PDUS, REJECTION, REQUEST } from './testkit.ts';

/** How each event is brought about. */
const MAKE: Readonly<Record<EventName, (bench: Bench) => void>> = {
  Evt1: ({ association }) => association.request(REQUEST),
  Evt2: ({ association }) => association.transportConnected(),
  Evt3: ({ association }) => association.receive(PDUS.associateAc),
  Evt4: ({ association }) => association.receive(PDUS.associateRj),
  Evt5: ({ association }) => association.transportConnected(),
  Evt6: ({ association }) => association.receive(PDUS.associateRq),
  Evt7: ({ association }) => association.accept(ACCEPTANCE),
  Evt8: ({ association }) => association.reject(REJECTION),
  Evt9: ({ association }) => association.sendData(1, true, true, new Uint8Array(10)),
  Evt10: ({ association }) => association.receive(PDUS.data),
  Evt11: ({ association }) => association.release(),
  Evt12: ({ association }) => association.receive(PDUS.releaseRq),
  Evt13: ({ association }) => association.receive(PDUS.releaseRp),
  Evt14: ({ association }) => association.releaseResponse(),
  Evt15: ({ association }) => association.abort(),
  Evt16: ({ association }) => association.receive(PDUS.abort),
  Evt17: ({ association }) => association.transportClosed(),
  Evt18: ({ clock }) => clock.advance(LIMITS.artimMs),
  Evt19: ({ association }) => association.receive(PDUS.garbage),
};

/** What an action sends, by PDU type; and what it tells, in order. */
const DOES: Readonly<Record<string, readonly string[]>> = {
  'AE-1': [],
  'AE-2': ['send 1'],
  'AE-3': ['accepted'],
  'AE-4': ['close', 'rejected 1/1/3'],
  'AE-5': [],
  'AE-6': ['requested'],
  'AE-7': ['send 2'],
  'AE-8': ['send 3'],
  'DT-1': ['send 4'],
  'DT-2': ['data'],
  'AR-1': ['send 5'],
  'AR-2': ['release requested'],
  'AR-3': ['close', 'released'],
  'AR-4': ['send 6'],
  'AR-5': [],
  'AR-6': ['data'],
  'AR-7': ['send 4'],
  'AR-8': ['release requested'],
  'AR-9': ['send 6'],
  'AR-10': ['released'],
  'AA-4': ['aborted by transport'],
  'AA-5': ['aborted by transport'],
  'AA-6': [],
  'AA-7': ['send 7'],
  'AA-8': ['send 7', 'aborted by provider'],
  'AA-3': ['close', 'aborted by peer'],
};

/** AA-1 and AA-2 tell the user only what is not the user's own doing and has not been told. */
function expectedSteps(action: string, event: EventName, state: State): readonly string[] {
  const does = DOES[action];
  if (does !== undefined) return does;
  const first = action === 'AA-1' ? 'send 7' : 'close';
  if (event === 'Evt15' || state === 'Sta13') return [first];
  return [first, event === 'Evt16' ? 'aborted by peer' : 'aborted by provider'];
}

/** Empty cells that are not assertions, each for a reason given in `Association`. */
function isHarmless(event: EventName, state: State): boolean {
  const fromWire = ['Evt3', 'Evt4', 'Evt6', 'Evt10', 'Evt12', 'Evt13', 'Evt16', 'Evt19'].includes(event);
  if (event === 'Evt18') return true; // no timer runs: time passes
  if (event === 'Evt15') return state === 'Sta1' || state === 'Sta13' || state === 'Sta2';
  if (event === 'Evt14') return state === 'Sta10'; // waits for the peer's own response
  if (event === 'Evt17') return state === 'Sta1';
  if (event === 'Evt2') return state === 'Sta1'; // a requestor's connection may open before it asks
  return fromWire && state === 'Sta1'; // bytes behind the end are dropped
}

const ROLES = ['acceptor', 'requestor'] as const;
const roleFor = (event: EventName, state: State): 'acceptor' | 'requestor' | undefined =>
  (event === 'Evt1' || event === 'Evt2') && state === 'Sta1' ? 'requestor' : undefined;
/** `transportConnected` is Evt5 to an acceptor and Evt2 to a requestor, and only a requestor is ever in Sta4. */
const isNotPossibleToMake = (event: EventName, state: State): boolean => event === 'Evt5' && state === 'Sta4';

for (const state of STATES) {
  describe(`in ${state}`, () => {
    for (const event of Object.keys(EVENTS) as EventName[]) {
      const action = cellOf(event, STATES.indexOf(state));
      if (isNotPossibleToMake(event, state)) {
        test(`[DIMSE-12] ${event} belongs to the other role`, () => {
          assert.throws(() => benchIn(state, 'acceptor'), { name: 'AssertionFailure' });
        });
      } else if (action !== undefined) {
        test(`[DIMSE-11] ${event} does ${action}`, () => {
          const bench = benchIn(state, roleFor(event, state));
          MAKE[event](bench);
          assert.ok(
            (NEXT_STATES[action] as readonly State[]).includes(bench.association.state),
            bench.association.state,
          );
          assert.deepEqual(bench.recorder.log, expectedSteps(action, event, state));
        });
      } else if (isHarmless(event, state)) {
        test(`[DIMSE-12] ${event} is harmless`, () => {
          const bench = benchIn(state, roleFor(event, state));
          MAKE[event](bench);
          const closes = event === 'Evt15' && state === 'Sta2';
          assert.equal(bench.association.state, closes ? 'Sta1' : state);
          assert.deepEqual(bench.recorder.log, closes ? ['close'] : []);
        });
      } else {
        test(`[DIMSE-12] ${event} cannot happen and is a defect of the caller`, () => {
          const bench = benchIn(state);
          assert.throws(() => MAKE[event](bench), { name: 'AssertionFailure' });
          assert.equal(bench.association.state, state);
          assert.deepEqual(bench.recorder.log, []);
        });
      }
    }
  });
}

test('[DIMSE-12] no cell that a peer can reach on an open connection is empty', () => {
  const wire: EventName[] = ['Evt3', 'Evt4', 'Evt6', 'Evt10', 'Evt12', 'Evt13', 'Evt16', 'Evt17', 'Evt19'];
  const open = STATES.filter((state) => state !== 'Sta1' && state !== 'Sta4');
  const empty = wire.flatMap((event) => open.filter((state) => cellOf(event, STATES.indexOf(state)) === undefined));
  assert.deepEqual(empty, []);
});

for (const role of ROLES) {
  test(`[DIMSE-11] release collision, ${role}: AR-8 leads to its own state`, () => {
    const { association } = benchIn('Sta7', role);
    association.receive(PDUS.releaseRq);
    assert.equal(association.state, role === 'requestor' ? 'Sta9' : 'Sta10');
  });
}
