/** Whether an upstream is out, or not to be asked, as far as is known. */
export interface Outages {
  isDown(destination: string): boolean;
  /** What asking a destination showed of it. */
  shown(destination: string, how: 'served' | 'unreached' | 'failed'): void;
  /** Calls `heard` when that of a destination has changed. */
  onChange(heard: (destination: string) => void): void;
}

/** Nothing watches: every upstream is asked. For tests. */
export const NO_OUTAGES: Outages = { isDown: () => false, shown: () => {}, onChange: () => {} };
