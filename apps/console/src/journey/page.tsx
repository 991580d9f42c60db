import { Button, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { EmptyState, PageFrame, Section } from '../kit/index.ts';
import { takeWords } from '../shell/handover.ts';
import { useMay } from '../shell/me.tsx';
import { useWords } from '../words/index.ts';
import css from './journey.module.css';
import { SearchBox } from './search-box.tsx';
import { JOURNEY } from './words.ts';

/** What the gateway takes as an identifier, none of which names a patient. */
const ID = /^#?[0-9A-Za-z][0-9A-Za-z.-]{0,126}$/;

/** Finds what somebody asks about, and leads to its journey. */
export function Page() {
  const words = useWords(JOURNEY);
  const may = useMay();
  const navigate = useNavigate();
  const [first] = useState(takeWords);
  const open = (id: string) => void navigate({ to: '/journey/$id', params: { id } });
  return (
    <PageFrame title={words.title} lead={words.lead}>
      {may('journey.search') ? (
        <Section>
          <SearchBox first={first} onOpen={({ id }) => open(id)} />
        </Section>
      ) : null}
      {may('journey') ? (
        <Section title={words.directly}>
          <ById onOpen={open} />
        </Section>
      ) : null}
      <EmptyState icon="journey" title={words.teachTitle}>
        <p>{words.teach}</p>
      </EmptyState>
    </PageFrame>
  );
}

function ById({ onOpen }: { readonly onOpen: (id: string) => void }) {
  const words = useWords(JOURNEY);
  const [id, setId] = useState('');
  const [isBad, setBad] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const isId = ID.test(id.trim());
    setBad(!isId);
    if (isId) onOpen(id.trim());
  };
  return (
    <form className={css.byId} onSubmit={submit}>
      <TextInput
        label={words.identifier}
        description={words.directlyMeaning}
        value={id}
        onChange={(event) => setId(event.currentTarget.value)}
        error={isBad ? words.notAnId : undefined}
        maxLength={128}
        spellCheck={false}
        autoComplete="off"
      />
      <Button type="submit" variant="default">
        {words.open}
      </Button>
    </form>
  );
}
