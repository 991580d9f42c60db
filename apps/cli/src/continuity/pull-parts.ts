import { MOST_DOCUMENT_BYTES, MOST_PART_CHARS, MOST_PARTS, MOST_PARTS_ASKED } from '@leadglass/contract';
import { type Identity, openStream } from '@leadglass/vault';
import { continuityFault } from './faults.ts';
import type { FromPuller } from './messages.ts';
import { PartsPage, type Upstream } from './upstream.ts';

/** The box’s own side, as the puller asks it. */
export interface BoxParts {
  begin(from: string): Promise<void>;
  missing(parts: readonly ListedPart[]): Promise<readonly string[]>;
  /** Takes a part in; what it is here, and the documents it tells of that are not here. */
  take(key: string, json: string): Promise<TakenPart>;
  document(document: {
    readonly key: string;
    readonly chart: number;
    readonly document: string;
    readonly bytes: string;
  }): Promise<void>;
  done(key: string, version: string): Promise<void>;
  end(what: 'images' | 'parts', asOfMs: number, leftOut: number): Promise<void>;
}

export interface ListedPart {
  readonly key: string;
  readonly version: string;
}
export interface TakenPart extends ListedPart {
  readonly documents: readonly { readonly chart: number; readonly document: string }[];
}

export interface PullPartsOptions {
  readonly upstream: Pick<Upstream, 'json' | 'bytes'>;
  readonly identity: Identity;
  readonly from: string;
  readonly box: BoxParts;
  readonly signal: AbortSignal;
  tell(message: Extract<FromPuller, { t: 'parts' }>): void;
}

/**
 * Pulls what the set holds besides images: charts, days of schedules, registrations, how the feeds stand. What is here in the same version does not come
 * again; what broke off is begun anew. A part is opened and bounded here and read by the box, which believes none of it. Throws Faults `continuity.*`.
 */
export class PullParts {
  readonly #options: PullPartsOptions;
  #parts = 0;
  #documents = 0;
  #bytes = 0;

  constructor(options: PullPartsOptions) {
    this.#options = options;
  }

  async run(): Promise<void> {
    const { box, from, tell } = this.#options;
    await box.begin(from);
    let [total, leftOut, asOfMs, seen] = [0, 0, 0, 0];
    for await (const page of this.#pages()) {
      [total, leftOut, asOfMs] = [page.total, page.leftOut, seen === 0 ? page.asOfMs : asOfMs];
      seen += page.parts.length;
      for (let at = 0; at < page.parts.length; at += MOST_PARTS_ASKED)
        await this.#some(page.parts.slice(at, at + MOST_PARTS_ASKED), total);
    }
    await box.end('parts', asOfMs, leftOut);
    tell(this.#told(total));
  }

  async *#pages(): AsyncGenerator<PartsPage> {
    let seen = 0;
    for (let from: number | null = 0; from !== null; ) {
      const page: PartsPage = await this.#options.upstream.json(PartsPage, `/continuity/parts?from=${from}`);
      seen += page.parts.length;
      if (seen > MOST_PARTS || (page.next !== null && page.next <= from))
        throw continuityFault('continuity.unreadable');
      yield page;
      from = page.next;
    }
  }

  async #some(parts: readonly ListedPart[], total: number): Promise<void> {
    const { box, signal, tell } = this.#options;
    const wanted = new Set(await box.missing(parts));
    for (const { key } of parts) {
      if (signal.aborted) throw continuityFault('continuity.unreachable');
      if (!wanted.has(key)) continue;
      await this.#part(key);
      tell(this.#told(total));
    }
  }

  async #part(key: string): Promise<void> {
    const { box } = this.#options;
    const bytes = await this.#opened(`/continuity/parts/${key}`, MOST_PART_CHARS);
    // It was in the list and is gone: a patient merged meanwhile, a day that is over.
    if (bytes === undefined) return;
    const taken = await box.take(key, bytes.toString('utf8'));
    for (const { chart, document } of taken.documents) await this.#document(taken.key, chart, document);
    await box.done(taken.key, taken.version);
    this.#parts += 1;
    this.#bytes += bytes.byteLength;
  }

  async #document(key: string, chart: number, document: string): Promise<void> {
    const bytes = await this.#opened(`/continuity/parts/${key}/documents/${document}`, MOST_DOCUMENT_BYTES);
    if (bytes === undefined) return;
    await this.#options.box.document({ key, chart, document, bytes: bytes.toString('base64') });
    this.#documents += 1;
    this.#bytes += bytes.byteLength;
  }

  /** The bytes of what was sealed to this box; undefined when the gateway has it no more. */
  async #opened(path: string, most: number): Promise<Buffer | undefined> {
    const { upstream, identity } = this.#options;
    const pieces: Buffer[] = [];
    let bytes = 0;
    try {
      for await (const piece of openStream([identity], upstream.bytes(path))) {
        bytes += piece.byteLength;
        if (bytes > most) throw continuityFault('continuity.unreadable');
        pieces.push(Buffer.from(piece));
      }
    } catch (thrown) {
      const code = (thrown as { readonly code?: unknown }).code;
      if (code === 'continuity.gone') return undefined;
      throw typeof code === 'string' && code.startsWith('vault.')
        ? continuityFault('continuity.altered', thrown)
        : thrown;
    }
    return Buffer.concat(pieces);
  }

  #told(of: number): Extract<FromPuller, { t: 'parts' }> {
    return { t: 'parts', of, parts: this.#parts, documents: this.#documents, bytes: this.#bytes };
  }
}
