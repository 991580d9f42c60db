import { useAsk } from '../client/index.ts';
import { Asked, PageFrame, Section } from '../kit/index.ts';
import { useWords } from '../words/index.ts';
import { SETTINGS } from './words.ts';

/** The settings in force. */
export function Page() {
  const words = useWords(SETTINGS);
  const asked = useAsk('config.show', {});
  return (
    <PageFrame title={words.title}>
      <Section title={words.inForce}>
        <Asked of={asked}>{({ source }) => <pre>{source}</pre>}</Asked>
      </Section>
    </PageFrame>
  );
}
