import { Button } from '@mantine/core';
import { useState } from 'react';
import { call, queryClient, useAsk } from '../client/index.ts';
import { SIGN_IN } from '../pages.ts';
import { MeProvider } from '../shell/me.tsx';
import { useWords } from '../words/index.ts';
import { signOut } from './auth.ts';
import { Card } from './card.tsx';
import { Enter } from './enter.tsx';
import { SIGN } from './words.ts';

/** While the session is locked: nothing of the page is left behind it, and the person shows again who they are. */
export function Lock({ onUnlocked }: { readonly onUnlocked: () => void }) {
  const words = useWords(SIGN);
  const me = useAsk('me', {});
  // Who it was: once somebody signs in, the answer is about them.
  const [before] = useState(() => me.data?.person);
  if (me.data === undefined) return null;
  const onDone = async () => {
    const now = await call('me', {});
    // Somebody else begins at the beginning, with nothing of the other's.
    if (now.person?.id !== before?.id) return window.location.assign('/');
    queryClient.setQueryData(['me', {}], now);
    onUnlocked();
  };
  const leave = () => signOut().finally(() => window.location.assign(SIGN_IN));
  return (
    <MeProvider value={me.data}>
      <main id="content">
        <Card title={words.lockedTitle} lead={words.lockedLead(before?.displayName ?? '')}>
          <Enter onDone={onDone} account={before?.account} />
          <Button variant="subtle" color="gray" onClick={() => void leave()}>
            {words.other}
          </Button>
        </Card>
      </main>
    </MeProvider>
  );
}
