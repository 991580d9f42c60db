/** What a receiver is told: patients registered here, their orders, and who they turned out to be. */
export const HL7_TOLD = ['registrations', 'orders', 'merges'] as const;
export type Hl7Told = (typeof HL7_TOLD)[number];

/** Versions it is written to in. */
export const HL7_VERSIONS = ['2.3.1', '2.4', '2.5', '2.5.1'] as const;
export type Hl7Version = (typeof HL7_VERSIONS)[number];

/** Words of table 0211, as they stand in MSH-18. */
export const HL7_CHARSETS = ['8859/1', '8859/15', 'UNICODE UTF-8'] as const;
export type Hl7Charset = (typeof HL7_CHARSETS)[number];

/** Original mode: one answer says what became of a message. Enhanced: that it is kept is enough. */
export const HL7_ACKNOWLEDGEMENTS = ['original', 'enhanced'] as const;
export type Hl7Acknowledgement = (typeof HL7_ACKNOWLEDGEMENTS)[number];

/** `test`: messages are marked as a trial (MSH-11). */
export const HL7_PROCESSINGS = ['production', 'test'] as const;
export type Hl7Processing = (typeof HL7_PROCESSINGS)[number];

/** An information system that is told by HL7 v2 of what was registered here (decision 0038). */
export interface Hl7Destination {
  /** Our own name for it: letters, digits, `-`, `_`, `.`; at most 64 characters. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** SHA-256 of the certificate expected; without it the site's authority has to have signed it. */
  readonly certSha256?: string;
  /** MSH-3 and MSH-4: who we are. */
  readonly application: string;
  readonly facility?: string;
  /** MSH-5 and MSH-6: who it is. */
  readonly receivingApplication?: string;
  readonly receivingFacility?: string;
  readonly version: Hl7Version;
  readonly charset: Hl7Charset;
  readonly acknowledgement: Hl7Acknowledgement;
  readonly processing: Hl7Processing;
  readonly messages: readonly Hl7Told[];
  /** Who gives the numbers of patients, where an identity does not say: `NAME` or `NAME&OID&ISO` (PID-3.4). */
  readonly patientAuthority?: string;
  /** The destination that is the same system: while that is down nothing is tried. */
  readonly system?: string;
  /** Whether it is outside the site; without a choice its address says so. */
  readonly outside?: boolean;
  /** Messages a minute, at most; without a choice it is left as much time as each message took. */
  readonly giveBackPerMinute?: number;
}
