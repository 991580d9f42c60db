import { Button } from '@mantine/core';
import { Link, useParams } from '@tanstack/react-router';
import { EmptyState, Icon, PageFrame } from '../kit/index.ts';
import { useWords } from '../words/index.ts';
import { ChartView } from './chart-view.tsx';
import css from './emergency.module.css';
import { OpenPanel } from './open-panel.tsx';
import { Standing } from './standing.tsx';
import { type Opened, useOpened } from './use-opened.ts';
import { EMERGENCY } from './words.ts';

/** A chart's number as it stands in an address: no identifier of the patient. */
export function chartIn(param: string | undefined): number {
  return /^[1-9]\d{0,15}$/.test(param ?? '') ? Number(param) : 0;
}

/** One patient: why they are opened, then all that is known of them. */
export function Page() {
  const words = useWords(EMERGENCY);
  const { chart: param } = useParams({ strict: false });
  const chart = chartIn(param);
  const { opened, open, again, isBusy, error } = useOpened(chart);
  return (
    <PageFrame title={words.patient} isWide actions={<Actions again={again} isBusy={isBusy} />}>
      <Standing feeds={opened?.answer.chart.asOf} />
      {chart === 0 ? (
        <EmptyState icon="search" title={words.notAChart}>
          <Link to="/emergency">{words.back}</Link>
        </EmptyState>
      ) : opened === undefined ? (
        <OpenPanel chart={chart} isBusy={isBusy} error={error} onOpen={open} />
      ) : (
        <Open opened={opened} />
      )}
    </PageFrame>
  );
}

function Open({ opened }: { readonly opened: Opened }) {
  const words = useWords(EMERGENCY);
  const { isGlass, chart } = opened.answer;
  const { why, words: more = '' } = opened.asked;
  return (
    <>
      {isGlass ? (
        <p className={css.glass} role="note">
          <Icon name="warning" size={16} /> {words.glass}
        </p>
      ) : null}
      <ChartView chart={chart} atMs={opened.atMs} reason={more === '' ? why : more} />
    </>
  );
}

function Actions({ again, isBusy }: { readonly again: (() => void) | undefined; readonly isBusy: boolean }) {
  const words = useWords(EMERGENCY);
  return (
    <>
      {again === undefined ? null : (
        <>
          <Button variant="default" loading={isBusy} onClick={again}>
            {words.refresh}
          </Button>
          <Button variant="default" leftSection={<Icon name="print" size={16} />} onClick={() => window.print()}>
            {words.print}
          </Button>
        </>
      )}
      <Link to="/emergency" data-no-print>
        {words.back}
      </Link>
    </>
  );
}
