/** Whether an upstream is out, as far as is known; implemented by the outage detection. */
export interface Outages {
  isDown(destination: string): boolean;
  /** Calls `heard` when that of a destination has changed. */
  onChange(heard: (destination: string) => void): void;
}

/** Nothing watches: every upstream is asked. */
export const NO_OUTAGES: Outages = { isDown: () => false, onChange: () => {} };
