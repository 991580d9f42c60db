import type { ServerResponse } from 'node:http';
import { CallBroken } from './call.ts';
import type { WebProblem } from './problems.ts';

/** A client that takes nothing for so long is cut. */
const STALLED_MS = 60_000;

/** An HTTP answer being written at the pace its client reads. */
export class Answer {
  readonly #response: ServerResponse;
  readonly #isHead: boolean;
  #bytes = 0;
  #status = 0;

  /** @param isHead HEAD was asked: head alone. */
  constructor(response: ServerResponse, isHead: boolean) {
    this.#response = response;
    this.#isHead = isHead;
  }

  /** Whether the head has gone: nothing can be taken back from then on. */
  get isBegun(): boolean {
    return this.#status !== 0;
  }

  /** 0 before the head has gone. */
  get status(): number {
    return this.#status;
  }

  /** Bytes of the body so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether nobody asked for a body. */
  get isHead(): boolean {
    return this.#isHead;
  }

  begin(status: number, headers: Readonly<Record<string, string | number>>): void {
    this.#status = status;
    // Pictures of patients are nobody else's: no cache keeps them but the client's own, and that asks again.
    this.#response.writeHead(status, {
      'cache-control': 'private, no-cache',
      'x-content-type-options': 'nosniff',
      ...headers,
    });
  }

  /** Throws CallBroken when the client has gone, or takes nothing any more. */
  async write(bytes: Uint8Array | string): Promise<void> {
    const response = this.#response;
    if (response.destroyed) throw new CallBroken();
    this.#bytes += typeof bytes === 'string' ? Buffer.byteLength(bytes) : bytes.length;
    if (this.#isHead || response.write(bytes)) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => response.destroy(), STALLED_MS);
      const over = (): void => {
        clearTimeout(timer);
        response.off('drain', over);
        response.off('close', over);
        resolve();
      };
      response.on('drain', over);
      response.on('close', over);
    });
    if (response.destroyed) throw new CallBroken();
  }

  end(): void {
    this.#response.end();
  }

  /** What was begun cannot be finished: the connection breaks, so that nobody takes a part for the whole. */
  cut(): void {
    this.#response.destroy();
  }

  /** Whole answers at once. */
  send(status: number, headers: Readonly<Record<string, string | number>>, body: Uint8Array | string): void {
    this.begin(status, { ...headers, 'content-length': Buffer.byteLength(body) });
    this.#bytes += Buffer.byteLength(body);
    this.#response.end(this.#isHead ? undefined : body);
  }

  /** A refusal, with words in both languages. */
  refuse({ status, code, text }: WebProblem, headers: Readonly<Record<string, string>> = {}): void {
    const challenge = status === 401 ? { 'www-authenticate': 'Bearer realm="leadglass"' } : {};
    const type = { 'content-type': 'application/json; charset=utf-8' };
    this.send(status, { ...type, ...challenge, ...headers }, JSON.stringify({ code, text }));
  }
}
