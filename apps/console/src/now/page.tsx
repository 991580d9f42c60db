import { PageFrame } from '../kit/index.ts';
import { useWords } from '../words/index.ts';
import { Pillars } from './pillars.tsx';
import { NOW } from './words.ts';

/** What goes on at this moment, and who is needed. */
export function Page() {
  return (
    <PageFrame title={useWords(NOW).title} isWide>
      <Pillars />
    </PageFrame>
  );
}
