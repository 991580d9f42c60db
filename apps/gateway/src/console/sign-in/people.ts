import type { PersonAnswer, Role } from '@leadglass/contract';
import { text } from '@leadglass/kit';
import { consoleFault } from '../faults.ts';
import type { Asked } from '../sessions.ts';
import { accountTaken, type HandlerParts, sessionIn } from './handlers.ts';
import type { Parts } from './parts.ts';
import { digestOf, newPaperCode, paperCodeOf } from './secrets.ts';

const CODES = 10;

interface NewPerson {
  readonly account: string;
  readonly displayName: string;
  readonly role: Role;
  readonly language: 'fr' | 'en';
}

interface Change {
  readonly id: string;
  readonly role?: Role | undefined;
  readonly isDisabled?: boolean | undefined;
  readonly displayName?: string | undefined;
}

/** The entries for administrators, about people. */
export function peopleHandlers(made: HandlerParts) {
  const { parts } = made;
  return {
    'people.list': async () => ({ people: parts.store.people() }),
    'people.add': (person: NewPerson, asked: Asked) => add(made, person, doerOf(asked)),
    'people.change': (change: Change, asked: Asked) => applied(parts, change, doerOf(asked)),
    'people.remove': ({ id }: { id: string }, asked: Asked) => remove(parts, id, doerOf(asked)),
    'people.invite': async ({ id }: { id: string }, asked: Asked) => {
      localOnly(personIn(parts, id));
      keepsAnAdministrator(parts, id);
      return invite(parts, id, doerOf(asked));
    },
    'people.emergency-codes': ({ id }: { id: string }, asked: Asked) => codes(parts, id, doerOf(asked)),
  };
}

/** Who changes something about people, and from where. */
export interface Doer {
  /** As the ledger names them. */
  readonly by: string;
  /** Their own session, which a change of their own role ends last; none of the owner of the machine. */
  readonly sessionId?: string;
  /** `https://HOST:PORT` of the console, as they have it. */
  readonly origin: string;
}

function doerOf(asked: Asked): Doer {
  const { id, person } = sessionIn(asked);
  return { by: person.account, sessionId: id, origin: asked.origin };
}

function personIn(parts: Parts, id: string): PersonAnswer {
  const person = parts.store.personById(id);
  if (person === undefined) throw consoleFault('console.not-found');
  return person;
}

/** The only administrator who can come in stays one, and stays able to. */
function keepsAnAdministrator(parts: Parts, id: string): void {
  const administrators = parts.store.administrators();
  if (administrators.length !== 1 || administrators[0] !== id) return;
  throw consoleFault(
    'console.conflict',
    text(
      'C’est le dernier administrateur : nommez-en un autre d’abord.',
      'This is the last administrator: name another one first.',
    ),
  );
}

function localOnly(person: PersonAnswer): void {
  if (!person.isFromDirectory) return;
  throw consoleFault(
    'console.conflict',
    text(
      'Ce compte vient de l’annuaire : c’est là que cela se règle. Pour l’urgence, créez un compte local.',
      'This account comes from the directory: that is where this is settled. For emergencies, add a local account.',
    ),
  );
}

/** Somebody new, and the link by which they come in. */
export async function add(
  { parts, authorities }: HandlerParts,
  { account, displayName, role, language }: NewPerson,
  { by, origin }: Doer,
): Promise<{ person: PersonAnswer; link: string }> {
  if (parts.store.personByAccount(account) !== undefined) throw accountTaken();
  if (parts.isFull()) throw consoleFault('console.conflict');
  await parts.tools.tell({ what: 'added', by, person: account, role });
  const made = await authorities.at(origin).api.person({ body: { account, displayName, role, language } });
  const person = personIn(parts, made.id);
  return { person, link: parts.invite(person) };
}

/** Another role or name, or whether they may come in; what they had open ends. */
export async function applied(
  parts: Parts,
  change: Change,
  { by, sessionId }: Doer,
): Promise<{ person: PersonAnswer }> {
  const before = personIn(parts, change.id);
  const after = {
    ...before,
    role: change.role ?? before.role,
    isDisabled: change.isDisabled ?? before.isDisabled,
    displayName: change.displayName ?? before.displayName,
  };
  if (after.role !== 'administrator' || after.isDisabled) keepsAnAdministrator(parts, before.id);
  if (after.role !== before.role) localOnly(before);
  await parts.tools.tell({
    ...{ what: 'changed', by, person: before.account, role: after.role },
  });
  parts.store.changePerson(after, parts.now());
  // A session must not outlive the rights it began with.
  if (after.role !== before.role || after.isDisabled) await parts.endAllOf(before.id, sessionId);
  if (after.role !== before.role && sessionId !== undefined) parts.ended(sessionId);
  return { person: personIn(parts, before.id) };
}

/** An account and all it had. */
export async function remove(parts: Parts, id: string, { by }: Doer): Promise<Record<string, never>> {
  const person = personIn(parts, id);
  keepsAnAdministrator(parts, id);
  await parts.tools.tell({ what: 'removed', by, person: person.account });
  await parts.endAllOf(id);
  parts.store.forgetPerson(id);
  return {};
}

/** A new link in place of what they had enrolled. The last administrator who can come in keeps that: the console stays somebody's. */
export async function invite(parts: Parts, id: string, { by }: Doer): Promise<{ link: string }> {
  const person = personIn(parts, id);
  localOnly(person);
  const isLast = parts.store.administrators().join() === id;
  await parts.tools.tell({
    ...{ what: 'changed', by, person: person.account, role: person.role },
  });
  await parts.endAllOf(id);
  if (!isLast) parts.store.forgetCredentials(id);
  return { link: parts.invite(person) };
}

/** Ten new emergency codes in place of those before. */
export async function codes(parts: Parts, id: string, { by }: Doer): Promise<{ codes: readonly string[] }> {
  const person = personIn(parts, id);
  localOnly(person);
  await parts.tools.tell({
    ...{ what: 'changed', by, person: person.account, role: person.role },
  });
  const made = Array.from({ length: CODES }, newPaperCode);
  parts.store.keepCodes(
    id,
    made.map((code) => digestOf('emergency', paperCodeOf(code))),
  );
  return { codes: made };
}
