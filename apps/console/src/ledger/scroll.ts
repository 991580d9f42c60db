// A list longer than a browser can draw (Firefox stops at 17.8 million pixels): the scroll bar is shortened, the rows are not.

/** No element is made taller than this, in pixels. */
export const TALLEST_PX = 12_000_000;

/** A list of `count` rows seen through a window. All in pixels. */
export interface Frame {
  readonly count: number;
  readonly rowPx: number;
  readonly viewPx: number;
}

/** Height of the rows, were they all drawn. */
export function wholePx({ count, rowPx }: Frame): number {
  return count * rowPx;
}

/** Height of what scrolls. */
export function drawnPx(frame: Frame): number {
  return Math.min(wholePx(frame), TALLEST_PX);
}

/** How far the rows can go. */
export function farthest(frame: Frame): number {
  return Math.max(0, wholePx(frame) - frame.viewPx);
}

/** Offset in the rows for a place of the scroll bar. */
export function offsetOf(frame: Frame, scrollTop: number): number {
  const range = Math.max(0, drawnPx(frame) - frame.viewPx);
  if (range === 0) return 0;
  return bounded(frame, (scrollTop / range) * farthest(frame));
}

/** Place of the scroll bar for an offset in the rows. */
export function scrollTopOf(frame: Frame, offset: number): number {
  const range = Math.max(0, drawnPx(frame) - frame.viewPx);
  return farthest(frame) === 0 ? 0 : (bounded(frame, offset) / farthest(frame)) * range;
}

/** `offset` inside the list. */
export function bounded(frame: Frame, offset: number): number {
  return Math.min(farthest(frame), Math.max(0, offset));
}

/** Rows in sight, `from` inclusive, `to` exclusive. */
export function rowsInSight(frame: Frame, offset: number): { readonly from: number; readonly to: number } {
  const from = Math.min(frame.count, Math.floor(offset / frame.rowPx));
  return { from, to: Math.min(frame.count, Math.ceil((offset + frame.viewPx) / frame.rowPx) + 1) };
}

/** The least change of `offset` that brings `row` into sight whole. */
export function offsetShowing(frame: Frame, offset: number, row: number): number {
  const [top, bottom] = [row * frame.rowPx, (row + 1) * frame.rowPx];
  if (top < offset) return bounded(frame, top);
  return bottom > offset + frame.viewPx ? bounded(frame, bottom - frame.viewPx) : offset;
}
