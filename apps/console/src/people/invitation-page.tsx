import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useMe } from '../shell/me.tsx';
import { useWords } from '../words/index.ts';
import { useDoing } from './act.ts';
import { openInvitation, whoNow } from './auth.ts';
import { Card } from './card.tsx';
import { EnrolAWay } from './enrol.tsx';
import { Failure } from './failure.tsx';
import css from './people.module.css';
import { SIGN } from './words.ts';

/** What follows `#`: no server saw it. */
function tokenOfAddress(): string {
  return window.location.hash.slice(1);
}

/** Whoever was invited opens the account, and enrols a way to sign in. */
export function Page() {
  const words = useWords(SIGN);
  const { person, how, isLocked } = useMe();
  const navigate = useNavigate();
  const [isOpened, setOpened] = useState(false);
  const isEnrolling = person !== undefined && how === 'set-up' && isLocked === true;
  const onDone = async () => {
    await whoNow();
    await navigate({ to: '/', replace: true });
  };
  if (isOpened || isEnrolling) {
    return (
      <Card title={words.chooseWay} lead={person?.displayName ?? ''}>
        <EnrolAWay onDone={onDone} />
      </Card>
    );
  }
  return (
    <Card title={words.invitation} lead={words.invitationLead}>
      <Opening onOpened={() => setOpened(true)} />
    </Card>
  );
}

function Opening({ onOpened }: { readonly onOpened: () => void }) {
  const words = useWords(SIGN);
  const [token] = useState(tokenOfAddress);
  const doing = useDoing();
  if (token === '') return <p className={css.refusal}>{words.noToken}</p>;
  const begin = () =>
    doing.run(async () => {
      await openInvitation(token);
      window.history.replaceState(null, '', window.location.pathname);
      await whoNow();
      onOpened();
    });
  return (
    <div className={css.form}>
      <Failure error={doing.error} />
      <Button size="md" loading={doing.isBusy} onClick={begin}>
        {words.begin}
      </Button>
    </div>
  );
}
