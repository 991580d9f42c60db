import { createCipheriv, randomBytes, randomUUID } from 'node:crypto';
import type { Secret } from '@leadglass/kit';
import { argon2id } from 'hash-wasm';

/** Plain bytes of a chunk: in base64 it makes a script of 4 MiB. */
export const CHUNK_BYTES = 3 * 1024 * 1024;

/**
 * Argon2id (RFC 9106) with 64 MiB and three passes: over three times the memory and one pass more than OWASP's least for it (19 MiB, 2, 1; Password Storage Cheat Sheet),
 * a second or two in a browser.
 */
export const KDF = { memoryKiB: 65_536, passes: 3, parallelism: 1 } as const;

/** What the page needs before it can open anything. */
export interface ExportHead {
  readonly version: 1;
  readonly id: string;
  readonly salt: string;
  readonly kdf: typeof KDF;
  /** Chunk 0, sealed: opens with the right password alone. */
  readonly check: string;
  readonly manifest: ChunkRange;
}

/** Chunks that follow one another. */
export interface ChunkRange {
  readonly first: number;
  readonly count: number;
}

/** What chunk 0 says. */
const CHECK = Buffer.from('leadglass');

/** Seals the chunks of one export, each bound to the export and its place in it: none can be swapped, doubled or taken from another. */
export class ExportSealer {
  readonly #key: Buffer;
  readonly #salt: Buffer;
  readonly #id = randomUUID();
  #next = 0;

  private constructor(key: Buffer, salt: Buffer) {
    this.#key = key;
    this.#salt = salt;
  }

  static async of(password: Secret<string>): Promise<ExportSealer> {
    const salt = randomBytes(16);
    const { memoryKiB, passes, parallelism } = KDF;
    const asked = { salt, parallelism, iterations: passes, memorySize: memoryKiB, hashLength: 32 };
    const key = Buffer.from(await argon2id({ ...asked, password: password.reveal(), outputType: 'binary' }));
    const sealer = new ExportSealer(key, salt);
    sealer.#check = sealer.seal(CHECK).sealed.toString('base64');
    return sealer;
  }

  #check = '';

  /** AES-256-GCM; the nonce is the chunk's number, and a key seals one export. */
  seal(plain: Uint8Array): { readonly index: number; readonly sealed: Buffer } {
    const index = this.#next;
    this.#next += 1;
    const nonce = Buffer.alloc(12);
    nonce.writeUInt32BE(index, 8);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce);
    cipher.setAAD(Buffer.from(`leadglass-export-1\n${this.#id}\n${index}`));
    return { index, sealed: Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]) };
  }

  /** Chunks sealed so far. */
  get count(): number {
    return this.#next;
  }

  head(manifest: ChunkRange): ExportHead {
    const salt = this.#salt.toString('base64');
    return { version: 1, id: this.#id, salt, kdf: KDF, check: this.#check, manifest };
  }
}
