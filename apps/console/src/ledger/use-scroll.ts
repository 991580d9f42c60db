import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { bounded, drawnPx, type Frame, offsetOf, offsetShowing, scrollTopOf } from './scroll.ts';

/** How long a list stands still before what is in sight is asked for, in milliseconds. */
const SETTLE_MS = 120;
const LINE_PX = 20;

export interface Scroll {
  readonly frame: Frame;
  /** Pixels of the rows above what is in sight. */
  readonly offset: number;
  readonly isSettled: boolean;
  readonly place: RefObject<HTMLDivElement | null>;
  onScroll(): void;
  /** Brings a row into sight. */
  show(row: number): void;
}

/** Scrolls a list of any length: the wheel moves by the rows’ own pixels, the bar by shares of the whole. */
export function useScroll(count: number, rowPx: number): Scroll {
  const place = useRef<HTMLDivElement>(null);
  const [viewPx, setViewPx] = useState(0);
  const [offset, setOffset] = useState(0);
  const [moves, setMoves] = useState(0);
  const [settledMoves, setSettledMoves] = useState(0);
  const frame: Frame = { count, rowPx, viewPx };
  const latest = useRef({ frame, offset });
  latest.current = { frame, offset };
  const goTo = useCallback((wanted: number) => {
    const next = bounded(latest.current.frame, wanted);
    latest.current.offset = next;
    setOffset(next);
    setMoves((before) => before + 1);
    if (place.current !== null) place.current.scrollTop = scrollTopOf(latest.current.frame, next);
  }, []);
  useSize(place, setViewPx);
  useWheel(place, (by) => goTo(latest.current.offset + by));
  useEffect(() => {
    const timer = setTimeout(() => setSettledMoves(moves), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [moves]);
  const onScroll = () => {
    const at = place.current?.scrollTop ?? 0;
    // What this list itself set comes back as an event: rounded, and not to be believed over what is known exactly.
    if (Math.abs(at - scrollTopOf(latest.current.frame, latest.current.offset)) < 1.5) return;
    latest.current.offset = offsetOf(latest.current.frame, at);
    setOffset(latest.current.offset);
    setMoves((before) => before + 1);
  };
  const show = (row: number) => goTo(offsetShowing(latest.current.frame, latest.current.offset, row));
  return { frame, offset: bounded(frame, offset), isSettled: moves === settledMoves, place, onScroll, show };
}

function useSize(place: RefObject<HTMLDivElement | null>, onSize: (px: number) => void): void {
  useLayoutEffect(() => {
    const element = place.current;
    if (element === null) return;
    const watch = new ResizeObserver(() => onSize(element.clientHeight));
    watch.observe(element);
    onSize(element.clientHeight);
    return () => watch.disconnect();
  }, [place, onSize]);
}

function useWheel(place: RefObject<HTMLDivElement | null>, onTurn: (by: number) => void): void {
  const latest = useRef(onTurn);
  latest.current = onTurn;
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const turned = (event: WheelEvent) => {
      if (event.ctrlKey || drawnPx({ count: 1, rowPx: element.scrollHeight, viewPx: 0 }) <= element.clientHeight)
        return;
      event.preventDefault();
      onWheel(event, element, latest.current);
    };
    element.addEventListener('wheel', turned, { passive: false });
    return () => element.removeEventListener('wheel', turned);
  }, [place]);
}

function onWheel(event: WheelEvent, element: HTMLElement, onTurn: (by: number) => void): void {
  const unit = event.deltaMode === 1 ? LINE_PX : event.deltaMode === 2 ? element.clientHeight : 1;
  onTurn(event.deltaY * unit);
}
