import type { AttributeRowAnswer, HoldAnswer } from '@leadglass/contract';
import { Button, Switch } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../client/index.ts';
import { Badge, DangerDialog, ErrorPanel, Loading, Section } from '../kit/index.ts';
import { useFormat, useWords } from '../words/index.ts';
import css from './holds.module.css';
import { HOLDS } from './words.ts';

const ROWS = 200;
const DEEPEST_SHOWN = 12;

/** The element tree of the held object, masked; in clear only for whoever says so, which the ledger tells. */
export function AttributesPanel({ hold }: { readonly hold: HoldAnswer }) {
  const words = useWords(HOLDS);
  const [isOpen, setOpen] = useState(false);
  const [isCopy, setCopy] = useState(false);
  const [isClear, setClear] = useState(false);
  const [isAsking, setAsking] = useState(false);
  return (
    <Section title={words.attributes} lead={words.attributesLead}>
      <div className={css.tools}>
        {isOpen ? null : (
          <Button variant="default" onClick={() => setOpen(true)}>
            {words.showAttributes}
          </Button>
        )}
        {isOpen && hold.copy === 'made' ? (
          <Switch label={words.ofCopy} checked={isCopy} onChange={(event) => setCopy(event.currentTarget.checked)} />
        ) : null}
        {isOpen ? (
          <Button variant="default" size="xs" onClick={() => (isClear ? setClear(false) : setAsking(true))}>
            {isClear ? words.hide : words.showClear}
          </Button>
        ) : null}
      </div>
      {isClear ? <p className={css.clear}>{words.isClear}</p> : null}
      {isOpen ? <Tree key={`${isCopy} ${isClear}`} sha256={hold.sha256} isCopy={isCopy} isClear={isClear} /> : null}
      <DangerDialog
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title={words.showClearTitle}
        act={words.showClear}
        isReasonNeeded={false}
        onAct={async () => setClear(true)}
      >
        <p>{words.showClearText}</p>
      </DangerDialog>
    </Section>
  );
}

interface TreeProps {
  readonly sha256: string;
  readonly isCopy: boolean;
  readonly isClear: boolean;
}

function Tree({ sha256, isCopy, isClear }: TreeProps) {
  const words = useWords(HOLDS);
  const asked = useInfiniteQuery({
    queryKey: ['hold.attributes', sha256, isCopy, isClear],
    queryFn: ({ pageParam, signal }) =>
      call('hold.attributes', { id: sha256, copy: isCopy, clear: isClear, first: pageParam, count: ROWS }, { signal }),
    initialPageParam: 0,
    getNextPageParam: ({ next }) => next,
    staleTime: 'static',
    // What was shown in clear is forgotten as soon as nobody sees it.
    gcTime: isClear ? 0 : 60_000,
    refetchOnWindowFocus: false,
    retry: false,
  });
  if (asked.isError) return <ErrorPanel error={asked.error} onRetry={() => void asked.refetch()} />;
  if (asked.data === undefined) return <Loading />;
  const { pages } = asked.data;
  const stoppedBy = pages.at(-1)?.stoppedBy ?? '';
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard.
    <section className={css.tree} tabIndex={0} aria-label={words.attributes}>
      <table>
        <thead>
          <tr>
            <th scope="col">{words.tag}</th>
            <th scope="col">{words.vr}</th>
            <th scope="col">{words.length}</th>
            <th scope="col">{words.value}</th>
          </tr>
        </thead>
        <tbody>
          {pages
            .flatMap(({ rows }) => rows)
            .map((row) => (
              <AttributeRow key={`${row.path} ${row.offset} ${row.kind}`} row={row} />
            ))}
        </tbody>
      </table>
      {stoppedBy === '' ? null : <p className={css.clear}>{words.stopped(stoppedBy)}</p>}
      {asked.hasNextPage ? (
        <Button size="xs" variant="default" loading={asked.isFetching} onClick={() => void asked.fetchNextPage()}>
          {words.moreRows}
        </Button>
      ) : null}
    </section>
  );
}

function AttributeRow({ row }: { readonly row: AttributeRowAnswer }) {
  const format = useFormat();
  const { depth, tag, keyword, vr, length, kind, path, findings } = row;
  return (
    <tr className={findings.length > 0 ? css.found : undefined}>
      <th scope="row" title={path}>
        <span style={{ paddingLeft: `${Math.min(depth, DEEPEST_SHOWN) * 16}px` }}>
          <code>{tag === '' ? kind : tag}</code> {keyword}
        </span>{' '}
        {findings.map((number) => (
          <Badge key={number} tone="warn">
            {number}
          </Badge>
        ))}
      </th>
      <td>{vr}</td>
      <td className={css.number}>{length < 0 ? '∞' : format.number(length)}</td>
      <td>
        <Value row={row} />
      </td>
    </tr>
  );
}

function Value({ row }: { readonly row: AttributeRowAnswer }) {
  const words = useWords(HOLDS);
  if (row.state === 'masked') return <span className={css.masked}>{words.masked}</span>;
  if (row.state === 'binary') return <span className={css.note}>{words.binary}</span>;
  return (
    <span className={css.value}>
      {row.value}
      {row.state === 'cut' ? '…' : ''}
    </span>
  );
}
