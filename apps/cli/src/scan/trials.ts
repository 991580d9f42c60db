import type { DeclaredImage, TrialDecoder, TrialOutcome } from '@leadglass/inspect';

/** A worker asks for a trial decoding: it may start no process itself. `frame` is base64. */
export interface TrialAsked {
  readonly t: 'try';
  readonly job: number;
  readonly image: DeclaredImage;
  readonly frame: string;
}

/** What came of it, told to the worker that asked. */
export interface TrialAnswered {
  readonly t: 'tried';
  readonly job: number;
  readonly outcome: TrialOutcome;
}

type Decoders = TrialDecoder & { stop(): void };

/** The command's side: has the frames of all workers decoded by the gateway's decoders, which are loaded and started at the first. */
export class Trials {
  readonly #count: number;
  #decoders: Promise<Decoders> | undefined;
  #isClosed = false;

  /** @param count decoder processes at once. */
  constructor(count: number) {
    this.#count = count;
  }

  /** Never rejects. */
  async answer({ job, image, frame }: TrialAsked): Promise<TrialAnswered> {
    try {
      this.#decoders ??= this.#load();
      const outcome = await (await this.#decoders).trial(Buffer.from(frame, 'base64'), image);
      return { t: 'tried', job, outcome };
    } catch {
      return { t: 'tried', job, outcome: 'unavailable' };
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    (await this.#decoders?.catch(() => undefined))?.stop();
  }

  // The gateway's code is large: who scans no compressed image does not load it.
  async #load(): Promise<Decoders> {
    const { DecoderPool } = await import('@leadglass/gateway');
    const decoders = new DecoderPool({ count: this.#count });
    if (this.#isClosed) decoders.stop();
    return decoders;
  }
}

/** A worker's side: asks by message, and waits. */
export class RemoteTrials implements TrialDecoder {
  readonly #ask: (asked: TrialAsked) => void;
  readonly #waiting = new Map<number, (outcome: TrialOutcome) => void>();
  #next = 1;

  constructor(ask: (asked: TrialAsked) => void) {
    this.#ask = ask;
  }

  trial(frame: Uint8Array, image: DeclaredImage): Promise<TrialOutcome> {
    const job = this.#next++;
    return new Promise((resolve) => {
      this.#waiting.set(job, resolve);
      this.#ask({ t: 'try', job, image, frame: Buffer.from(frame).toString('base64') });
    });
  }

  answered({ job, outcome }: TrialAnswered): void {
    this.#waiting.get(job)?.(outcome);
    this.#waiting.delete(job);
  }
}

const NUMBERS = ['rows', 'columns', 'samplesPerPixel', 'bitsAllocated', 'bitsStored'] as const;
const MOST_NUMBER = 0xffff;
const LONGEST_NAME = 64;

/** A worker's question, or undefined when it is none. */
export function trialAsked(message: Readonly<Record<string, unknown>>): TrialAsked | undefined {
  const { job, frame } = message;
  const image = message.image as Readonly<Record<string, unknown>> | undefined;
  if (typeof job !== 'number' || typeof frame !== 'string' || typeof image !== 'object' || image === null)
    return undefined;
  const isNumber = (name: string): boolean => Number.isInteger(image[name]) && Number(image[name]) <= MOST_NUMBER;
  const { transferSyntaxUid, photometric, isSigned, isPlanar } = image;
  if (!NUMBERS.every(isNumber) || typeof isSigned !== 'boolean' || typeof isPlanar !== 'boolean') return undefined;
  if (typeof transferSyntaxUid !== 'string' || transferSyntaxUid.length > LONGEST_NAME) return undefined;
  if (typeof photometric !== 'string') return undefined;
  return { t: 'try', job, frame, image: image as unknown as DeclaredImage };
}
