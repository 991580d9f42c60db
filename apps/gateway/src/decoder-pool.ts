import type { DeclaredImage, PreviewWish, TrialDecoder, TrialOutcome } from '@leadglass/inspect';
import { Phi } from '@leadglass/kit';
import { DecoderHost, type NoAnswer } from './decoder-host.ts';
import type { FromDecoder, ToDecoder } from './decoder-messages.ts';
import type { AttributePage, AttributeQuestion } from './viewing/question.ts';
import type { RenderForm } from './web/web-messages.ts';

/** Time for one frame: so much, and as much again for each million samples. A tenth of it is usual on a slow machine. */
const FRAME_MS = 10_000;
const MEGASAMPLE_MS = 1_000;
/** Time for a preview or a view of a small object, from its first byte to the last of the answer. */
const VIEW_MS = 60_000;
/** And as much more as the slowest disk and machine need to pour the object. */
const POURED_BYTES_A_MS = 50_000;
/** A decoder without work ends: its memory is somebody else's by then. */
const IDLE_MS = 30_000;
/** Questions that wait for a decoder; each holds a frame. */
const MOST_WAITING = 64;
/** One death may be the machine's fault, two of the same frame are the frame's. */
const TRIES = 2;

export interface DecoderPoolOptions {
  /** Decoder processes at once, at least 1. */
  readonly count: number;
  /** Tries of a frame that ends its decoder, each in a fresh one; default TRIES. */
  readonly tries?: number;
  /** Time for one frame, and for each million samples besides; default FRAME_MS and MEGASAMPLE_MS. */
  readonly pace?: { readonly baseMs: number; readonly megasampleMs: number };
  /** Overrides the time for a frame, and what a decoder runs: for tests. */
  readonly frameMs?: number;
  readonly entry?: string;
}

/** Why there is no picture. */
export type NoPicture = NoAnswer | 'no-image';

/** An object to be looked at: a whole DICOM file of so many bytes. */
export interface ObjectToView {
  readonly plainBytes: number;
  open(): AsyncIterable<Uint8Array>;
}

/** Attributes as JSON, and whether what follows would add nothing to them. */
export interface CataloguedObject {
  readonly attributes: Phi<string>;
  readonly isWhole: boolean;
}

type Bytes = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** Sandboxed decoders, started when there is work: each frame is bounded in time and memory, and one that breaks its decoder is named by it. */
export class DecoderPool implements TrialDecoder {
  readonly #options: DecoderPoolOptions;
  readonly #idle: { readonly host: DecoderHost; readonly timer: NodeJS.Timeout }[] = [];
  readonly #busy = new Set<DecoderHost>();
  readonly #waiting: (() => void)[] = [];
  #taken = 0;
  #isStopped = false;

  constructor(options: DecoderPoolOptions) {
    this.#options = options;
  }

  /** Process ids, for operations and tests. */
  get pids(): readonly number[] {
    return [...this.#busy, ...this.#idle.map(({ host }) => host)].map(({ pid }) => pid ?? 0);
  }

  /** Has one compressed frame decoded. Never rejects. A frame that ends its decoder is tried once more, in a fresh one. */
  async trial(frame: Uint8Array, image: DeclaredImage): Promise<TrialOutcome> {
    const samples = Math.max(0, image.rows * image.columns * image.samplesPerPixel);
    const { pace = { baseMs: FRAME_MS, megasampleMs: MEGASAMPLE_MS }, tries = TRIES } = this.#options;
    const ms = this.#options.frameMs ?? pace.baseMs + (samples / 1_000_000) * pace.megasampleMs;
    const make = (job: number): ToDecoder => ({ t: 'trial', job, bytes: frame.length, image });
    let said: FromDecoder | NoAnswer = 'unavailable';
    for (let left = tries; left > 0; left -= 1) {
      said = await this.#ask(make, () => [frame], ms);
      if (said !== 'crashed' && said !== 'slow') break;
    }
    if (typeof said === 'string') return said;
    return said.t === 'outcome' ? said.outcome : 'crashed';
  }

  /**
   * A PNG of one image of the object, at most 512 pixels a side; or why there is none: `no-image` when the object has none that can be
   * decoded, else what became of the decoder. What `open` throws goes through.
   */
  async preview({ plainBytes, open }: ObjectToView, wish: PreviewWish = {}): Promise<Uint8Array | NoPicture> {
    const make = (job: number): ToDecoder => ({ t: 'preview', job, bytes: plainBytes, wish });
    const said = await this.#ask(make, open, VIEW_MS + plainBytes / POURED_BYTES_A_MS);
    if (typeof said === 'string') return said;
    if (said.t !== 'previewed') return 'crashed';
    if (said.png === '') return 'no-image';
    const png = Buffer.from(said.png, 'base64');
    return png.subarray(0, PNG.length).equals(PNG) ? png : 'crashed';
  }

  /** One frame decoded and made a picture, or pixels alone (`raw`); undefined when it cannot be. What `open` throws goes through. */
  async render(
    frame: { readonly bytes: number; open(): Bytes },
    image: DeclaredImage,
    form: RenderForm,
  ): Promise<Uint8Array | undefined> {
    const make = (job: number): ToDecoder => ({ t: 'render', job, bytes: frame.bytes, image, form });
    let picture: Uint8Array | undefined;
    await this.#ask(make, frame.open, VIEW_MS + frame.bytes / POURED_BYTES_A_MS, async (said, host) => {
      if (typeof said !== 'string' && said.t === 'rendered' && said.bytes > 0)
        picture = await host.take(said.bytes, VIEW_MS);
    });
    return picture;
  }

  /** Rows of the object's element tree; or what became of the decoder. What `open` throws goes through. */
  async attributes({ plainBytes, open }: ObjectToView, question: AttributeQuestion): Promise<AttributePage | NoAnswer> {
    const make = (job: number): ToDecoder => ({ t: 'attributes', job, bytes: plainBytes, question });
    const said = await this.#ask(make, open, VIEW_MS + plainBytes / POURED_BYTES_A_MS);
    if (typeof said === 'string') return said;
    return said.t === 'attributes' ? said.page : 'crashed';
  }

  /** What the catalogue keeps of an object, or of its beginning; or what became of the decoder. What `open` throws goes through. */
  async catalogued({ plainBytes, open }: ObjectToView): Promise<CataloguedObject | NoAnswer> {
    const make = (job: number): ToDecoder => ({ t: 'catalogued', job, bytes: plainBytes });
    const said = await this.#ask(make, open, VIEW_MS + plainBytes / POURED_BYTES_A_MS);
    if (typeof said === 'string') return said;
    return said.t === 'catalogued' ? { attributes: new Phi(said.attributes), isWhole: said.isWhole } : 'crashed';
  }

  /** Ends all decoders; questions under way are answered `unavailable`, or as crashed. */
  stop(): void {
    this.#isStopped = true;
    for (const { host, timer } of this.#idle.splice(0)) {
      clearTimeout(timer);
      host.end();
    }
    for (const host of this.#busy) host.end();
    for (const wake of this.#waiting.splice(0)) wake();
  }

  async #ask(
    make: (job: number) => ToDecoder,
    bytes: () => Bytes,
    ms: number,
    /** What is done with the answer before the decoder is another's. */
    then?: (said: FromDecoder | NoAnswer, host: DecoderHost) => Promise<void>,
  ): Promise<FromDecoder | NoAnswer> {
    if (!(await this.#turn())) return 'unavailable';
    const host = this.#host();
    this.#busy.add(host);
    if (this.#isStopped) host.end();
    try {
      const said = await host.ask(make, bytes(), ms);
      await then?.(said, host);
      // Ended by our own stop, not by the frame.
      return this.#isStopped && typeof said === 'string' ? 'unavailable' : said;
    } catch (thrown) {
      host.end();
      throw thrown;
    } finally {
      this.#busy.delete(host);
      this.#rest(host);
      this.#taken -= 1;
      this.#waiting.shift()?.();
    }
  }

  /** Waits for one of `count` places. @returns whether it was given one. */
  async #turn(): Promise<boolean> {
    if (this.#isStopped || this.#waiting.length >= MOST_WAITING) return false;
    while (this.#taken >= this.#options.count && !this.#isStopped)
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.#isStopped) return false;
    this.#taken += 1;
    return true;
  }

  #host(): DecoderHost {
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      clearTimeout(idle.timer);
      if (!idle.host.isDead) return idle.host;
    }
    return new DecoderHost(this.#options.entry);
  }

  #rest(host: DecoderHost): void {
    if (host.isDead) return;
    if (this.#isStopped) return host.end();
    const timer = setTimeout(() => {
      this.#idle.splice(
        this.#idle.findIndex((idle) => idle.host === host),
        1,
      );
      host.end();
    }, IDLE_MS);
    timer.unref();
    this.#idle.push({ host, timer });
  }
}

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
