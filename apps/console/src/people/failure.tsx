import { Button } from '@mantine/core';
import { ApiError } from '../client/index.ts';
import { ErrorPanel } from '../kit/index.ts';
import { SIGN_IN } from '../pages.ts';
import { useWords } from '../words/index.ts';
import { WAYS } from './words.ts';

/** Why it did not work; where a session is too old for it, the way to renew it. */
export function Failure({ error }: { readonly error: unknown }) {
  const words = useWords(WAYS);
  if (error === undefined) return null;
  const isOld = error instanceof ApiError && error.code === 'console.forbidden';
  return (
    <>
      <ErrorPanel error={error} />
      {isOld ? (
        <Button
          component="a"
          href={`${SIGN_IN}?back=${encodeURIComponent(window.location.pathname)}`}
          variant="default"
        >
          {words.signInAgain}
        </Button>
      ) : null}
    </>
  );
}
