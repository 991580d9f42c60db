import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import type { z } from 'zod';
import { type Answer, queryClient } from '../client/index.ts';
import { firstPageOf } from '../pages.ts';
import { useMe } from '../shell/me.tsx';
import { useWords } from '../words/index.ts';
import { whoNow } from './auth.ts';
import { Card } from './card.tsx';
import { Enter } from './enter.tsx';
import css from './people.module.css';
import { SearchSchema } from './search.ts';
import { SIGN } from './words.ts';

function useRefusal(code: z.output<typeof SearchSchema>['refused']): string | undefined {
  const words = useWords(SIGN);
  if (code === undefined) return undefined;
  const said = {
    no_role: words.noRole,
    account_taken: words.accountTaken,
    disabled: words.disabledThere,
    away: words.directoryFailed,
    failed: words.directoryFailed,
  };
  return said[code];
}

/** Where people come in. */
export function Page() {
  const words = useWords(SIGN);
  const { site } = useMe();
  const { back, refused } = SearchSchema.parse(useSearch({ strict: false }));
  const refusal = useRefusal(refused);
  const navigate = useNavigate();
  useEffect(() => {
    document.title = `${words.title} · Leadglass`;
  }, [words.title]);
  const onDone = async () => {
    await whoNow();
    const role = queryClient.getQueryData<Answer<'me'>>(['me', {}])?.person?.role;
    await navigate({ to: back ?? firstPageOf(role), replace: true });
  };
  return (
    <Card title={words.title} lead={words.lead(site)}>
      {refusal === undefined ? null : (
        <p className={css.refusal} role="alert">
          {refusal}
        </p>
      )}
      <Enter onDone={onDone} />
      <p className={css.foot}>{words.trouble}</p>
    </Card>
  );
}
