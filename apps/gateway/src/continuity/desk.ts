import { createHash } from 'node:crypto';
import type { MadeSet } from '@leadglass/continuity';
import { systemRandomness, text } from '@leadglass/kit';
import type { TileStore } from '@leadglass/ledger';
import type { AeTitle } from '@leadglass/model';
import type { Retrievable, Retrieval } from '@leadglass/records';
import {
  type Identity,
  type ObjectStore,
  PayloadSealer,
  prepareSeal,
  type Recipient,
  rewrap,
  type SealedSource,
} from '@leadglass/vault';
import { PROBLEMS, type WebProblem } from '../web/problems.ts';
import { given } from '../web/served.ts';
import type { ContinuityAsk } from '../web/web-messages.ts';
import type { ContinuityNodes } from './nodes.ts';
import type { ContinuityParts, PartList } from './parts.ts';

export interface ContinuityDeskOptions {
  readonly nodes: Pick<ContinuityNodes, 'enrol' | 'recipientOf'>;
  readonly retrieval: Pick<Retrieval, 'ofStudy'>;
  readonly store: Pick<ObjectStore, 'open'>;
  readonly site: Identity;
  /** The log's files; of them the checkpoint and the tiles of hashes are given, never an entry. */
  readonly tiles: Pick<TileStore, 'read'>;
  /** The key that checks the log's checkpoints (C2SP vkey), and the authority of the listener, PEM. */
  readonly ledgerKey: string;
  authority(): string;
  set(): Promise<MadeSet>;
  /** What the set holds besides images. */
  readonly parts: Pick<ContinuityParts, 'list' | 'content' | 'document' | 'tellOpened'>;
}

/** What a box is granted: an answer, or an object sealed to it, whose study the ledger is told of first. */
export type ContinuityGranted =
  | { readonly kind: 'answer'; readonly json: string }
  | { readonly kind: 'object'; readonly object: Retrievable; readonly sealed: SealedForBox }
  | { readonly kind: 'sealed'; readonly sha256: string; readonly sealed: SealedForBox };

/** An object with a header for the box. Pours the whole once. */
export interface SealedForBox {
  readonly sealedBytes: number;
  pour(): AsyncGenerator<Uint8Array, void, undefined>;
}

/** Studies of one page of the set. */
const PAGE = 500;
const READ_BYTES = 256 * 1024;
/** Checkpoint and tiles of hashes (C2SP tlog-tiles); entries tell of studies and people. */
const LEDGER_PATH = /^(?:checkpoint|tile\/[0-9]{1,2}(?:\/x?[0-9]{3}){1,5}(?:\.p\/[0-9]{1,3})?)$/;

/** The keeper's side of a pull: who is enrolled gets the set as it is now, what is given out of its studies, and the log's hashes. */
export class ContinuityDesk {
  readonly #options: ContinuityDeskOptions;
  /** The set each box was last told: nothing outside of it is given. */
  readonly #told = new Map<string, MadeSet>();
  readonly #toldParts = new Map<string, PartList & { readonly keys: ReadonlySet<string> }>();

  constructor(options: ContinuityDeskOptions) {
    this.#options = options;
  }

  async granted(name: AeTitle, ask: ContinuityAsk): Promise<ContinuityGranted | WebProblem> {
    if (ask.op === 'enrol') return this.#enrol(name, ask.recipient, ask.digest);
    const recipient = await this.#options.nodes.recipientOf(name);
    if (recipient === undefined) return NOT_ENROLLED;
    switch (ask.op) {
      case 'set':
        return this.#set(name, ask.from);
      case 'ledger':
        return this.#ledger(ask.path);
      case 'study':
        return this.#study(name, ask.study);
      case 'object': {
        const object = (await this.#objects(name, ask.study)).find(({ sha256 }) => sha256 === ask.sha256);
        if (object === undefined) return PROBLEMS.notFound;
        return { kind: 'object', object, sealed: await this.#sealedFor(object, recipient) };
      }
      case 'parts':
        return this.#parts(name, ask.from);
      case 'part':
        return this.#part(name, ask.key, recipient);
      case 'document': {
        const isTold = this.#toldParts.get(name)?.keys.has(ask.key) === true;
        const bytes = isTold ? await this.#options.parts.document(ask.key, ask.document) : undefined;
        return bytes === undefined ? PROBLEMS.notFound : sealedTo(recipient, bytes);
      }
    }
  }

  async #enrol(name: AeTitle, recipient: string, digest: string): Promise<ContinuityGranted | WebProblem> {
    const { nodes, ledgerKey, authority } = this.#options;
    if (!(await nodes.enrol(name, recipient, digest))) return ENROLLED;
    return answer({ name, ledgerKey, authority: authority() });
  }

  // A page further on is of the set that the first page began: it does not change under whoever reads it.
  async #set(name: string, from: number): Promise<ContinuityGranted | WebProblem> {
    if (from === 0) this.#told.set(name, await this.#options.set());
    const told = this.#told.get(name);
    if (told === undefined) return ASK_AGAIN;
    const { set, nowMs } = told;
    const studies = set.studies.slice(from, from + PAGE).map(({ studyInstanceUid, why, objects, bytes }) => ({
      ...{ study: studyInstanceUid, why, objects, bytes },
    }));
    const next = from + PAGE < set.studies.length ? from + PAGE : null;
    return answer({ atMs: nowMs, total: set.studies.length, studies, next });
  }

  // As with the set: pages are of one list, which does not change under whoever reads it.
  async #parts(name: string, from: number): Promise<ContinuityGranted | WebProblem> {
    if (from === 0) {
      const list = await this.#options.parts.list();
      this.#toldParts.set(name, { ...list, keys: new Set(list.parts.map(({ key }) => key)) });
    }
    const told = this.#toldParts.get(name);
    if (told === undefined) return ASK_AGAIN;
    const { asOfMs, parts, leftOut } = told;
    const next = from + PAGE < parts.length ? from + PAGE : null;
    return answer({ asOfMs, total: parts.length, leftOut, parts: parts.slice(from, from + PAGE), next });
  }

  /** A chart is in the ledger before its first byte leaves. */
  async #part(name: string, key: string, recipient: Recipient): Promise<ContinuityGranted | WebProblem> {
    const { parts } = this.#options;
    const told = this.#toldParts.get(name);
    const content = told?.keys.has(key) === true ? await parts.content(key, told) : undefined;
    if (content === undefined) return PROBLEMS.notFound;
    const chart = /^chart-(\d+)$/.exec(key)?.[1];
    if (chart !== undefined) await parts.tellOpened(name, [Number(chart)], 'continuity');
    return sealedTo(recipient, Buffer.from(content));
  }

  async #study(name: string, study: string): Promise<ContinuityGranted | WebProblem> {
    if (!this.#told.has(name)) return ASK_AGAIN;
    const objects = await this.#objects(name, study);
    return answer({
      objects: objects.map(({ sha256, plainBytes, metaBytes, sopClassUid, sopInstanceUid, transferSyntaxUid }) => ({
        ...{ sha256, plainBytes, metaBytes, sopClassUid, sopInstanceUid, transferSyntaxUid },
      })),
    });
  }

  async #ledger(path: string): Promise<ContinuityGranted | WebProblem> {
    const bytes = LEDGER_PATH.test(path) ? await this.#options.tiles.read(path) : undefined;
    if (bytes === undefined) return PROBLEMS.notFound;
    return answer({ bytes: Buffer.from(bytes).toString('base64') });
  }

  /** What is given out of a study of the set the box was told; nothing of any other. */
  async #objects(name: string, study: string): Promise<readonly Retrievable[]> {
    const isTold = this.#told.get(name)?.set.studies.some(({ studyInstanceUid }) => studyInstanceUid === study);
    return isTold === true ? given(await this.#options.retrieval.ofStudy(study)) : [];
  }

  async #sealedFor(object: Retrievable, recipient: Recipient): Promise<SealedForBox> {
    const { store, site } = this.#options;
    const open = (): Promise<SealedSource> => store.open(object);
    const source = await open();
    try {
      const { header, payloadOffset, sealedBytes } = await rewrap([site], source, [recipient], systemRandomness);
      return { sealedBytes, pour: () => poured(open, header, payloadOffset) };
    } finally {
      await source.close();
    }
  }
}

async function* poured(
  open: () => Promise<SealedSource>,
  header: Uint8Array,
  payloadOffset: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const source = await open();
  try {
    yield header;
    for (let at = payloadOffset; at < source.sealedBytes; at += READ_BYTES)
      yield Buffer.from(await source.read(at, Math.min(READ_BYTES, source.sealedBytes - at)));
  } finally {
    await source.close();
  }
}

/** Bytes as an age file for a box. They are bounded by what a part and a document may be. */
function sealedTo(recipient: Recipient, plain: Uint8Array): ContinuityGranted {
  const kit = prepareSeal([recipient], systemRandomness);
  const sealer = new PayloadSealer(kit.payloadKey);
  const pieces: Buffer[] = [Buffer.from(kit.head)];
  const gather = (piece: Uint8Array): void => void pieces.push(Buffer.from(piece));
  sealer.update(plain, gather);
  sealer.finish(gather);
  const sealed = Buffer.concat(pieces);
  const pour = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
    for (let at = 0; at < sealed.byteLength; at += READ_BYTES) yield sealed.subarray(at, at + READ_BYTES);
  };
  const sha256 = createHash('sha256').update(sealed).digest('hex');
  return { kind: 'sealed', sha256, sealed: { sealedBytes: sealed.byteLength, pour } };
}

function answer(value: object): ContinuityGranted {
  return { kind: 'answer', json: JSON.stringify(value) };
}

const NOT_ENROLLED: WebProblem = {
  status: 403,
  code: 'continuity.not-enrolled',
  text: text('Ce boîtier ne s’est pas encore enrôlé.', 'This box has not enrolled yet.'),
};
const ENROLLED: WebProblem = {
  status: 409,
  code: 'continuity.enrolled',
  text: text(
    'Ce code a déjà servi, ou la clé présentée n’en est pas une.',
    'This code has been used already, or the key shown is none.',
  ),
};
const ASK_AGAIN: WebProblem = {
  status: 409,
  code: 'continuity.ask-again',
  text: text('Demandez d’abord l’ensemble.', 'Ask for the set first.'),
};
