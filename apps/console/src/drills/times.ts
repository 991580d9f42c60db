import type { DrillAnswer } from '@leadglass/contract';
import type { Language } from '../words/index.ts';

/** `0,26 s`, `12 s`, `3 min 20`. @param ms null: never */
export function timeOf(ms: number | null, language: Language, never: string): string {
  if (ms === null) return never;
  const s = ms / 1000;
  const whole = Math.round(s);
  if (whole >= 120 && whole % 60 === 0) return `${whole / 60} min`;
  if (whole >= 120) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')}`;
  const shown = s < 10 ? Math.round(s * 100) / 100 : Math.round(s);
  return `${shown.toLocaleString(language)} s`;
}

/** How long bars are, of the width up to twice the aim: what is later ends there. Null: it did not come so far. */
export function shareOf({ ms, aimMs }: DrillAnswer['image']): number | null {
  if (ms === null || aimMs === 0) return null;
  return Math.min(1, ms / (2 * aimMs));
}
