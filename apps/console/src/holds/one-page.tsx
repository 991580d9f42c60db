import type { AnswerOf } from '@leadglass/contract';
import { Button } from '@mantine/core';
import { Link, useParams } from '@tanstack/react-router';
import { ApiError, useAsk } from '../client/index.ts';
import { Ago, Asked, EmptyState, Icon, PageFrame, Section } from '../kit/index.ts';
import { useMay } from '../shell/me.tsx';
import { useFormat, useSay, useWords } from '../words/index.ts';
import { AttributesPanel } from './attributes-panel.tsx';
import { DecidePanel } from './decide-panel.tsx';
import { FindingsPanel } from './findings-panel.tsx';
import css from './holds.module.css';
import { CopyMark, StateMark, VerdictMark } from './marks.tsx';
import { PicturePanel } from './picture-panel.tsx';
import { DELIVERIES, HOLDS } from './words.ts';

type Shown = AnswerOf<'hold.show'>;
const EVERY_MS = 10_000;

/** One held object: what was seen, what it looks like, what its copy changes, and the decision. */
export function Page() {
  const words = useWords(HOLDS);
  const { sha = '' } = useParams({ strict: false });
  const asked = useAsk('hold.show', { id: sha.slice(0, 128) }, { everyMs: EVERY_MS });
  const isUnknown = asked.error instanceof ApiError && asked.error.status === 404;
  return (
    <PageFrame title={words.one} actions={<Actions sha={sha} />} isWide>
      {isUnknown ? <Unknown sha={sha} /> : <Asked of={asked}>{(shown) => <Hold shown={shown} />}</Asked>}
    </PageFrame>
  );
}

function Actions({ sha }: { readonly sha: string }) {
  const words = useWords(HOLDS);
  return (
    <>
      {useMay()('journey') ? (
        <Link to="/journey/$id" params={{ id: sha }}>
          {words.journey}
        </Link>
      ) : null}
      <Button
        size="xs"
        variant="default"
        leftSection={<Icon name="print" size={14} />}
        onClick={() => window.print()}
        data-no-print
      >
        {words.print}
      </Button>
      <Link to="/holds">{words.title}</Link>
    </>
  );
}

function Unknown({ sha }: { readonly sha: string }) {
  const words = useWords(HOLDS);
  return (
    <EmptyState icon="holds" title={words.unknown}>
      <p>{words.unknownText}</p>
      <Link to="/journey/$id" params={{ id: sha }}>
        {words.journey}
      </Link>
    </EmptyState>
  );
}

function Hold({ shown }: { readonly shown: Shown }) {
  const may = useMay();
  const { hold } = shown;
  const isHere = hold.state !== 'destroyed';
  return (
    <>
      <Facts shown={shown} />
      <FindingsPanel hold={hold} />
      {isHere && may('hold.preview') ? <PicturePanel hold={hold} /> : null}
      {isHere && may('hold.attributes') ? <AttributesPanel hold={hold} /> : null}
      {hold.state === 'held' ? <DecidePanel shown={shown} /> : null}
    </>
  );
}

function Facts({ shown }: { readonly shown: Shown }) {
  const words = useWords(HOLDS);
  const format = useFormat();
  const say = useSay();
  const { hold, notices } = shown;
  return (
    <Section>
      <div className={css.marks}>
        <StateMark state={hold.state} />
        <VerdictMark verdict={hold.verdict} />
        <span>
          {words.peer} <strong>{hold.peer}</strong>, <Ago at={hold.heldAtMs} />
        </span>
        <span>
          {words.copy} <CopyMark copy={hold.copy} />
        </span>
      </div>
      {hold.reasons.map((reason) => (
        <p key={reason.en} className={css.reason}>
          {say(reason)}
        </p>
      ))}
      {hold.state === 'held' ? null : (
        <p>{words.decided(hold.decidedBy, format.moment(hold.decidedAtMs), hold.decisionReason)}</p>
      )}
      {notices.length === 0 ? null : (
        <div className={css.notices}>
          <h3>{words.notices}</h3>
          <ul>
            {notices.map((notice) => (
              <li key={notice.en}>{say(notice)}</li>
            ))}
          </ul>
        </div>
      )}
      <CopyDeliveries shown={shown} />
      <dl className={css.ids}>
        <dt>{words.digest}</dt>
        <dd>
          <code>{hold.sha256}</code>
        </dd>
        <dt>{words.instance}</dt>
        <dd>
          <code>{hold.sopInstanceUid}</code>
        </dd>
      </dl>
    </Section>
  );
}

function CopyDeliveries({ shown }: { readonly shown: Shown }) {
  const words = useWords(HOLDS);
  const say = useSay();
  if (shown.copyDeliveries.length === 0) return null;
  return (
    <p>
      {words.whereCopy(
        shown.copyDeliveries.map(({ destination, state }) => `${destination} (${say(DELIVERIES[state])})`).join(', '),
      )}
    </p>
  );
}
