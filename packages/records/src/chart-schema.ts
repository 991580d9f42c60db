/**
 * What feeds sent and the charts made of it (decision 0029). Messages and what they tell are sealed before they come here; charts are found by
 * digests and tokens that nobody without the index key can make.
 */
export interface ChartTables {
  feed_messages: FeedMessagesTable;
  feed_bodies: { no: number; sealed: Uint8Array };
  /** What is still to be entered into charts. */
  feed_inbox: { no: number; feed: string; sealed: Uint8Array };
  feed_tallies: FeedTalliesTable;
  charts: ChartPatientsTable;
  chart_identifiers: { digest: string; chart_no: number };
  chart_tokens: { token: number; chart_no: number };
  chart_entries: ChartEntriesTable;
  chart_documents: { id: string; chart_no: number; bytes: number; sealed: Uint8Array };
  chart_merges: ChartMergesTable;
}

export interface FeedMessagesTable {
  no: number;
  /** Keyed digest of feed, MSH-3, MSH-4 and MSH-10, and of the bytes: a message sent again has both. */
  identity: string;
  content: string;
  feed: string;
  received_at_ms: number;
  bytes: number;
  /** `AA`, `AE`. */
  answered: string;
  /** `waiting`, `entered`, `not-understood`, `quarantined`, `dismissed`. */
  state: string;
  /** Another message of its identity says something else. */
  is_other: number;
  /** Type and problems. */
  sealed: Uint8Array;
}

export interface FeedTalliesTable {
  feed: string;
  received: number;
  last_at_ms: number;
  waiting: number;
  not_understood: number;
  quarantined: number;
}

export interface ChartPatientsTable {
  no: number;
  /** The chart that has taken this one in; 0 for none. */
  into_no: number;
  heard_at_ms: number;
  /** 0: not arrived, not in the house, no critical result. */
  arrived_at_ms: number;
  present_at_ms: number;
  critical_at_ms: number;
  critical: number;
  sealed: Uint8Array;
}

export interface ChartEntriesTable {
  no: number;
  chart_no: number;
  message_no: number;
  heard_at_ms: number;
  /** `told`, or `raw`: named in a message that was not understood. */
  kind: string;
  sealed: Uint8Array;
}

export interface ChartMergesTable {
  no: number;
  into_no: number;
  taken_no: number;
  at_ms: number;
  by_whom: string;
  reason: string;
  /** 0 while it stands. */
  undone_at_ms: number;
  undone_by: string;
}
