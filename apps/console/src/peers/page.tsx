import { Link } from '@tanstack/react-router';
import type { Answer } from '../client/index.ts';
import { useAsk } from '../client/index.ts';
import { Asked, type Column, DataTable, EmptyState, PageFrame } from '../kit/index.ts';
import { useWords } from '../words/index.ts';
import { PEERS } from './words.ts';

type Peer = Answer<'peer.list'>['peers'][number];

function useColumns(): readonly Column<Peer>[] {
  const words = useWords(PEERS);
  const title = (peer: Peer) => (
    <Link to="/peers/$title" params={{ title: peer.aeTitle }}>
      {peer.aeTitle}
    </Link>
  );
  return [
    { id: 'title', title: words.aeTitle, width: '180px', cell: title },
    { id: 'from', title: words.from, width: '180px', cell: ({ from }) => from },
    { id: 'may', title: words.may, width: 'minmax(200px, 1fr)', cell: ({ allow }) => allow.join(', ') },
  ];
}

/** Who is allowed. */
export function Page() {
  const words = useWords(PEERS);
  const asked = useAsk('peer.list', {});
  const columns = useColumns();
  const empty = (
    <EmptyState icon="peers" title={words.none}>
      <p>{words.noneAdvice}</p>
    </EmptyState>
  );
  return (
    <PageFrame title={words.title} lead={words.lead}>
      <Asked of={asked}>
        {({ peers }) => (
          <DataTable
            label={words.title}
            columns={columns}
            rows={peers}
            keyOf={({ aeTitle, from }) => `${aeTitle} ${from}`}
            empty={empty}
          />
        )}
      </Asked>
    </PageFrame>
  );
}
