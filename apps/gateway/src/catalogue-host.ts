import {
  Cataloguer,
  SealedCatalogue,
  Sealer,
  type SearchBounds,
  type SearchEnd,
  type WholeStudy,
  wholeStudies,
  wholeStudyOf,
} from '@leadglass/catalogue';
import type { Clock, Logger, Phi } from '@leadglass/kit';
import type { Sha256 } from '@leadglass/model';
import type { AttributeSet, Query } from '@leadglass/query';
import type { Custody, Records } from '@leadglass/records';
import type { CataloguedObject, DecoderPool } from './decoder-pool.ts';

export interface CatalogueHostOptions {
  readonly records: Pick<Records, 'catalogue' | 'setting' | 'setSetting' | 'listCustody'>;
  readonly indexKey: ConstructorParameters<typeof Sealer>[0];
  readonly clock: Clock;
  readonly log: Logger;
  readonly viewers: Pick<DecoderPool, 'catalogued'>;
  /** The plain Part 10 file of an object, its beginning alone when `to` says so. */
  openPlain(custody: Custody, to: number): AsyncIterable<Uint8Array>;
  /** These objects may be found from now on. */
  entered?(sha256s: readonly string[]): void;
}

/** What `leadglass index status` tells. */
export interface IndexStatus {
  readonly subjects: number;
  readonly studies: number;
  readonly series: number;
  readonly instances: number;
  readonly waiting: number;
  /** While it is made anew: objects looked at so far, and those that could not be. */
  readonly rebuild: { readonly isRunning: boolean; readonly looked: number; readonly failed: number };
}

/** Name of the key entries are sealed with. */
const KEY_SETTING = 'catalogue.key';
/** Where a rebuild stands: empty when none runs, else `>` and the last object looked at. */
const REBUILD_SETTING = 'catalogue.rebuild';
/** Longest a search waits for what was answered before it to be entered. */
const CATCH_UP_MS = 1_000;
/** A header is rarely longer than the first, and never seen longer than the second. */
const BEGINNING_BYTES = 65_536;
const MOST_BYTES = 64 * 1024 * 1024;
const PAGE = 32;
const AFTER_FAULT_MS = 5_000;

/** The keeper's catalogue: seals what arrives, has it entered, answers searches, and is made anew from the vault through a sandbox. */
export class CatalogueHost {
  readonly #options: CatalogueHostOptions;
  readonly #sealer: Sealer;
  readonly #cataloguer: Cataloguer;
  readonly #search: SealedCatalogue;
  #rebuilding: Promise<void> | undefined;
  #looked = 0;
  #failed = 0;
  #isStopping = false;

  constructor(options: CatalogueHostOptions) {
    this.#options = options;
    this.#sealer = new Sealer(options.indexKey);
    const { clock, log } = options;
    const records = options.records.catalogue;
    const entered = (sha256s: readonly string[]) => options.entered?.(sha256s);
    this.#cataloguer = new Cataloguer({ records, sealer: this.#sealer, clock, log, entered });
    this.#search = new SealedCatalogue({
      records,
      sealer: this.#sealer,
      catchUp: async () => void (await this.#cataloguer.catchUp(CATCH_UP_MS)),
    });
  }

  /** Goes on with what was begun, and makes the index anew when it was never made, or with another key. */
  async start(): Promise<void> {
    const { records } = this.#options;
    const { keyName } = this.#sealer;
    if ((await records.setting(KEY_SETTING)) !== keyName) {
      await this.#begin(true);
      await records.setSetting(KEY_SETTING, keyName);
    } else if (((await records.setting(REBUILD_SETTING)) ?? '') !== '') this.#goOn();
    this.#cataloguer.poke();
  }

  /** What records keep of an object until its entry is made: sealed, bound to it. Undefined when there is nothing. */
  seal(sha256: Sha256, attributes: Phi<string>): Uint8Array | undefined {
    const json = attributes.reveal();
    return json === '' ? undefined : this.#sealer.sealJson('arrival', sha256, json);
  }

  /** Something was committed. */
  poke(): void {
    this.#cataloguer.poke();
  }

  /** See Catalogue; `incomplete` while the index is made anew. */
  async *search(query: Query, bounds: SearchBounds): AsyncGenerator<readonly AttributeSet[], SearchEnd | 'incomplete'> {
    const end = yield* this.#search.search(query, bounds);
    return end === 'complete' && this.#rebuilding !== undefined ? 'incomplete' : end;
  }

  /** Every study, newest first; what was answered before is among them. */
  async *whole(): AsyncGenerator<WholeStudy> {
    await this.#cataloguer.catchUp(CATCH_UP_MS);
    yield* wholeStudies(this.#options.records.catalogue, this.#sealer);
  }

  /** One study, likewise. */
  async wholeOf(uid: string): Promise<WholeStudy | undefined> {
    await this.#cataloguer.catchUp(CATCH_UP_MS);
    return wholeStudyOf(this.#options.records.catalogue, this.#sealer, uid);
  }

  async status(): Promise<IndexStatus> {
    const counts = await this.#options.records.catalogue.counts();
    const isRunning = this.#rebuilding !== undefined;
    return { ...counts, rebuild: { isRunning, looked: this.#looked, failed: this.#failed } };
  }

  /** Forgets the index and begins to make it anew; false when that is under way. */
  async rebuild(): Promise<boolean> {
    if (this.#rebuilding !== undefined) return false;
    await this.#begin(true);
    return true;
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#rebuilding;
    await this.#cataloguer.stop();
  }

  async #begin(isHeldToo: boolean): Promise<void> {
    const { records } = this.#options;
    await records.setSetting(REBUILD_SETTING, '>');
    await records.catalogue.empty(isHeldToo);
    this.#cataloguer.forget();
    this.#goOn();
  }

  #goOn(): void {
    this.#looked = 0;
    this.#failed = 0;
    this.#rebuilding = this.#walk().finally(() => {
      this.#rebuilding = undefined;
    });
  }

  async #walk(): Promise<void> {
    while (!this.#isStopping) {
      try {
        if (await this.#page()) return;
      } catch (thrown) {
        this.#options.log.error('catalogue.rebuild', { fault: thrown });
        await new Promise<void>((resolve) => this.#options.clock.after(AFTER_FAULT_MS, resolve));
      }
    }
  }

  /** The next objects of custody into the inbox; true when there are no more. */
  async #page(): Promise<boolean> {
    const { records } = this.#options;
    const after = ((await records.setting(REBUILD_SETTING)) ?? '').slice(1);
    const page = await records.listCustody(after, PAGE);
    for (const custody of page) {
      if (this.#isStopping) return false;
      await this.#one(custody);
    }
    const last = page.at(-1);
    await records.setSetting(REBUILD_SETTING, last === undefined ? '' : `>${last.sha256}`);
    this.poke();
    return last === undefined;
  }

  async #one(custody: Custody): Promise<void> {
    const { records, log } = this.#options;
    const { sha256 } = custody;
    this.#looked += 1;
    const found = await this.#attributesOf(custody);
    const sealed = found === undefined ? undefined : this.seal(sha256, found);
    if (sealed === undefined) {
      this.#failed += 1;
      log.warn('catalogue.not-indexed', { sha256 });
      return;
    }
    await records.catalogue.found(sha256, sealed);
  }

  async #attributesOf(custody: Custody): Promise<Phi<string> | undefined> {
    const first = await this.#look(custody, BEGINNING_BYTES);
    if (first === undefined || first.isWhole || custody.plainBytes <= BEGINNING_BYTES) return first?.attributes;
    return (await this.#look(custody, MOST_BYTES))?.attributes;
  }

  // What cannot be opened or looked at is told, and its place in the index stays empty: the next goes on.
  async #look(custody: Custody, most: number): Promise<CataloguedObject | undefined> {
    const { viewers, openPlain, log } = this.#options;
    const plainBytes = Math.min(custody.plainBytes, most);
    try {
      const said = await viewers.catalogued({ plainBytes, open: () => openPlain(custody, plainBytes) });
      return typeof said === 'string' ? undefined : said;
    } catch (thrown) {
      log.warn('catalogue.unreadable', { sha256: custody.sha256, fault: thrown });
      return undefined;
    }
  }
}
