/** How long what feeds sent and told is kept. */
export interface ChartRetention {
  /** Days a message is kept as it came, once it is in its chart or was put aside by a person. */
  readonly messageDays: number;
  /** Days a chart is kept after something was last told of its patient. */
  readonly chartDays: number;
}

/**
 * Where a site chose nothing (decision 0043): half a year to read a message again when a rule of reading turns out to be wrong; five years of charts, since these are copies for the
 * bad day and the systems that sent them keep the originals as the law asks them to.
 */
export const DEFAULT_CHART_RETENTION: ChartRetention = { messageDays: 180, chartDays: 1826 };
