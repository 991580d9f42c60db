import { SegmentedControl } from '@mantine/core';
import { useLocalStorage, useMediaQuery } from '@mantine/hooks';
import { useAsk, useLive } from '../client/index.ts';
import { Asked, EmptyState, Section } from '../kit/index.ts';
import { useWords } from '../words/index.ts';
import { FlowTable } from './flow-table.tsx';
import { FlowMap } from './map.tsx';
import { NOW } from './words.ts';

/** Without the stream the map is asked for: slower, and true all the same. */
const EVERY_MS = 5000;
/** Under this a map cannot be read. */
const NARROW = '(max-width: 760px)';

/** What is going through, as a map or as a table. */
export function Flows() {
  const words = useWords(NOW);
  const isNarrow = useMediaQuery(NARROW) === true;
  const [form, setForm] = useLocalStorage<string>({ key: 'leadglass.flows', defaultValue: 'map' });
  const live = useLive(({ state, flows }) => (state === 'live' ? flows : undefined));
  const asked = useAsk('flows', {}, { isEnabled: live === undefined, everyMs: EVERY_MS });
  const shown = isNarrow ? 'table' : form;
  const choice = (
    <SegmentedControl
      size="xs"
      aria-label={words.asWhat}
      value={shown}
      onChange={setForm}
      data={[
        { value: 'map', label: words.asMap },
        { value: 'table', label: words.asTable },
      ]}
    />
  );
  return (
    <Asked of={{ ...asked, data: live ?? asked.data }}>
      {(flows) => (
        <Section
          title={words.mapTitle}
          lead={words.mapLead(Math.round(flows.windowMs / 1000))}
          aside={isNarrow ? undefined : choice}
        >
          {flows.nodes.length <= 1 ? (
            <EmptyState icon="now" title={words.noNodes}>
              <p>{words.noNodesAdvice}</p>
            </EmptyState>
          ) : shown === 'table' ? (
            <FlowTable flows={flows} />
          ) : (
            <FlowMap flows={flows} />
          )}
        </Section>
      )}
    </Asked>
  );
}
