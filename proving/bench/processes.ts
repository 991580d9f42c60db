import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

const TICKS_PER_SECOND = 100;

interface Stat {
  readonly pid: number;
  readonly parent: number;
  /** Its own and its reaped children's processor time, seconds. */
  readonly cpuSeconds: number;
}

function statOf(pid: number): Stat | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = [11, 12, 13, 14].reduce((sum, i) => sum + Number(fields[i]), 0);
    return { pid, parent: Number(fields[1]), cpuSeconds: ticks / TICKS_PER_SECOND };
  } catch {
    return undefined;
  }
}

/** `pid` and everything under it. */
export function treeOf(pid: number): number[] {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const stats = all.map((name) => statOf(Number(name))).filter((stat) => stat !== undefined);
  const tree = [pid];
  for (let i = 0; i < tree.length; i++)
    tree.push(...stats.filter(({ parent }) => parent === tree[i]).map((stat) => stat.pid));
  return tree;
}

/** Processor time of the tree so far, seconds. */
export function cpuSecondsOf(pid: number): number {
  return treeOf(pid).reduce((sum, each) => sum + (statOf(each)?.cpuSeconds ?? 0), 0);
}

/** Processor time of the tree so far, seconds, by the program that each process runs; `first` is what the first of them is called. */
export function cpuSecondsByProgram(pid: number, first: string): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const each of treeOf(pid)) {
    const program = each === pid ? first : programOf(each);
    sums.set(program, (sums.get(program) ?? 0) + (statOf(each)?.cpuSeconds ?? 0));
  }
  return sums;
}

function programOf(pid: number): string {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0');
    const entry = words.findLast((word) => word.endsWith('.ts')) ?? '';
    return basename(entry, '.ts') || 'other';
  } catch {
    return 'other';
  }
}

/** Sum over the tree of one figure of /proc/PID/status, bytes: `VmHWM` is the most each process ever held. */
export function memoryOf(pid: number, field: 'VmHWM' | 'VmRSS'): number {
  return treeOf(pid).reduce((sum, each) => {
    try {
      const found = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${each}/status`, 'latin1'));
      return sum + Number(found?.[1] ?? 0) * 1024;
    } catch {
      return sum;
    }
  }, 0);
}
