import type { PersonAnswer } from '@leadglass/contract';
import { Button } from '@mantine/core';
import { useState } from 'react';
import { useAsk } from '../client/index.ts';
import { Ago, Asked, Badge, type Column, DataTable, PageFrame } from '../kit/index.ts';
import { useMe } from '../shell/me.tsx';
import { ROLE_WORDS } from '../shell/words.ts';
import { useSay, useWords } from '../words/index.ts';
import { AddPerson } from './add-person.tsx';
import css from './people.module.css';
import { PersonActions } from './person-actions.tsx';
import { PersonDialogs, type Shown } from './person-dialogs.tsx';
import { PEOPLE } from './words.ts';

function useColumns(actions: (person: PersonAnswer) => React.ReactNode): readonly Column<PersonAnswer>[] {
  const words = useWords(PEOPLE);
  const say = useSay();
  const isRunning = useMe().person?.role === 'administrator';
  return [
    {
      id: 'name',
      title: words.name,
      width: 'minmax(150px, 1fr)',
      cell: (person) => <strong>{person.displayName}</strong>,
    },
    { id: 'account', title: words.account, width: '120px', cell: ({ account }) => account },
    { id: 'role', title: words.role, width: '130px', cell: ({ role }) => say(ROLE_WORDS[role]) },
    { id: 'ways', title: words.ways, width: 'minmax(170px, 1.3fr)', cell: (person) => <Ways person={person} /> },
    { id: 'state', title: words.state, width: '120px', cell: (person) => <State person={person} /> },
    {
      ...{ id: 'seen', title: words.seen, width: '120px' },
      cell: ({ lastSeenAtMs }) => (lastSeenAtMs === undefined ? words.never : <Ago at={lastSeenAtMs} />),
    },
    ...(isRunning ? [{ id: 'actions', title: '', width: '60px', isEnd: true, cell: actions }] : []),
  ];
}

function Ways({ person }: { readonly person: PersonAnswer }) {
  const words = useWords(PEOPLE);
  const ways = [
    ...(person.isFromDirectory ? [words.directory] : []),
    ...(person.passkeys > 0 ? [words.passkeys(person.passkeys)] : []),
    ...(person.hasTotp ? [words.totp] : []),
    ...(person.emergencyCodes > 0 ? [words.codes(person.emergencyCodes)] : []),
  ];
  return <>{ways.join(', ')}</>;
}

function State({ person }: { readonly person: PersonAnswer }) {
  const words = useWords(PEOPLE);
  if (person.isDisabled) return <Badge tone="bad">{words.disabled}</Badge>;
  const isHere = person.isFromDirectory || person.hasTotp || person.passkeys > 0 || person.emergencyCodes > 0;
  return isHere ? <Badge tone="good">{words.active}</Badge> : <Badge tone="warn">{words.invited}</Badge>;
}

/** Whether only one person could repair anything. */
function isAlone(people: readonly PersonAnswer[]): boolean {
  const administrators = people.filter(({ role, isDisabled }) => role === 'administrator' && !isDisabled);
  return administrators.length === 1 && administrators[0]?.emergencyCodes === 0;
}

/** Who may come in. */
export function Page() {
  const words = useWords(PEOPLE);
  const asked = useAsk('people.list', {});
  const [shown, setShown] = useState<Shown>();
  const [isAdding, setAdding] = useState(false);
  const columns = useColumns((person) => <PersonActions person={person} onShow={setShown} />);
  const isRunning = useMe().person?.role === 'administrator';
  const add = isRunning ? <Button onClick={() => setAdding(true)}>{words.add}</Button> : undefined;
  return (
    <PageFrame title={words.title} lead={words.lead} actions={add} isWide>
      <Asked of={asked}>
        {({ people }) => (
          <>
            {isAlone(people) ? <p className={css.warning}>{words.alone}</p> : null}
            <DataTable label={words.title} columns={columns} rows={people} keyOf={({ id }) => id} rowHeight={44} />
          </>
        )}
      </Asked>
      <AddPerson
        isOpen={isAdding}
        onClose={() => setAdding(false)}
        onAdded={(person, link) => setShown({ kind: 'link', person, link })}
      />
      <PersonDialogs shown={shown} onShow={setShown} />
    </PageFrame>
  );
}
