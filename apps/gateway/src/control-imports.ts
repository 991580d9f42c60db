import type { AnswerInputOf, ParsedRequestOf } from '@leadglass/contract';
import { text, uuidv7 } from '@leadglass/kit';
import { DEFAULT_AE_TITLE, type Event, IMPORT_AE_TITLE } from '@leadglass/model';
import { by } from './actor.ts';
import { controlFault } from './control-faults.ts';
import type { ControlServices } from './control-services.ts';
import type { ImportDoor } from './imports.ts';

type Begin = ParsedRequestOf<'import.begin'>;
type Result = ParsedRequestOf<'import.end'>;

/** Imports looked through for one that this one goes on with. */
const MOST_EARLIER = 1_000;

const CLEAR_ONLY = text(
  'L’import passe par le port DIMSE en clair de cette machine, et la passerelle n’en a pas : relancez-la avec --dimse 127.0.0.1:11112 en plus.',
  'An import goes through the clear DIMSE port of this machine, and the gateway has none: start it with --dimse 127.0.0.1:11112 as well.',
);

interface Open extends ImportDoor {
  readonly medium: string;
}

/** Imports from media: lets each one in while its command lives, and tells the ledger what came of it. */
export class ImportControl {
  readonly #services: ControlServices;
  readonly #open = new Map<string, Open>();

  constructor(services: ControlServices) {
    this.#services = services;
  }

  /** One line, and then silence until the caller goes: with it goes the right to send. */
  async *begin(asked: Begin, signal: AbortSignal): AsyncGenerator<AnswerInputOf<'import.begin'>> {
    const { identity: digest, ...facts } = asked;
    const identity = digest === undefined ? '' : this.#services.identityPseudonym(digest);
    const door = await this.#door();
    const importId = uuidv7(this.#services.clock.now());
    this.#open.set(importId, { ...door, medium: asked.medium });
    try {
      const begun = { ...this.#head(), kind: 'import.begun', importId, identity, ...facts } as const;
      const sinceMs = (await this.#earlier(asked.medium, identity)) ?? begun.atMs;
      await this.#tell(begun);
      yield { importId, sinceMs, called: DEFAULT_AE_TITLE, ...door };
      await gone(signal);
    } finally {
      this.#services.imports.close(door);
      if (this.#open.delete(importId))
        await this.#tell({ ...this.#head(), kind: 'import.interrupted', importId, medium: asked.medium });
    }
  }

  async end({ importId, ...result }: Result): Promise<AnswerInputOf<'import.end'>> {
    const open = this.#open.get(importId);
    if (open === undefined) throw controlFault('control.not-found');
    await this.#tell({ ...this.#head(), kind: 'import.ended', importId, medium: open.medium, ...result });
    this.#open.delete(importId);
    return {};
  }

  async #door(): Promise<ImportDoor> {
    const { records, imports } = this.#services;
    const listening = this.#services.listeners().find(({ name }) => name === 'dimse');
    const chosen = (await records.peers()).find(({ aeTitle }) => aeTitle === IMPORT_AE_TITLE);
    const { privateSopClasses = [], strictness, whenUnfinished } = chosen ?? {};
    const door = imports.open(listening?.address ?? '', {
      privateSopClasses,
      ...(strictness === undefined ? {} : { strictness }),
      ...(whenUnfinished === undefined ? {} : { whenUnfinished }),
    });
    if (door === undefined) throw controlFault('control.conflict', CLEAR_ONLY);
    return door;
  }

  /** When the same medium was first imported under the same identity. */
  async #earlier(medium: string, identity: string): Promise<number | undefined> {
    const rows = await this.#services.records.events({ kinds: ['import.begun'] }, MOST_EARLIER);
    const same = rows
      .map(({ event }) => event)
      .find((event) => event.kind === 'import.begun' && event.medium === medium && event.identity === identity);
    return same?.atMs;
  }

  #head() {
    const atMs = this.#services.clock.now();
    return { id: uuidv7(atMs), atMs, by: by() };
  }

  async #tell(event: Event): Promise<void> {
    await this.#services.records.appendEvents([event]);
    this.#services.eventsAppended();
  }
}

function gone(signal: AbortSignal): Promise<void> {
  return new Promise((settle) => {
    if (signal.aborted) settle();
    else signal.addEventListener('abort', () => settle(), { once: true });
  });
}
