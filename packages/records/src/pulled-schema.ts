/** What a continuity box pulled besides images (decision 0039). Charts themselves stand among the others, under numbers of their own. */
export interface PulledSchema {
  pulled_parts: PulledPartsTable;
  pulled_charts: PulledChartsTable;
}

/** One part of the set: a chart with all it took in, a day of a schedule, the registrations, the feeds. */
export interface PulledPartsTable {
  key: string;
  /** As the gateway told it; empty while not all of it is here. */
  version: string;
  /** As of when the gateway gave it, by its clock. */
  as_of_ms: number;
  /** When it was taken and when a pull wanted it last, by this box's clock. */
  taken_at_ms: number;
  wanted_at_ms: number;
  bytes: number;
  /** What is not kept elsewhere; empty for charts and days. */
  sealed: Uint8Array;
}

/** A chart that was pulled: with which part, and what the gateway said last of who has taken it in (0: nobody). */
export interface PulledChartsTable {
  chart_no: number;
  part: string;
  into_no: number;
}
