import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { SearchBox } from '../journey/search-box.tsx';
import { EmptyState, PageFrame, Section } from '../kit/index.ts';
import { takeWords } from '../shell/handover.ts';
import { useWords } from '../words/index.ts';
import { IMAGES } from './words.ts';

/** Finds a study to be read. */
export function Page() {
  const words = useWords(IMAGES);
  const navigate = useNavigate();
  const [first] = useState(takeWords);
  return (
    <PageFrame title={words.title} lead={words.lead}>
      <Section>
        <SearchBox
          first={first}
          isWanted={({ kind }) => kind === 'study'}
          onOpen={({ id }) => void navigate({ to: '/images/$study', params: { study: id } })}
        />
      </Section>
      <EmptyState icon="images" title={words.teachTitle}>
        <p>{words.teach}</p>
      </EmptyState>
    </PageFrame>
  );
}
