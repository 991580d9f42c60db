import type { SessionAnswer } from '@leadglass/contract';
import { Button } from '@mantine/core';
import { useAct } from '../client/index.ts';
import { Ago, Badge, type Column, DataTable } from '../kit/index.ts';
import { useWords } from '../words/index.ts';
import { Failure } from './failure.tsx';
import { WAYS } from './words.ts';

/** How somebody signed in, in a word or two. */
export function useMethodWords(): Readonly<Record<SessionAnswer['how'], string>> {
  const words = useWords(WAYS);
  return {
    passkey: words.methodPasskey,
    'password-totp': words.methodTotp,
    oidc: words.methodOidc,
    'emergency-code': words.methodEmergency,
    'set-up': words.methodSetUp,
  };
}

interface SessionTableProps {
  readonly sessions: readonly SessionAnswer[];
  readonly hasAccounts: boolean;
}

/** Sessions, each with the button that ends it. */
export function SessionTable({ sessions, hasAccounts }: SessionTableProps) {
  const words = useWords(WAYS);
  const methods = useMethodWords();
  const end = useAct('session.end');
  const button = ({ id, isThis }: SessionAnswer) =>
    isThis ? (
      <Badge tone="good">{words.thisOne}</Badge>
    ) : (
      <Button size="compact-xs" variant="default" loading={end.isPending} onClick={() => end.mutate({ id })}>
        {words.end}
      </Button>
    );
  const account: Column<SessionAnswer> = { id: 'who', title: words.who, width: '140px', cell: (row) => row.account };
  const columns: readonly Column<SessionAnswer>[] = [
    ...(hasAccounts ? [account] : []),
    { id: 'how', title: words.how, width: 'minmax(140px, 1fr)', cell: ({ how }) => methods[how] },
    { id: 'agent', title: words.agent, width: 'minmax(120px, 1fr)', cell: ({ agent }) => agent },
    { id: 'address', title: words.where, width: '140px', cell: ({ address }) => address },
    { id: 'since', title: words.since, width: '130px', cell: ({ beganAtMs }) => <Ago at={beganAtMs} /> },
    { id: 'seen', title: words.lastSeen, width: '130px', cell: ({ lastSeenAtMs }) => <Ago at={lastSeenAtMs} /> },
    { id: 'end', title: '', width: '110px', isEnd: true, cell: button },
  ];
  return (
    <>
      <Failure error={end.error ?? undefined} />
      <DataTable label={words.sessions} columns={columns} rows={sessions} keyOf={({ id }) => id} height={320} />
    </>
  );
}
