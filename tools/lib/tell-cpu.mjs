// Loaded into the process of a test file (run-tests.ts): says at its end what it and everything it started and saw end took of the processor.
// Linux alone tells that of one's children; elsewhere nothing is said.

import { readFileSync, writeSync } from 'node:fs';

/** Ticks a second in which Linux counts for everybody outside the kernel (USER_HZ). */
const TICKS = 100;

process.on('exit', () => {
  try {
    const stat = readFileSync('/proc/self/stat', 'latin1');
    // proc(5): utime, stime, cutime, cstime are fields 14 to 17; what is before them may hold blanks in its brackets.
    const ticks = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 15);
    const seconds = ticks.reduce((sum, each) => sum + Number(each), 0) / TICKS;
    writeSync(2, `\nleadglass-test-cpu ${seconds.toFixed(2)}\n`);
  } catch {
    // No /proc, or nobody listens any more: a figure less.
  }
});
