import { type FileHandle, open } from 'node:fs/promises';
import { systemRandomness } from '@leadglass/kit';
import { PayloadSealer, prepareSeal, type Recipient } from '@leadglass/vault';

/** Sealed bytes gathered before they are written. */
const GATHERED_BYTES = 1024 * 1024;

/** A file that is sealed as it is written: standard age, to every recipient of the home. Synced when `finish` resolves. */
export class SealedFile {
  readonly #file: FileHandle;
  readonly #sealer: PayloadSealer;
  #gathered: Buffer[];
  #bytes = 0;

  private constructor(file: FileHandle, recipients: readonly Recipient[]) {
    const kit = prepareSeal(recipients, systemRandomness);
    this.#file = file;
    this.#sealer = new PayloadSealer(kit.payloadKey);
    this.#gathered = [Buffer.from(kit.head)];
  }

  /** A new file, its owner's alone; rejects when there is one. */
  static async create(path: string, recipients: readonly Recipient[]): Promise<SealedFile> {
    return new SealedFile(await open(path, 'wx', 0o600), recipients);
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#sealer.update(bytes, this.#gather);
    if (this.#bytes >= GATHERED_BYTES) await this.#flush();
  }

  async finish(): Promise<void> {
    this.#sealer.finish(this.#gather);
    await this.#flush();
    await this.#file.sync();
    await this.#file.close();
  }

  /** Closes without finishing: what was written opens as cut off. */
  async abandon(): Promise<void> {
    this.#sealer.discard();
    await this.#file.close();
  }

  // The piece is the sealer's: it goes when this returns.
  readonly #gather = (piece: Uint8Array): void => {
    this.#gathered.push(Buffer.from(piece));
    this.#bytes += piece.byteLength;
  };

  async #flush(): Promise<void> {
    const gathered = this.#gathered;
    this.#gathered = [];
    this.#bytes = 0;
    await this.#file.writeFile(Buffer.concat(gathered));
  }
}
