import { PageFrame } from '../kit/index.ts';
import { useMay } from '../shell/me.tsx';
import { useWords } from '../words/index.ts';
import { Flows } from './flows.tsx';
import { Needs } from './needs.tsx';
import { News } from './news.tsx';
import { Pillars } from './pillars.tsx';
import { NOW } from './words.ts';

/** What goes on at this moment, and who is needed. */
export function Page() {
  const may = useMay();
  return (
    <PageFrame title={useWords(NOW).title} isWide>
      <Pillars />
      {may('needs') ? <Needs /> : null}
      {may('flows') ? <Flows /> : null}
      {may('log') ? <News /> : null}
    </PageFrame>
  );
}
