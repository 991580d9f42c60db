import type { Frame } from './frames.ts';
import { paint, tableOf, valueAt, windowOfAll } from './grey.ts';
import type { Window } from './look.ts';
import { Pointers } from './pointers.ts';
import {
  type Length,
  lengthOf,
  moved,
  type Placed,
  type Point,
  placed,
  toImage,
  toStage,
  type View,
  WHOLE,
  zoomed,
} from './view.ts';

/** What a drag does. */
export type Tool = 'window' | 'scroll' | 'pan' | 'measure';

/** How the image is shown at the moment, for whoever writes it beside it. */
export interface Shown {
  /** Undefined for a picture whose greys the gateway made. */
  readonly window: Window | undefined;
  readonly zoom: number;
  readonly lengths: readonly Length[];
}

export interface PaneEvents {
  /** So many pictures on, or back. */
  onStep(by: number): void;
  onShown(shown: Shown): void;
  /** What lies under the pointer; undefined when nothing does. */
  onValue(value: number | undefined): void;
}

interface Line {
  readonly from: Point;
  readonly to: Point;
}

/** Share of the window that one pixel of a drag changes. */
const WINDOW_STEP = 0.004;
const [LEAST_WIDTH, LINE_PX, LABEL_PX] = [1, 1.5, 13];
/** Above this scale each pixel is seen as one. */
const SMOOTH_BELOW = 4;
const [LINE_COLOUR, LABEL_BACK] = ['#ffd24a', 'rgb(0 0 0 / 70%)'];
/** Lines shorter than this, in pixels of the image, were not meant. */
const LEAST_LINE = 1;

/** One image on one canvas: greys by table, window, zoom, place, lengths. Everything is drawn at most once a frame of the screen. */
export class Pane {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #events: PaneEvents;
  readonly #image = document.createElement('canvas');
  readonly #lines = new Map<string, Line[]>();
  readonly #pointers: Pointers;
  readonly #sizes: ResizeObserver;
  #frame: Frame | undefined;
  #key = '';
  #view: View = WHOLE;
  /** As chosen here; undefined: as the object says. */
  #chosen: Window | undefined;
  #isInverted = false;
  #isPainted = false;
  #drawing = 0;
  #draft: Line | undefined;
  tool: Tool = 'window';

  constructor(canvas: HTMLCanvasElement, events: PaneEvents) {
    const context = canvas.getContext('2d', { alpha: false });
    if (context === null) throw new Error('no canvas');
    [this.#canvas, this.#context, this.#events] = [canvas, context, events];
    this.#pointers = new Pointers(canvas, {
      onDrag: (from, to, by) => this.#drag(from, to, by),
      onEnd: () => this.#endLine(),
      onPinch: (factor, at, by) => this.#setView(moved(zoomed(this.#view, factor, this.#fromMiddle(at)), by.x, by.y)),
      onHover: (at) => this.#hover(at),
      onStep: (by) => events.onStep(by),
      onZoom: (factor, at) => this.#setView(zoomed(this.#view, factor, this.#fromMiddle(at))),
    });
    this.#sizes = new ResizeObserver(() => this.#later());
    this.#sizes.observe(canvas);
  }

  /** Shows this frame from now on. @param key what its lengths are kept under */
  show(frame: Frame | undefined, key: string): void {
    [this.#frame, this.#key, this.#draft, this.#isPainted] = [frame, key, undefined, false];
    this.#later();
  }

  /** Undefined: as the object says. */
  setWindow(window: Window | undefined): void {
    [this.#chosen, this.#isPainted] = [window, false];
    this.#later();
  }

  /** Wider and brighter by so many steps of a drag. */
  windowBy(width: number, level: number): void {
    const now = this.#window();
    if (now === undefined) return;
    const step = Math.max(1, now.width * WINDOW_STEP);
    this.setWindow({ center: now.center + level * step, width: Math.max(LEAST_WIDTH, now.width + width * step) });
  }

  invert(): void {
    [this.#isInverted, this.#isPainted] = [!this.#isInverted, false];
    this.#later();
  }

  zoomBy(factor: number): void {
    this.#setView(zoomed(this.#view, factor));
  }

  moveBy(x: number, y: number): void {
    this.#setView(moved(this.#view, x, y));
  }

  /** As it was at first: the whole image, its own window, no length. */
  reset(): void {
    [this.#chosen, this.#isInverted, this.#isPainted, this.#view] = [undefined, false, false, WHOLE];
    this.#lines.delete(this.#key);
    this.#later();
  }

  close(): void {
    cancelAnimationFrame(this.#drawing);
    this.#sizes.disconnect();
    this.#pointers.close();
  }

  #setView(view: View): void {
    this.#view = view;
    this.#later();
  }

  #later(): void {
    cancelAnimationFrame(this.#drawing);
    this.#drawing = requestAnimationFrame(() => this.#draw());
  }

  #window(): Window | undefined {
    const shown = this.#frame?.shown;
    if (shown === undefined || !('look' in shown)) return undefined;
    return this.#chosen ?? shown.look.window ?? windowOfAll(shown.stored, shown.look);
  }

  #placed(): Placed {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const { rowMm = 1, columnMm = 1 } = this.#frame?.spacing ?? {};
    return placed({ width, height }, this.#image, this.#view, rowMm / columnMm);
  }

  /** The frame's greys, where they are not what they were. */
  #paint({ shown }: Frame): void {
    const image = this.#image;
    const window = this.#window();
    if ('picture' in shown) {
      [image.width, image.height] = [shown.picture.width, shown.picture.height];
      image.getContext('2d')?.drawImage(shown.picture, 0, 0);
    } else if (window !== undefined) {
      [image.width, image.height] = [shown.look.columns, shown.look.rows];
      const pixels = new ImageData(image.width, image.height);
      paint(shown.stored, tableOf(shown.look, window, this.#isInverted), pixels.data);
      image.getContext('2d')?.putImageData(pixels, 0, 0);
    }
    this.#isPainted = true;
  }

  #draw(): void {
    const [canvas, context, frame] = [this.#canvas, this.#context, this.#frame];
    const ratio = window.devicePixelRatio;
    const [width, height] = [Math.round(canvas.clientWidth * ratio), Math.round(canvas.clientHeight * ratio)];
    if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = '#000';
    context.fillRect(0, 0, width, height);
    if (frame === undefined) return canvas.removeAttribute('data-shown');
    if (!this.#isPainted) this.#paint(frame);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const where = this.#placed();
    context.imageSmoothingEnabled = where.scaleX < SMOOTH_BELOW;
    const { width: columns, height: rows } = this.#image;
    context.drawImage(this.#image, where.left, where.top, columns * where.scaleX, rows * where.scaleY);
    const lines = [...(this.#lines.get(this.#key) ?? []), ...(this.#draft === undefined ? [] : [this.#draft])];
    for (const line of lines) this.#drawLine(line, where, lengthOf(line.from, line.to, frame.spacing));
    canvas.setAttribute('data-shown', this.#key);
    this.#events.onShown({
      window: this.#window(),
      zoom: this.#view.zoom,
      lengths: lines.map(({ from, to }) => lengthOf(from, to, frame.spacing)),
    });
  }

  #drawLine({ from, to }: Line, where: Placed, { value, unit }: Length): void {
    const context = this.#context;
    const [a, b] = [toStage(where, from), toStage(where, to)];
    [context.strokeStyle, context.lineWidth] = [LINE_COLOUR, LINE_PX];
    context.beginPath();
    context.moveTo(a.x, a.y);
    context.lineTo(b.x, b.y);
    context.stroke();
    const label = `${value.toFixed(1)} ${unit}`;
    context.font = `${LABEL_PX}px system-ui, sans-serif`;
    context.fillStyle = LABEL_BACK;
    context.fillRect(b.x + 6, b.y - LABEL_PX, context.measureText(label).width + 8, LABEL_PX + 6);
    context.fillStyle = LINE_COLOUR;
    context.fillText(label, b.x + 10, b.y);
  }

  #drag(from: Point, to: Point, by: Point): void {
    if (this.tool === 'window') this.windowBy(by.x, by.y);
    else if (this.tool === 'pan') this.moveBy(by.x, by.y);
    else if (this.tool === 'scroll') this.#pointers.stepBy(by.y);
    else this.#measure(from, to);
  }

  #measure(from: Point, to: Point): void {
    const where = this.#placed();
    this.#draft = { from: toImage(where, from), to: toImage(where, to) };
    this.#later();
  }

  #endLine(): void {
    const line = this.#draft;
    this.#draft = undefined;
    if (line !== undefined && lengthOf(line.from, line.to, undefined).value >= LEAST_LINE)
      this.#lines.set(this.#key, [...(this.#lines.get(this.#key) ?? []), line]);
    this.#later();
  }

  #hover(at: Point | undefined): void {
    const shown = this.#frame?.shown;
    if (at === undefined || shown === undefined || !('look' in shown)) return this.#events.onValue(undefined);
    const { x, y } = toImage(this.#placed(), at);
    this.#events.onValue(valueAt(shown.stored, shown.look, Math.floor(x), Math.floor(y)));
  }

  #fromMiddle({ x, y }: Point): Point {
    return { x: x - this.#canvas.clientWidth / 2, y: y - this.#canvas.clientHeight / 2 };
  }
}
