import { zoomFrom } from './present.ts';

/** Fingers this far apart from where they began, in pixels, go one picture on. */
const SWIPE_STEP = 24;

/** What happens on the stage and is not its own business. */
export interface StageEvents {
  /** One picture on (1) or back (-1), or several. */
  onStep(by: number): void;
  /** The picture is shown larger, or whole again. */
  onZoom(zoom: number): void;
  onNoPicture(): void;
  onPicture(): void;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where one picture is shown: wheel and fingers leaf, a zoomed one can be dragged. */
export class Stage {
  readonly #image: HTMLImageElement;
  readonly #events: StageEvents;
  #zoom = 1;
  #offset: Point = { x: 0, y: 0 };
  #held: { readonly at: Point; readonly offset: Point } | undefined;
  #pinch = 0;

  constructor(place: HTMLElement, image: HTMLImageElement, events: StageEvents) {
    this.#image = image;
    this.#events = events;
    image.addEventListener('load', () => events.onPicture());
    image.addEventListener('error', () => events.onNoPicture());
    image.addEventListener('dragstart', (event) => event.preventDefault());
    place.addEventListener('wheel', (event) => this.#wheel(event));
    place.addEventListener('mousedown', (event) => this.#hold({ x: event.clientX, y: event.clientY }));
    document.addEventListener('mousemove', (event) => this.#drag({ x: event.clientX, y: event.clientY }));
    document.addEventListener('mouseup', () => this.#letGo());
    place.addEventListener('touchstart', (event) => this.#touch(event));
    place.addEventListener('touchmove', (event) => this.#move(event));
    place.addEventListener('touchend', () => this.#letGo());
  }

  get zoom(): number {
    return this.#zoom;
  }

  show(address: string): void {
    if (this.#image.getAttribute('src') !== address) this.#image.src = address;
  }

  zoomBy(isLarger: boolean): void {
    this.zoomTo(zoomFrom(this.#zoom, isLarger));
  }

  zoomTo(zoom: number): void {
    if (zoom === this.#zoom) return;
    this.#zoom = zoom;
    if (zoom === 1) this.#offset = { x: 0, y: 0 };
    this.#draw();
    this.#events.onZoom(zoom);
  }

  #draw(): void {
    const { x, y } = this.#offset;
    this.#image.style.transform = this.#zoom === 1 ? '' : `translate(${x}px, ${y}px) scale(${this.#zoom})`;
  }

  #wheel(event: WheelEvent): void {
    event.preventDefault();
    if (event.ctrlKey) this.zoomBy(event.deltaY < 0);
    else if (event.deltaY !== 0) this.#events.onStep(event.deltaY > 0 ? 1 : -1);
  }

  #hold(at: Point): void {
    this.#held = { at, offset: this.#offset };
  }

  #letGo(): void {
    this.#held = undefined;
    this.#pinch = 0;
  }

  #drag(to: Point): void {
    if (this.#held === undefined || this.#zoom === 1) return;
    const { at, offset } = this.#held;
    this.#offset = { x: offset.x + to.x - at.x, y: offset.y + to.y - at.y };
    this.#draw();
  }

  #touch(event: TouchEvent): void {
    const [one, other] = [event.touches[0], event.touches[1]];
    if (one === undefined) return;
    if (other === undefined) this.#hold({ x: one.clientX, y: one.clientY });
    else this.#pinch = distance(one, other);
  }

  #move(event: TouchEvent): void {
    const [one, other] = [event.touches[0], event.touches[1]];
    if (one === undefined) return;
    event.preventDefault();
    if (other !== undefined) return this.#pinched(distance(one, other));
    const to = { x: one.clientX, y: one.clientY };
    if (this.#zoom > 1 || this.#held === undefined) return this.#drag(to);
    const gone = this.#held.at.y - to.y;
    if (Math.abs(gone) < SWIPE_STEP) return undefined;
    this.#hold(to);
    return this.#events.onStep(gone > 0 ? 1 : -1);
  }

  #pinched(now: number): void {
    const ratio = this.#pinch === 0 ? 1 : now / this.#pinch;
    if (ratio < 1.25 && ratio > 0.8) return;
    this.#pinch = now;
    this.zoomBy(ratio > 1);
  }
}

function distance(one: Touch, other: Touch): number {
  return Math.sqrt((one.clientX - other.clientX) ** 2 + (one.clientY - other.clientY) ** 2);
}
