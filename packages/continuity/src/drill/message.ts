import { readV2 } from '@leadglass/hl7';
import { DRILL_ISSUER, DRILL_PATIENT_NAME } from '@leadglass/model';
import { identitiesOf, identityDigest } from '../chart/identity.ts';
import { messageIdentity } from '../chart/message-identity.ts';
import type { ChartSealer } from '../chart/sealer.ts';
import { applied, NOBODY } from '../chart/summary.ts';
import { tokensOf } from '../chart/tokens.ts';
import type { DrillIdentity } from './phantom.ts';

/** The value that is looked for in the flowsheet, with its LOINC. */
export const DRILL_RESULT = { code: '2823-3', value: '4.2' } as const;
const FACILITY = 'LEADGLASS';

/** Who a drill's result is from. */
export interface DrillSender {
  /** MSH-3, of this drill alone. */
  readonly application: string;
  /** MSH-10. */
  readonly controlId: string;
}

/** A result of the laboratory (ORU^R01, HL7 v2.5 §7.3.1): no INS, no visit, nothing flagged critical, every word saying what it is. */
export function drillMessage({ patientId, atMs }: DrillIdentity, { application, controlId }: DrillSender): Uint8Array {
  const at = `${new Date(atMs).toISOString().replaceAll(/[-:T]|\..*$/g, '')}+0000`;
  const { family, given } = DRILL_PATIENT_NAME;
  const segments = [
    `MSH|^~\\&|${application}|${FACILITY}|LEADGLASS|${FACILITY}|${at}||ORU^R01^ORU_R01|${controlId}|P|2.5|||||FRA|UNICODE UTF-8`,
    `PID|1||${patientId}^^^${DRILL_ISSUER}^PI||${family}^${given}^^^^^L||19000101|O`,
    `OBR|1|EXERCICE|EXERCICE|EXERCICE^Exercice, aucun patient^L|||${at}|||||||||||||||${at}||LAB|F`,
    `OBX|1|NM|${DRILL_RESULT.code}^EXERCICE potassium^LN||${DRILL_RESULT.value}|mmol/L|3.5-5.1||||F|||${at}`,
  ];
  return Buffer.from(`${segments.join('\r')}\r`, 'utf8');
}

/** How what a drill's message made is found again: as the desk that kept it and the charts it was entered in have it. Throws when the message is none. */
export function tracesOf(
  sealer: ChartSealer,
  feed: string,
  message: Uint8Array,
): {
  readonly feed: string;
  readonly messages: readonly string[];
  readonly identifiers: readonly string[];
  readonly tokens: readonly number[];
} {
  const reading = readV2(message, { fallbackCharset: '8859/1' });
  const part = reading.kind === 'unreadable' ? undefined : reading.patients[0];
  if (reading.kind === 'unreadable' || part === undefined) throw new Error('the message of the drill cannot be read');
  const { sendingApplication, sendingFacility, controlId } = reading.header;
  const summary = applied(NOBODY, reading, part, { feed, heardMs: 0 });
  return {
    feed,
    messages: [
      messageIdentity(sealer, feed, {
        ...{ application: sendingApplication, facility: sendingFacility, number: controlId },
      }),
    ],
    identifiers: identitiesOf(feed, part.patient.identifiers).map((identity) => identityDigest(sealer, identity)),
    tokens: tokensOf(sealer, summary),
  };
}
