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
    'people.add': (person: NewPerson, asked: Asked) => add(made, person, asked),
    'people.change': (change: Change, asked: Asked) => applied(parts, change, asked),
    'people.remove': ({ id }: { id: string }, asked: Asked) => remove(parts, id, asked),
    'people.invite': ({ id }: { id: string }, asked: Asked) => invite(parts, id, asked),
    'people.emergency-codes': ({ id }: { id: string }, asked: Asked) => codes(parts, id, asked),
  };
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

async function add(
  { parts, authorities }: HandlerParts,
  { account, displayName, role, language }: NewPerson,
  asked: Asked,
): Promise<{ person: PersonAnswer; link: string }> {
  if (parts.store.personByAccount(account) !== undefined) throw accountTaken();
  if (parts.isFull()) throw consoleFault('console.conflict');
  await parts.tools.tell({ what: 'added', by: sessionIn(asked).person.account, person: account, role });
  const made = await authorities.at(asked.origin).api.person({ body: { account, displayName, role, language } });
  const person = personIn(parts, made.id);
  return { person, link: parts.invite(person) };
}

async function applied(parts: Parts, change: Change, asked: Asked): Promise<{ person: PersonAnswer }> {
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
    ...{ what: 'changed', by: sessionIn(asked).person.account, person: before.account, role: after.role },
  });
  parts.store.changePerson(after, parts.now());
  // A session must not outlive the rights it began with.
  if (after.role !== before.role || after.isDisabled) await parts.endAllOf(before.id, sessionIn(asked).id);
  if (after.role !== before.role) parts.ended(sessionIn(asked).id);
  return { person: personIn(parts, before.id) };
}

async function remove(parts: Parts, id: string, asked: Asked): Promise<Record<string, never>> {
  const person = personIn(parts, id);
  keepsAnAdministrator(parts, id);
  await parts.tools.tell({ what: 'removed', by: sessionIn(asked).person.account, person: person.account });
  await parts.endAllOf(id);
  parts.store.forgetPerson(id);
  return {};
}

async function invite(parts: Parts, id: string, asked: Asked): Promise<{ link: string }> {
  const person = personIn(parts, id);
  localOnly(person);
  keepsAnAdministrator(parts, id);
  await parts.tools.tell({
    ...{ what: 'changed', by: sessionIn(asked).person.account, person: person.account, role: person.role },
  });
  await parts.endAllOf(id);
  parts.store.forgetCredentials(id);
  return { link: parts.invite(person) };
}

async function codes(parts: Parts, id: string, asked: Asked): Promise<{ codes: readonly string[] }> {
  const person = personIn(parts, id);
  localOnly(person);
  await parts.tools.tell({
    ...{ what: 'changed', by: sessionIn(asked).person.account, person: person.account, role: person.role },
  });
  const made = Array.from({ length: CODES }, newPaperCode);
  parts.store.keepCodes(
    id,
    made.map((code) => digestOf('emergency', paperCodeOf(code))),
  );
  return { codes: made };
}
