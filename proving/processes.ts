import { readdirSync, readFileSync } from 'node:fs';

/** Processes whose parent is `pid` (Linux). */
export function childrenOf(pid: number): number[] {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return all.map(Number).filter((candidate) => {
    try {
      const stat = readFileSync(`/proc/${candidate}/stat`, 'latin1');
      return Number(stat.slice(stat.lastIndexOf(')') + 4).split(' ')[0]) === pid;
    } catch {
      return false;
    }
  });
}

/** Resident memory of a process and its children, bytes: what it shares counted once (Pss) and once each (Rss). */
export interface Memory {
  readonly pss: number;
  readonly rss: number;
}

/** Memory of `pid` and its children now (Linux). */
export function memoryOf(pid: number): Memory {
  const each = [pid, ...childrenOf(pid)].map((one) => {
    try {
      return readFileSync(`/proc/${one}/smaps_rollup`, 'latin1');
    } catch {
      return '';
    }
  });
  const sum = (field: string) =>
    each.reduce((total, text) => total + Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0), 0);
  return { pss: sum('Pss') * 1024, rss: sum('Rss') * 1024 };
}

/** Watches the memory of `pid` and its children until `stop`, which tells the peak of each figure. */
export function watchMemory(pid: number, everyMs = 100): { stop(): Memory } {
  let peak: Memory = { pss: 0, rss: 0 };
  const look = () => {
    const now = memoryOf(pid);
    peak = { pss: Math.max(peak.pss, now.pss), rss: Math.max(peak.rss, now.rss) };
  };
  look();
  const timer = setInterval(look, everyMs);
  return {
    stop: () => {
      clearInterval(timer);
      look();
      return peak;
    },
  };
}
