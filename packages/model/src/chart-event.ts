import type { FeedKind } from './feed.ts';

/** Facts of what happens with feeds and charts. No patient data: a message is its number here, a patient a keyed pseudonym. */
export interface ChartEventFacts {
  /**
   * Messages of a feed from one address within a minute. `repeated`: of those, sent again, answered again and kept once. `refused`: answered
   * AE or AR, and not kept. The others are kept.
   */
  'feed.received': {
    feed: string;
    remoteAddress: string;
    messages: number;
    bytes: number;
    repeated: number;
    notUnderstood: number;
    quarantined: number;
    refused: number;
  };
  /** A feed that usually sends has gone quiet, and speaks again. `sinceMs`: its last message before; null when none is known. */
  'feed.silent': { feed: string; feedKind: FeedKind; sinceMs: number | null };
  'feed.heard': { feed: string; feedKind: FeedKind; sinceMs: number | null };
  /** Somebody read a message of the tray, had it read again, put it aside. */
  'message.viewed': { by: string; feed: string; message: number; reason: string };
  'message.retried': {
    by: string;
    feed: string;
    message: number;
    outcome: 'entered' | 'not-understood' | 'quarantined';
  };
  'message.dismissed': { by: string; feed: string; message: number; reason: string };
  /** Somebody searched for patients. `keys`: what kind of words, never the words. */
  'chart.searched': { by: string; keys: readonly string[]; found: number };
  /** Somebody read the chart of a patient, or a document of it. */
  'chart.opened': { by: string; chart: number; patient: string; what: 'chart' | 'document'; reason: string };
  /** Two charts were said to be one patient, by a person or by a feed's message; or not to be. `other`: pseudonym of the one taken in. */
  'chart.merged': ChartMerge;
  'chart.unmerged': ChartMerge;
  /** What the policy of retention had forgotten in one go: messages as they came, charts with all that was told of them. `bytes`: of messages and documents. */
  'chart.forgotten': {
    messages: number;
    charts: number;
    documents: number;
    bytes: number;
    messageDays: number;
    chartDays: number;
  };
}

interface ChartMerge {
  by: string;
  no: number;
  into: number;
  taken: number;
  patient: string;
  other: string;
  reason: string;
}
