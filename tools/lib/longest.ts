/** Suites of proving/ that take longest in the short form, the longest first: by the times that `npm run prove -- --ci` prints. */
export const LONGEST: readonly string[] = [
  'faults',
  // Waits for minutes of silence, and computes little.
  'silent-feed',
  'console-print',
  'console-evidence',
  'outage',
  'console-two-persons',
  'console',
  'continuity-node',
  'console-emergency-page',
  'import',
  'console-shell',
  'labs',
  'hl7-give-back',
  'demo',
  'bad-day',
  'console-people',
];
