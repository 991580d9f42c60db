import { Sealer } from '@leadglass/catalogue';
import { Secret } from '@leadglass/kit';
import type { Hl7Destination } from '@leadglass/model';
import { Hl7Owings } from './owing.ts';

export const SEALER = new Sealer(new Secret(Buffer.alloc(32, 7)));

/** A receiver as it is without a choice. */
export function receiver(over: Partial<Hl7Destination> = {}): Hl7Destination {
  return {
    ...{ name: 'ris', host: '127.0.0.1', port: 2575, tls: false, application: 'LEADGLASS', version: '2.5' },
    ...{ charset: '8859/1', acknowledgement: 'original', processing: 'production' },
    messages: ['registrations', 'orders', 'merges'],
    ...over,
  };
}

/** Nobody is told of anything by HL7. */
export const NO_HL7 = {
  owings: new Hl7Owings({ sealer: SEALER, rules: () => ({ hl7Destinations: [] }) }),
  poke: (): void => {},
};
