import { Button } from '@mantine/core';
import { EmptyState } from '../kit/index.ts';
import { SIGN_IN } from '../pages.ts';
import { useWords } from '../words/index.ts';
import { SHELL } from './words.ts';

/** Nothing of the page is left; the way back is to sign in. */
export function Lock(_: { readonly onUnlocked: () => void }) {
  const words = useWords(SHELL);
  return (
    <main>
      <EmptyState icon="lock" title={words.lockedTitle}>
        <p>{words.lockedAdvice}</p>
        <Button component="a" href={SIGN_IN}>
          {words.lockedAgain}
        </Button>
      </EmptyState>
    </main>
  );
}
