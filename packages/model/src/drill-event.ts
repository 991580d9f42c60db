import type { Text } from '@leadglass/kit';

/** A step of a drill and how long it took, milliseconds. */
export interface DrillStep {
  readonly step: string;
  readonly ms: number;
}

/** What a drill took, as its event tells it and as it is kept. Nothing in it is of a patient. */
export interface DrillTold {
  readonly no: number;
  /** Who asked for it; empty: the schedule did. */
  readonly by: string;
  readonly outcome: 'in-time' | 'late' | 'failed' | 'broken-off';
  readonly steps: readonly DrillStep[];
  /** The step it failed at, and why; empty where it did not. */
  readonly failedAt: string;
  readonly why: Text;
  /** What was not tried, and why. */
  readonly untried: readonly { readonly step: string; readonly why: Text }[];
  /** From the first byte sent to the first image, and from a result sent to the chart; null: it did not come so far. */
  readonly imageMs: number | null;
  readonly labMs: number | null;
  readonly imageAimMs: number;
  readonly labAimMs: number;
  /** Upstreams that were cut off for it: nothing was delivered to, nor asked of. */
  readonly cutOff: readonly string[];
  /** What it made and was destroyed after it; `left`: what could not be. */
  readonly destroyed: { readonly objects: number; readonly messages: number; readonly charts: number };
  readonly left: number;
}

/** Times of what came, milliseconds; those of nothing are 0. The median and the 95th percentile are exact to a twentieth. */
export interface Spread {
  readonly count: number;
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly worstMs: number;
  /** What came and was not measured: it was being entered when this program stopped. */
  readonly unmeasured: number;
}

export interface DrillEventFacts {
  'drill.began': { no: number; by: string };
  /** A drill is over, and what it made is destroyed. */
  'drill.ended': DrillTold;
  /** One was due at `dueMs` and did not run. */
  'drill.missed': { no: number; dueMs: number; why: Text };
  /** A real outage is over: how long what came meanwhile took to be seen, against the same aims. */
  'drill.outage': {
    no: number;
    upstream: string;
    sinceMs: number;
    outcome: 'in-time' | 'late' | 'nothing-came';
    images: Spread;
    results: Spread;
    imageAimMs: number;
    labAimMs: number;
  };
}
