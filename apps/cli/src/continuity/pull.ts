import { createHash } from 'node:crypto';
import { isFault } from '@leadglass/kit';
import { type Identity, openStream, parseIdentity } from '@leadglass/vault';
import { Line, type Pair, type Stored } from '../import/sending.ts';
import { continuityFault } from './faults.ts';
import { historyOf } from './history.ts';
import type { Door, FromPuller, NodeFile } from './messages.ts';
import { type BoxParts, PullParts } from './pull-parts.ts';
import { LedgerFile, SetPage, StudyObjects, type ToPull, type Upstream } from './upstream.ts';

export interface PullOptions {
  readonly node: NodeFile;
  readonly door: Door;
  readonly upstream: Pick<Upstream, 'json' | 'bytes'>;
  readonly signal: AbortSignal;
  /** Which of these are not here. */
  missing(sha256s: readonly string[]): Promise<readonly string[]>;
  tell(message: FromPuller): void;
  readonly box: BoxParts;
}

/** Objects asked about at once. */
const ASKED_AT_ONCE = 1_000;

/**
 * Pulls what is missing of the gateway's continuity set, in its order, an object at a time and none of it in memory: from the network through age and
 * SHA-256 into this box's own port, where it is inspected, sealed, recorded and catalogued as whatever arrives. What was begun and
 * broke off is simply not here, and comes with the next pull. Throws Faults `continuity.*`.
 */
export class Pull {
  readonly #options: PullOptions;
  readonly #identity: Identity;
  #line: Line | undefined;
  /** Pairs met so far: the line offers all of them whenever it is opened anew. */
  readonly #pairs: Pair[] = [];
  #objects = 0;
  #bytes = 0;
  #refused = 0;

  constructor(options: PullOptions) {
    const identity = parseIdentity(options.node.identity);
    if (identity === undefined) throw continuityFault('continuity.unreadable');
    this.#options = options;
    this.#identity = identity;
  }

  async run(): Promise<void> {
    await this.#remembered();
    // Results and schedules first: they are small, and wanted before any image. What is wrong with them keeps no image away.
    const around = await this.#around().then(
      () => undefined,
      (thrown: unknown) => ({ thrown }),
    );
    const studies = await this.#images();
    if (around !== undefined) throw around.thrown;
    this.#options.tell({ t: 'done', studies, objects: this.#objects, bytes: this.#bytes, refused: this.#refused });
  }

  async #around(): Promise<void> {
    const { upstream, node, signal, tell, box } = this.#options;
    await new PullParts({ upstream, identity: this.#identity, from: node.ledgerKey, signal, tell, box }).run();
  }

  /** How many studies were gone through. */
  async #images(): Promise<number> {
    const { tell, box } = this.#options;
    let [studies, asOfMs] = [0, 0];
    try {
      for await (const { study, total, atMs } of this.#set()) {
        asOfMs = atMs;
        if (study === undefined) continue;
        await this.#study(study);
        studies += 1;
        tell({ t: 'progress', studies, of: total, objects: this.#objects, bytes: this.#bytes });
      }
    } finally {
      await this.#line?.release().catch(() => {});
    }
    await box.end('images', asOfMs, 0);
    return studies;
  }

  async #remembered(): Promise<void> {
    const { upstream, node, tell } = this.#options;
    const read = async (path: string): Promise<Uint8Array | undefined> => {
      const { bytes } = await upstream.json(LedgerFile, `/continuity/ledger/${path}`);
      return Buffer.from(bytes, 'base64');
    };
    tell({ t: 'checkpoint', checkpoint: await historyOf(read, node.ledgerKey, node.checkpoint) });
  }

  /** Each study; and once a page nothing, so that an empty set has its time too. */
  async *#set(): AsyncGenerator<{ readonly study?: string; readonly total: number; readonly atMs: number }> {
    let atMs = 0;
    for (let from: number | null = 0; from !== null; ) {
      const page: SetPage = await this.#options.upstream.json(SetPage, `/continuity/set?from=${from}`);
      this.#options.tell({ t: 'wanted', studies: page.studies.map(({ study }) => study) });
      atMs ||= page.atMs;
      yield { total: page.total, atMs };
      for (const { study } of page.studies) yield { study, total: page.total, atMs };
      if (page.next !== null && page.next <= from) throw continuityFault('continuity.unreadable');
      from = page.next;
    }
  }

  async #study(study: string): Promise<void> {
    const { upstream, missing, signal } = this.#options;
    const { objects } = await upstream.json(StudyObjects, `/continuity/studies/${study}`);
    for (let at = 0; at < objects.length; at += ASKED_AT_ONCE) {
      const some = objects.slice(at, at + ASKED_AT_ONCE);
      const wanted = new Set(await missing(some.map(({ sha256 }) => sha256)));
      for (const object of some) {
        if (signal.aborted) throw continuityFault('continuity.unreachable');
        if (wanted.has(object.sha256)) await this.#object(study, object);
      }
    }
  }

  async #object(study: string, object: ToPull): Promise<void> {
    const { door, signal, upstream } = this.#options;
    const { sopClassUid, sopInstanceUid, transferSyntaxUid, sha256 } = object;
    const head: Stored = { sopClassUid, sopInstanceUid, transferSyntaxUid };
    this.#line ??= new Line(door, door.calling, this.#pairs, signal);
    if (!this.#pairs.some((pair) => isSame(pair, head))) this.#pairs.push({ sopClassUid, transferSyntaxUid });
    const sealed = upstream.bytes(`/continuity/studies/${study}/objects/${sha256}`);
    const bytes = dataSetOf(openStream([this.#identity], sealed), object);
    try {
      const { status } = await this.#line.store({ head, bytes });
      if (status >>> 8 === OUT_OF_RESOURCES) throw continuityFault('continuity.box-refuses');
      if (status === 0) {
        this.#objects += 1;
        this.#bytes += object.plainBytes;
      } else this.#refused += 1;
    } catch (thrown) {
      if (isFault(thrown) && thrown.code === 'wire.context-not-accepted') this.#refused += 1;
      else throw reasonOf(thrown);
    }
  }
}

/**
 * The data set of an object: its file without the header, the last piece held back until all of it is known to be what was told of. Throws Fault
 * `continuity.altered`.
 */
async function* dataSetOf(
  plain: AsyncIterable<Uint8Array>,
  { sha256, metaBytes, plainBytes }: ToPull,
): AsyncGenerator<Uint8Array, void, undefined> {
  const hash = createHash('sha256');
  let at = 0;
  let held: Uint8Array | undefined;
  for await (const piece of plain) {
    hash.update(piece);
    const body = piece.subarray(Math.max(0, metaBytes - at));
    at += piece.byteLength;
    if (body.byteLength === 0) continue;
    if (held !== undefined) yield held;
    held = body;
  }
  if (at !== plainBytes || hash.digest('hex') !== sha256) throw continuityFault('continuity.altered');
  if (held !== undefined) yield held;
}

function isSame(a: Pair, b: Pair): boolean {
  return a.sopClassUid === b.sopClassUid && a.transferSyntaxUid === b.transferSyntaxUid;
}

/** PS3.4 §B.2.3: A7xx, refused: out of resources. */
const OUT_OF_RESOURCES = 0xa7;

/** Why an object did not come, under whatever the sending makes of it. */
function reasonOf(thrown: unknown): Error {
  let at: unknown = thrown;
  for (let depth = 0; depth < 5 && at instanceof Error; depth += 1, at = at.cause) {
    if (!isFault(at)) continue;
    if (at.code.startsWith('continuity.')) return at;
    if (at.code.startsWith('vault.')) return continuityFault('continuity.altered', at);
  }
  return continuityFault('continuity.box-refuses', thrown);
}
