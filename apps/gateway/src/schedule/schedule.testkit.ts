import { randomBytes } from 'node:crypto';
import { type Clock, Secret, silentLogger } from '@leadglass/kit';
import type { Event } from '@leadglass/model';
import type { Records } from '@leadglass/records';
import { NO_OUTAGES } from './outages.ts';
import { ScheduleHost, type ScheduleTools } from './schedule-host.ts';

/** A host without processes: whoever it would hand a connection to is never ready. */
export function scheduleHouse(records: Records, clock: Clock, over: Partial<ScheduleTools> = {}): ScheduleHost {
  return new ScheduleHost({
    ...{ records, clock, indexKey: new Secret(randomBytes(32)), outages: NO_OUTAGES, log: silentLogger },
    learning: { operationAsked: () => ({ allowed: true, mostResults: 10 }), operationEnded: () => {} },
    rules: () => ({ peers: [], destinations: [], routes: [], relays: [], quirks: [], feeds: [], hl7Destinations: [] }),
    gate: () => undefined,
    intakes: () => {
      throw new Error('no intakes here');
    },
    nextConnection: () => 1,
    certificates: () => {
      throw new Error('no certificates here');
    },
    pseudonym: (_issuer, patientId) => `p-${patientId.slice(-4)}`,
    isCut: () => false,
    tell: (_event: Event) => {},
    told: () => {},
    ...over,
  });
}
