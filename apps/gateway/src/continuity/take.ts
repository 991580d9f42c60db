import type { AnswerInputOf, ParsedRequestOf } from '@leadglass/contract';
import { text } from '@leadglass/kit';
import { CONTINUITY_AE_TITLE, DEFAULT_AE_TITLE } from '@leadglass/model';
import { controlFault } from '../control-faults.ts';
import type { ControlServices } from '../control-services.ts';

const CLEAR_ONLY = text(
  'Ce boîtier range ce qu’il tire par son port DIMSE en clair, sur cette machine, et il n’en a pas.',
  'This box takes in what it pulls through its clear DIMSE port, on this machine, and it has none.',
);

/** Lets what this home's own puller brings in, under a title that nobody can guess, for as long as the caller reads. */
export class ContinuityTake {
  readonly #services: ControlServices;

  constructor(services: ControlServices) {
    this.#services = services;
  }

  async *open(signal: AbortSignal): AsyncGenerator<AnswerInputOf<'continuity.take'>> {
    const { imports, listeners } = this.#services;
    const listening = listeners().find(({ name }) => name === 'dimse');
    const door = imports.openOne(listening?.address ?? '', CONTINUITY_AE_TITLE);
    if (door === undefined) throw controlFault('control.conflict', CLEAR_ONLY);
    try {
      yield { ...door, called: DEFAULT_AE_TITLE };
      await gone(signal);
    } finally {
      imports.closeOne(door.calling);
    }
  }

  /** Of these objects, those that are not in custody here. */
  async missing({ sha256s }: ParsedRequestOf<'continuity.missing'>): Promise<AnswerInputOf<'continuity.missing'>> {
    const missing: string[] = [];
    for (const sha256 of sha256s)
      if ((await this.#services.records.custody(sha256)) === undefined) missing.push(sha256);
    return { missing: missing as typeof sha256s };
  }
}

function gone(signal: AbortSignal): Promise<void> {
  return new Promise((settle) => {
    if (signal.aborted) settle();
    else signal.addEventListener('abort', () => settle(), { once: true });
  });
}
