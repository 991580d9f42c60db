import { type Text, text } from '@leadglass/kit';
import { type ControlFaultCode, controlFault } from '../control-faults.ts';
import type { FromConsole, ToConsole } from './messages.ts';
import type { OwnerOperation } from './sessions.ts';

const ANSWER_MS = 30_000;
const MOST_ASKS = 64;

type Answered = Extract<FromConsole, { readonly t: 'owner-answer' }>;
interface Waiting {
  readonly answered: (answer: unknown) => void;
  readonly failed: (fault: unknown) => void;
  readonly timer: NodeJS.Timeout;
}

/** What the owner of the machine asked of the console's process and waits for. */
export class OwnerAsks {
  readonly #waiting = new Map<number, Waiting>();
  #next = 1;

  /** Asks by `say`. Rejects with a Fault `control.*`: refused, or no answer. */
  ask(say: (message: ToConsole) => void, name: OwnerOperation, request: unknown): Promise<unknown> {
    if (this.#waiting.size >= MOST_ASKS) return Promise.reject(controlFault('control.conflict', AWAY));
    const ask = this.#next++;
    return new Promise((answered, failed) => {
      const timer = setTimeout(() => this.#over(ask)?.failed(controlFault('control.conflict', AWAY)), ANSWER_MS);
      this.#waiting.set(ask, { answered, failed, timer });
      say({ t: 'owner', ask, name, request });
    });
  }

  /** An answer came; one that nobody waits for is nothing. */
  heard({ ask, answer, fault }: Answered): void {
    const waiting = this.#over(ask);
    if (fault === undefined) return waiting?.answered(answer);
    waiting?.failed(controlFault(CODES[fault.code] ?? 'control.refused', fault.text));
  }

  /** The process is gone, and what it was asked with it. */
  gone(): void {
    for (const ask of [...this.#waiting.keys()]) this.#over(ask)?.failed(controlFault('control.conflict', AWAY));
  }

  #over(ask: number): Waiting | undefined {
    const waiting = this.#waiting.get(ask);
    this.#waiting.delete(ask);
    clearTimeout(waiting?.timer);
    return waiting;
  }
}

/** What the console refuses, as the control socket says it. */
const CODES: Readonly<Record<string, ControlFaultCode>> = {
  'console.bad-request': 'control.bad-request',
  'console.not-found': 'control.not-found',
  'console.conflict': 'control.conflict',
  'console.defect': 'control.defect',
};

/** People live in the console's process: without it there is nobody to ask. */
export const AWAY: Text = text(
  'La console ne fonctionne pas, et c’est elle qui garde les comptes : leadglass status dit pourquoi (--console off, ou une adresse déjà prise).',
  'The console does not run, and it is what keeps the accounts: leadglass status says why (--console off, or an address that is taken).',
);
