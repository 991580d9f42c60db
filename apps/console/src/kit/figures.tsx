import { type ReactNode, useSyncExternalStore } from 'react';
import { useFormat } from '../words/index.ts';
import css from './kit.module.css';

/** How something stands; a word always goes with the colour. */
export type Tone = 'good' | 'warn' | 'bad' | 'calm' | 'plain';

/** A state in a word or two. */
export function Badge({ tone = 'plain', children }: { readonly tone?: Tone; readonly children: ReactNode }) {
  return <span className={tone === 'plain' ? css.badge : `${css.badge} ${css[tone]}`}>{children}</span>;
}

interface FigureCardProps {
  readonly label: string;
  readonly value: string;
  readonly badge?: ReactNode;
  /** What it counts, and links to what proves it. */
  readonly children?: ReactNode;
}

/** One figure that somebody may read across the room, with what it means below. */
export function FigureCard({ label, value, badge, children }: FigureCardProps) {
  return (
    <section className={css.figure} aria-label={label}>
      <div className={css.figureLabel}>
        <h2>{label}</h2>
        {badge}
      </div>
      <div className={css.figureValue}>{value}</div>
      <div className={css.note}>{children}</div>
    </section>
  );
}

const TICK_MS = 10_000;
const waiting = new Set<() => void>();
let nowMs = Date.now();
let ticking: ReturnType<typeof setInterval> | undefined;

function tick(): void {
  nowMs = Date.now();
  for (const tell of waiting) tell();
}

function subscribe(tell: () => void): () => void {
  waiting.add(tell);
  ticking ??= setInterval(tick, TICK_MS);
  return () => {
    waiting.delete(tell);
    if (waiting.size > 0) return;
    clearInterval(ticking);
    ticking = undefined;
  };
}

/** The time, told every ten seconds to all who show one: one timer for the page. Milliseconds. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => nowMs);
}

/** How long ago, with the whole date when pointed at. */
export function Ago({ at }: { readonly at: number }) {
  const format = useFormat();
  const now = Math.max(useNow(), at);
  return (
    <time dateTime={new Date(at).toISOString()} title={format.moment(at)}>
      {format.ago(at, now)}
    </time>
  );
}

/** When, to the second: the time alone when it was today. */
export function Moment({ at }: { readonly at: number }) {
  const format = useFormat();
  return (
    <time dateTime={new Date(at).toISOString()} title={format.moment(at)}>
      {format.time(at, useNow())}
    </time>
  );
}
