import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useAsk } from '../client/index.ts';
import { Ago, Asked, Badge, type Column, DataTable, EmptyState, PageFrame, Section } from '../kit/index.ts';
import { useMay } from '../shell/me.tsx';
import { useWords } from '../words/index.ts';
import { factsOf, keyOf, type PeerFacts } from './facts.ts';
import { IdentityBadge, Rights } from './parts.tsx';
import { PeerDialog } from './peer-form.tsx';
import { Strangers } from './strangers.tsx';
import { PEERS } from './words.ts';

function useColumns(): readonly Column<PeerFacts>[] {
  const words = useWords(PEERS);
  const may = useMay();
  const certificates = useAsk('cert.list', {}, { isEnabled: may('cert.list') }).data?.certificates;
  const title = ({ rule }: PeerFacts) => (
    <Link to="/peers/$title" params={{ title: rule.aeTitle }}>
      {rule.aeTitle}
    </Link>
  );
  const mode = ({ isObserved }: PeerFacts) => (
    <Badge tone={isObserved ? 'warn' : 'good'}>{isObserved ? words.observed : words.enforced}</Badge>
  );
  const seen = ({ use }: PeerFacts) =>
    use === undefined ? null : use === null ? words.never : <Ago at={use.lastMs} />;
  return [
    { id: 'title', title: words.aeTitle, width: '160px', cell: title },
    { id: 'from', title: words.from, width: '150px', cell: ({ rule }) => rule.from },
    { id: 'may', title: words.may, width: 'minmax(260px, 1fr)', cell: ({ rule }) => <Rights of={rule.allow} /> },
    {
      id: 'identity',
      title: words.identity,
      width: '230px',
      cell: ({ rule }) => <IdentityBadge rule={rule} certificates={certificates} />,
    },
    { id: 'mode', title: words.rules, width: '130px', cell: mode },
    { id: 'seen', title: words.seen, width: '170px', cell: seen },
  ];
}

function Allowed({ facts }: { readonly facts: readonly PeerFacts[] }) {
  const words = useWords(PEERS);
  const columns = useColumns();
  const empty = (
    <EmptyState icon="peers" title={words.none}>
      <p>{words.noneAdvice}</p>
    </EmptyState>
  );
  return (
    <Section title={words.allowed}>
      <DataTable label={words.allowed} columns={columns} rows={facts} keyOf={({ rule }) => keyOf(rule)} empty={empty} />
    </Section>
  );
}

/** Who knocked, who is allowed, and how sure it is who they are. */
export function Page() {
  const words = useWords(PEERS);
  const may = useMay();
  const [isAdding, setAdding] = useState(false);
  const asked = useAsk('peer.list', {});
  const policy = useAsk('policy.show', {}, { isEnabled: may('policy.show') }).data;
  const known = asked.data?.peers ?? [];
  const actions = (
    <>
      {may('policy.show') ? (
        <Button variant="default" renderRoot={(props: object) => <Link to="/learning" {...props} />}>
          {words.learn}
        </Button>
      ) : null}
      {may('peer.add') ? <Button onClick={() => setAdding(true)}>{words.add}</Button> : null}
    </>
  );
  return (
    <PageFrame title={words.title} lead={words.lead} actions={actions}>
      <Strangers known={known} />
      <Asked of={asked}>{({ peers }) => <Allowed facts={factsOf(peers, policy)} />}</Asked>
      <PeerDialog isOpen={isAdding} known={known} onDone={() => setAdding(false)} />
    </PageFrame>
  );
}
