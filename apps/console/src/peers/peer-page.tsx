import { useParams } from '@tanstack/react-router';
import { useAsk } from '../client/index.ts';
import { Asked, EmptyState, PageFrame, Section } from '../kit/index.ts';
import { useWords } from '../words/index.ts';
import { PEERS } from './words.ts';

/** One title: each range it may come from, and its rights. */
export function Page() {
  const words = useWords(PEERS);
  const { title = '' } = useParams({ strict: false });
  const asked = useAsk('peer.list', {});
  return (
    <PageFrame title={title}>
      <Asked of={asked}>
        {({ peers }) => {
          const rules = peers.filter(({ aeTitle }) => aeTitle === title);
          if (rules.length === 0) return <EmptyState icon="peers" title={words.unknown} />;
          return rules.map((rule) => (
            <Section key={rule.from} title={rule.from}>
              {rule.allow.join(', ')}
            </Section>
          ));
        }}
      </Asked>
    </PageFrame>
  );
}
