import { DRILL_DAYS, type DrillSettings } from '@leadglass/model';

const DAY_MS = 86_400_000;
/** A drill that could not begin within it is missed: at another hour it would surprise somebody. */
export const GRACE_MS = 60 * 60_000;
const WEEK = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;

/** When a drill was due last, at `nowMs` or before, where this machine is; undefined where none is by itself. */
export function lastDueMs({ on, at }: Pick<DrillSettings, 'on' | 'at'>, nowMs: number): number | undefined {
  return dueFrom(on, at, nowMs, -1, (ms) => ms <= nowMs);
}

/** When the next is due, after `nowMs`. */
export function nextDueMs({ on, at }: Pick<DrillSettings, 'on' | 'at'>, nowMs: number): number | undefined {
  return dueFrom(on, at, nowMs, 1, (ms) => ms > nowMs);
}

function dueFrom(
  on: DrillSettings['on'],
  at: string,
  nowMs: number,
  step: 1 | -1,
  isIt: (ms: number) => boolean,
): number | undefined {
  if (on === 'never' || !DRILL_DAYS.includes(on)) return undefined;
  const [hours = 0, minutes = 0] = at.split(':').map(Number);
  for (let days = 0; days <= 8; days += 1) {
    // By the calendar and not by 24 hours: the clock changes twice a year.
    const day = new Date(nowMs + step * days * DAY_MS);
    const due = new Date(day.getFullYear(), day.getMonth(), day.getDate(), hours, minutes).getTime();
    if ((on === 'daily' || WEEK[new Date(due).getDay()] === on) && isIt(due)) return due;
  }
  return undefined;
}

export type WhatIsDue = 'nothing' | 'run' | 'missed';

/**
 * What is to be done about the schedule now. @param sinceMs since when the schedule is as it is: what was due before says nothing.
 * @param doneMs when the last one began, or was told as missed
 */
export function whatIsDue(
  settings: Pick<DrillSettings, 'on' | 'at'>,
  { nowMs, sinceMs, doneMs }: { readonly nowMs: number; readonly sinceMs: number; readonly doneMs: number },
): WhatIsDue {
  const due = lastDueMs(settings, nowMs);
  if (due === undefined || due < sinceMs || due <= doneMs) return 'nothing';
  return nowMs - due <= GRACE_MS ? 'run' : 'missed';
}
