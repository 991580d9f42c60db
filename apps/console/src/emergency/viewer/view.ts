import type { Spacing } from './look.ts';

/** A place: of the image in its pixels, or of the stage in the pixels of the screen. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** How the image lies on the stage. `zoom` 1: the whole of it fits; `offset`: of its middle from the stage's, in pixels of the screen. */
export interface View {
  readonly zoom: number;
  readonly offset: Point;
}

export const WHOLE: View = { zoom: 1, offset: { x: 0, y: 0 } };
const [LEAST_ZOOM, MOST_ZOOM] = [1, 16];

/** Pixels of the screen to one of the image, and where its upper left corner lies. @param aspect height of a pixel by its width */
export function placed(stage: Size, image: Size, view: View, aspect = 1) {
  const shown = { width: image.width, height: image.height * aspect };
  const scale = Math.min(stage.width / shown.width, stage.height / shown.height) * view.zoom;
  return {
    scaleX: scale,
    scaleY: scale * aspect,
    left: stage.width / 2 + view.offset.x - (shown.width * scale) / 2,
    top: stage.height / 2 + view.offset.y - (shown.height * scale) / 2,
  };
}

export type Placed = ReturnType<typeof placed>;

export function toImage({ scaleX, scaleY, left, top }: Placed, { x, y }: Point): Point {
  return { x: (x - left) / scaleX, y: (y - top) / scaleY };
}

export function toStage({ scaleX, scaleY, left, top }: Placed, { x, y }: Point): Point {
  return { x: x * scaleX + left, y: y * scaleY + top };
}

/** Another zoom, the place under `at` (from the middle of the stage) staying where it is; the whole image lies in the middle again. */
export function zoomed(view: View, factor: number, at: Point = { x: 0, y: 0 }): View {
  const zoom = Math.min(MOST_ZOOM, Math.max(LEAST_ZOOM, view.zoom * factor));
  if (zoom === LEAST_ZOOM) return WHOLE;
  const by = zoom / view.zoom;
  return { zoom, offset: { x: at.x - (at.x - view.offset.x) * by, y: at.y - (at.y - view.offset.y) * by } };
}

export function moved(view: View, x: number, y: number): View {
  return view.zoom === LEAST_ZOOM ? view : { ...view, offset: { x: view.offset.x + x, y: view.offset.y + y } };
}

/** A length on the image. */
export interface Length {
  readonly value: number;
  readonly unit: 'mm' | 'px';
  /** Of `Spacing`: where the millimetres are true. */
  readonly at: Spacing['at'] | undefined;
}

/** Between two places of an image. */
export function lengthOf(from: Point, to: Point, spacing: Spacing | undefined): Length {
  const [columnMm, rowMm] = [spacing?.columnMm ?? 1, spacing?.rowMm ?? 1];
  const value = Math.hypot((to.x - from.x) * columnMm, (to.y - from.y) * rowMm);
  return { value, unit: spacing === undefined ? 'px' : 'mm', at: spacing?.at };
}

/** Which picture of `to` pictures lies where number `at` of `from` does: the same share of the way. */
export function alongside(at: number, from: number, to: number): number {
  if (to <= 1 || from <= 1) return 0;
  return Math.round((at / (from - 1)) * (to - 1));
}
