import { randomBytes } from 'node:crypto';
import { type Clock, Secret, silentLogger } from '@leadglass/kit';
import type { Records } from '@leadglass/records';
import { NO_HL7 } from '../hl7/hl7.testkit.ts';
import { ReconcileHost, type ReconcileTools } from './reconcile-host.ts';

/** A host whose desk makes nothing and whose archive is empty. */
export function reconcileHouse(records: Records, clock: Clock, over: Partial<ReconcileTools> = {}): ReconcileHost {
  return new ReconcileHost({
    ...{ records, clock, indexKey: new Secret(randomBytes(32)), log: silentLogger },
    catalogue: {
      seal: (_sha256, attributes) => Buffer.from(attributes.reveal()),
      async *search() {
        yield [];
        return 'complete';
      },
    },
    store: {
      makeDurable: async () => {},
      adopt: async () => {},
      discard: async () => {},
      removeUnrecorded: async () => {},
    },
    desk: { copy: async () => ({ kind: 'failed' }) },
    rules: () => ({ destinations: [] }),
    async *openPlain() {},
    pseudonyms: (issuer, patientId) => [`p-${issuer}-${patientId}`],
    isOutage: () => false,
    committed: () => {},
    due: () => {},
    hl7: NO_HL7,
    told: () => {},
    ...over,
  });
}
