import type { AeTitle, Peer } from '@leadglass/model';
import type { ViewerMessage } from './messages.ts';

/** A person who reads images through the console. */
export interface Viewer {
  /** As the web desk takes it: may search and read, and is named in the ledger as `console:ACCOUNT`, which nobody's AE title is. */
  readonly peer: Peer;
  /** Where the person sits. */
  readonly remoteAddress: string;
}

/** Sessions with images at once; each is one token. */
const MOST_VIEWERS = 2_000;

/** Who reads images through the console now, by the digest of the token that the console made for the session. */
export class Viewers {
  readonly #bySha256 = new Map<string, Viewer>();

  add({ sha256, account, address }: ViewerMessage): void {
    const [oldest] = this.#bySha256.keys();
    if (this.#bySha256.size >= MOST_VIEWERS && oldest !== undefined) this.#bySha256.delete(oldest);
    this.#bySha256.set(sha256, { peer: peerOf(account), remoteAddress: address });
  }

  remove(sha256: string): void {
    this.#bySha256.delete(sha256);
  }

  /** The process died: its sessions will ask for others. */
  clear(): void {
    this.#bySha256.clear();
  }

  of(sha256: string | undefined): Viewer | undefined {
    return sha256 === undefined ? undefined : this.#bySha256.get(sha256);
  }
}

function peerOf(account: string): Peer {
  // No title that an association could bring: it is longer than 16 characters or has a colon, and no configuration is made of it.
  const aeTitle = `console:${account}` as AeTitle;
  return { aeTitle, from: '0.0.0.0/0', allow: ['qido', 'wado'], whenHeld: 'keep-sending', privateSopClasses: [] };
}
