import { AsyncLocalStorage } from 'node:async_hooks';
import { ACTOR_HEADER, type Actor, ActorSchema } from '@leadglass/contract';
import { text } from '@leadglass/kit';
import { controlFault } from './control-faults.ts';

/** Whoever reaches the socket owns the home: the operating system says no more than that. No account can bear this name: it has a space. */
export const LOCAL = 'local administrator';
const HEADER_CHARS = 256;

const acting = new AsyncLocalStorage<Actor>();

/** For whom what goes on now is done, as the ledger names them: the account that the console named, else the owner of the home. */
export function by(): string {
  return acting.getStore()?.name ?? LOCAL;
}

/** The account that the console acts for; undefined for the owner of the home. */
export function actor(): Actor | undefined {
  return acting.getStore();
}

/** Does `act`, and all that follows from it, for `who`. */
export function actFor<T>(who: Actor | undefined, act: () => T): T {
  return who === undefined ? acting.exit(act) : acting.run(who, act);
}

/** The same steps, each done for `who`: a stream is read later, by whoever sends it. */
export async function* stepsFor<T>(who: Actor | undefined, steps: AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = actFor(who, () => steps[Symbol.asyncIterator]());
  try {
    for (;;) {
      const step = await actFor(who, () => iterator.next());
      if (step.done) return;
      yield step.value;
    }
  } finally {
    await actFor(who, () => iterator.return?.());
  }
}

/**
 * The account a request names in its header; undefined without one. Throws Fault `control.bad-request` for one that is not exactly a name and
 * a role: who cannot be told is nobody.
 */
export function actorOf(headers: Readonly<Record<string, string | readonly string[] | undefined>>): Actor | undefined {
  const value = headers[ACTOR_HEADER];
  if (value === undefined) return undefined;
  const read = typeof value === 'string' && value.length <= HEADER_CHARS ? jsonOf(value) : undefined;
  const parsed = ActorSchema.safeParse(read);
  if (!parsed.success) throw controlFault('control.bad-request', BAD_ACTOR);
  return parsed.data;
}

function jsonOf(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

const BAD_ACTOR = text(
  `L’en-tête ${ACTOR_HEADER} n’est pas un compte et un rôle.`,
  `The header ${ACTOR_HEADER} is not an account and a role.`,
);
