import { createHash } from 'node:crypto';
import type { Sha256 } from '@leadglass/model';
import type { Landed, ObjectSink } from '@leadglass/relay';
import { type LaneObject, PayloadSealer, type SealKit } from '@leadglass/vault';

/**
 * Hash, seal and write on the thread that reads the socket. What small objects use, and what a worker falls back to:
 * the plain bytes are gone by the time the next chunk is read.
 */
export class InlineSink implements ObjectSink {
  readonly #hash = createHash('sha256');
  readonly #sealer: PayloadSealer;
  readonly #lane: LaneObject;

  constructor(kit: SealKit, lane: LaneObject) {
    this.#sealer = new PayloadSealer(kit.payloadKey);
    this.#lane = lane;
    lane.write(kit.head);
  }

  write(view: Uint8Array): void {
    this.#hash.update(view);
    this.#sealer.update(view, this.#lane.write);
  }

  async finish(): Promise<Landed> {
    this.#sealer.finish(this.#lane.write);
    const staged = this.#lane.commit();
    return { sha256: this.#hash.digest('hex') as Sha256, staged, settled: () => this.#lane.settled() };
  }

  discard(): void {
    this.#lane.discard();
  }
}
