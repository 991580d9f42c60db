/** Days as whole numbers, `YYYYMMDD`, in the local time that a department's schedule is written in. */
export function dayOf(atMs: number): number {
  const at = new Date(atMs);
  return at.getFullYear() * 10_000 + (at.getMonth() + 1) * 100 + at.getDate();
}

/** The days from `fromMs` to `toMs`, both belong. */
export function daysBetween(fromMs: number, toMs: number): readonly number[] {
  const days: number[] = [];
  const at = new Date(fromMs);
  at.setHours(12, 0, 0, 0);
  for (const last = dayOf(toMs); dayOf(at.getTime()) <= last; at.setDate(at.getDate() + 1))
    days.push(dayOf(at.getTime()));
  return days;
}

/** The day `days` after that of `atMs`; before it when negative. */
export function dayAfter(atMs: number, days: number): number {
  const at = new Date(atMs);
  at.setDate(at.getDate() + days);
  return dayOf(at.getTime());
}
