/** What a feed tells of: results, orders and reports of radiology, comings and goings. It says who sends; what is sent is read whatever it is. */
export const FEED_KINDS = ['lab', 'ris', 'adt'] as const;
export type FeedKind = (typeof FEED_KINDS)[number];

/** In which characters a message that does not say is read. */
export const FEED_CHARSETS = ['windows-1252', 'iso-8859-15'] as const;
export type FeedCharset = (typeof FEED_CHARSETS)[number];

/** `production`: what is marked as a test (MSH-11, a test INS) is set apart. */
export const FEED_PROCESSINGS = ['production', 'test'] as const;
export type FeedProcessing = (typeof FEED_PROCESSINGS)[number];

/** A laboratory or an information system that may send HL7 messages. */
export interface Feed {
  /** Our own name for it: letters, digits, `-`, `_`, `.`; at most 64 characters. */
  readonly name: string;
  readonly kind: FeedKind;
  /** CIDR it calls from. */
  readonly from: string;
  /** SHA-256 of its certificate; when set, or with trust anchors, it is admitted over TLS alone. */
  readonly certSha256?: string;
  readonly trustAnchors?: readonly string[];
  readonly certName?: string;
  /** MSH-3 and MSH-4 it has to send; absent: any. */
  readonly application?: string;
  readonly facility?: string;
  readonly charset: FeedCharset;
  readonly processing: FeedProcessing;
  /** Messages a second it is read at, at most. */
  readonly mostPerSecond: number;
  /** Minutes without a message after which it is told as silent; 0: never; absent: as it usually sends. */
  readonly silentAfterMinutes?: number;
  /** `HH:MM-HH:MM`, local time, in which nothing is expected of it. */
  readonly quietHours?: string;
}

/** A stretch of a day, from and up to: `22:00-06:00`. */
export const QUIET_HOURS = /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/;
