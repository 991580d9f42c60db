import type { Point } from './view.ts';

/** What mouse, pen and fingers mean on a stage. Places are in its own pixels. */
export interface PointerEvents {
  /** One pointer is held: where it began, where it is, how far it went since last told. */
  onDrag(from: Point, to: Point, by: Point): void;
  onEnd(): void;
  /** Two fingers: larger by `factor` around `at`, and moved. */
  onPinch(factor: number, at: Point, by: Point): void;
  onHover(at: Point | undefined): void;
  onStep(by: number): void;
  onZoom(factor: number, at: Point): void;
}

/** So many pixels of a drag or a wheel are one picture; wheels differ, and a notch of most is 100. */
const [DRAG_STEP, WHEEL_STEP, WHEEL_LINE] = [12, 40, 40];
const WHEEL_ZOOM = 1.15;

interface Held {
  readonly from: Point;
  at: Point;
}

export class Pointers {
  readonly #stage: HTMLElement;
  readonly #events: PointerEvents;
  readonly #held = new Map<number, Held>();
  readonly #ending = new AbortController();
  #wheel = 0;
  #dragged = 0;
  /** Two fingers were down: what one of them does until both are up means nothing. */
  #isPinching = false;

  constructor(stage: HTMLElement, events: PointerEvents) {
    [this.#stage, this.#events] = [stage, events];
    const { signal } = this.#ending;
    stage.addEventListener('pointerdown', (event) => this.#down(event), { signal });
    stage.addEventListener('pointermove', (event) => this.#move(event), { signal });
    for (const over of ['pointerup', 'pointercancel'] as const)
      stage.addEventListener(over, (event) => this.#up(event), { signal });
    stage.addEventListener('pointerleave', () => events.onHover(undefined), { signal });
    stage.addEventListener('contextmenu', (event) => event.preventDefault(), { signal });
    stage.addEventListener('wheel', (event) => this.#turned(event), { signal, passive: false });
  }

  /** A drag of so many pixels, as steps. */
  stepBy(pixels: number): void {
    this.#dragged += pixels;
    const steps = Math.trunc(this.#dragged / DRAG_STEP);
    this.#dragged -= steps * DRAG_STEP;
    if (steps !== 0) this.#events.onStep(steps);
  }

  close(): void {
    this.#ending.abort();
  }

  #at(event: MouseEvent): Point {
    const { left, top } = this.#stage.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }

  #down(event: PointerEvent): void {
    this.#stage.setPointerCapture(event.pointerId);
    const at = this.#at(event);
    this.#held.set(event.pointerId, { from: at, at });
    this.#isPinching ||= this.#held.size > 1;
  }

  #move(event: PointerEvent): void {
    const [held, to] = [this.#held.get(event.pointerId), this.#at(event)];
    this.#events.onHover(to);
    if (held === undefined) return;
    const [before, by] = [held.at, { x: to.x - held.at.x, y: to.y - held.at.y }];
    held.at = to;
    const other = [...this.#held].find(([id]) => id !== event.pointerId)?.[1];
    if (other !== undefined) this.#pinched(before, to, other.at, by);
    else if (!this.#isPinching) this.#events.onDrag(held.from, to, by);
  }

  #pinched(before: Point, to: Point, other: Point, by: Point): void {
    const [was, is] = [apart(before, other), apart(to, other)];
    const at = { x: (to.x + other.x) / 2, y: (to.y + other.y) / 2 };
    if (was > 0) this.#events.onPinch(is / was, at, { x: by.x / 2, y: by.y / 2 });
  }

  #up(event: PointerEvent): void {
    this.#held.delete(event.pointerId);
    if (this.#held.size > 0) return;
    this.#dragged = 0;
    if (!this.#isPinching) this.#events.onEnd();
    this.#isPinching = false;
  }

  #turned(event: WheelEvent): void {
    event.preventDefault();
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? event.deltaY : event.deltaY * WHEEL_LINE;
    if (event.ctrlKey) return this.#events.onZoom(pixels < 0 ? WHEEL_ZOOM : 1 / WHEEL_ZOOM, this.#at(event));
    this.#wheel += pixels;
    if (Math.abs(this.#wheel) < WHEEL_STEP) return undefined;
    const by = this.#wheel > 0 ? 1 : -1;
    this.#wheel = 0;
    return this.#events.onStep(by);
  }
}

const apart = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);
