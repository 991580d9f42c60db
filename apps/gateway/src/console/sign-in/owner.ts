import { type AnswerInputOf, type ParsedRequestOf, type PersonAnswer, ROLES } from '@leadglass/contract';
import { text } from '@leadglass/kit';
import { LOCAL } from '../../actor.ts';
import { consoleFault } from '../faults.ts';
import type { OwnerOperation } from '../sessions.ts';
import { type HandlerParts, SITE, shown } from './handlers.ts';
import { add, applied, codes, type Doer, invite, remove } from './people.ts';
import { isRecoveryEnd, recoveryIsKept } from './recovery.ts';

type OwnerActs = { readonly [K in OwnerOperation]: (asked: ParsedRequestOf<K>) => Promise<AnswerInputOf<K>> };

/** What the owner of the machine does about people, through the keeper: what administrators do in the pages, and the set-up. */
export function ownerActs(made: HandlerParts): OwnerActs {
  const { parts } = made;
  const { store, tools } = parts;
  const owner: Doer = { by: LOCAL, origin: tools.origins()[0] ?? '' };
  const called = (account: string): PersonAnswer => personCalled(made, account);
  return {
    'person.list': async () => ({ people: store.people() }),
    'person.invite': (asked) => invited(made, asked, owner),
    'person.change': ({ account, ...change }) => applied(parts, { id: called(account).id, ...change }, owner),
    'person.remove': ({ account }) => remove(parts, called(account).id, owner),
    'person.sessions': async ({ account }) => {
      const kept = store.sessions(account === undefined ? undefined : called(account).id);
      return { sessions: kept.flatMap((session) => shown(session, '') ?? []) };
    },
    'person.end-sessions': async ({ account }) => {
      const { id } = called(account);
      const ended = store.sessions(id).length;
      await parts.endAllOf(id);
      return { ended };
    },
    'person.emergency-codes': ({ account }) => codes(parts, called(account).id, owner),
    'site.name': async ({ name }) => {
      store.keepFact(SITE, name);
      return {};
    },
    'site.recovery-kept': async ({ lastCharacters }) => {
      const isRight = await isRecoveryEnd(tools.folder, lastCharacters);
      if (isRight) recoveryIsKept(tools.folder);
      return { isRight };
    },
  };
}

function personCalled({ parts }: HandlerParts, account: string): PersonAnswer {
  const person = parts.store.personByAccount(account);
  if (person === undefined) throw consoleFault('console.not-found', NOBODY);
  return person;
}

async function invited(
  made: HandlerParts,
  { account, displayName, role, language }: ParsedRequestOf<'person.invite'>,
  owner: Doer,
): Promise<AnswerInputOf<'person.invite'>> {
  const known = made.parts.store.personByAccount(account);
  if (known !== undefined) {
    if (role !== undefined && role !== known.role) throw consoleFault('console.conflict', OTHER_ROLE);
    return { person: known, ...(await invite(made.parts, known.id, owner)) };
  }
  if (role === undefined) throw consoleFault('console.bad-request', NO_ROLE);
  return add(made, { account, displayName: displayName ?? account, role, language }, owner);
}

const NOBODY = text(
  'Aucun compte de ce nom : person list les donne.',
  'No account of that name: person list gives them.',
);
const OTHER_ROLE = text(
  'Ce compte a un autre rôle : person role le change.',
  'That account has another role: person role changes it.',
);
const NO_ROLE = text(
  `Pour un nouveau compte, dites son rôle : ${ROLES.join(', ')}.`,
  `For a new account say its role: ${ROLES.join(', ')}.`,
);
