import type { HoldAnswer } from '@leadglass/contract';
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../client/index.ts';
import { Asked, Section, Unseen } from '../kit/index.ts';
import { useMay } from '../shell/me.tsx';
import { useFormat, useSay, useWords } from '../words/index.ts';
import { hexRowsOf, offsetText } from './hex.ts';
import css from './holds.module.css';
import { SeverityMark } from './marks.tsx';
import { HOLDS } from './words.ts';

const [FEW, MANY] = [192, 1024];

/** What the inspectors saw, each with its bytes beside it. */
export function FindingsPanel({ hold }: { readonly hold: HoldAnswer }) {
  const words = useWords(HOLDS);
  return (
    <Section title={words.findings} lead={words.findingsLead}>
      {hold.findings.length === 0 ? <p className={css.note}>{words.noFindings}</p> : null}
      <ol className={css.findings}>
        {hold.findings.map((finding, at) => (
          <FindingItem
            // biome-ignore lint/suspicious/noArrayIndexKey: a finding is named by its number.
            key={at}
            hold={hold}
            finding={finding}
            number={at + 1}
          />
        ))}
      </ol>
    </Section>
  );
}

interface FindingProps {
  readonly hold: HoldAnswer;
  readonly finding: HoldAnswer['findings'][number];
  readonly number: number;
}

function FindingItem({ hold, finding, number }: FindingProps) {
  const words = useWords(HOLDS);
  const format = useFormat();
  const say = useSay();
  const may = useMay();
  const [isOpen, setOpen] = useState(false);
  const isThere = hold.state !== 'destroyed' && may('hold.hex');
  return (
    <li className={css.finding}>
      <div className={css.findingWords}>
        <div className={css.marks}>
          <SeverityMark severity={finding.severity} />
          <code>{finding.code}</code>
        </div>
        <p>{say(finding.text)}</p>
        <p className={css.note}>
          {finding.path === '' ? '' : words.at(finding.path)}{' '}
          {finding.offset < 0 ? '' : words.atOffset(format.number(finding.offset))}
        </p>
        {finding.cites === '' ? null : <p className={css.note}>{words.citing(finding.cites)}</p>}
        {isThere && !isOpen ? (
          <Button size="xs" variant="default" onClick={() => setOpen(true)}>
            {words.showBytes}
            <Unseen>{words.ofFinding(String(number))}</Unseen>
          </Button>
        ) : null}
      </div>
      {isOpen ? <Bytes sha256={hold.sha256} number={number} /> : null}
    </li>
  );
}

function Bytes({ sha256, number }: { readonly sha256: string; readonly number: number }) {
  const words = useWords(HOLDS);
  const [bytes, setBytes] = useState(FEW);
  const asked = useQuery({
    queryKey: ['hold.hex', sha256, number, bytes],
    queryFn: ({ signal }) => call('hold.hex', { id: sha256, at: { finding: number }, bytes }, { signal }),
    // Each look is in the ledger: bytes that do not change are not asked for twice.
    staleTime: 'static',
    refetchOnWindowFocus: false,
    retry: false,
  });
  return (
    <div className={css.bytes}>
      <Asked of={asked}>
        {(view) => (
          <>
            <HexView label={words.bytesOf(String(number))} view={view} />
            <p className={css.note}>
              {words.marked} {view.space === 'inflated' ? words.inInflated : ''}
            </p>
          </>
        )}
      </Asked>
      {bytes === FEW && asked.isSuccess ? (
        <Button size="compact-xs" variant="subtle" onClick={() => setBytes(MANY)}>
          {words.moreBytes}
        </Button>
      ) : null}
    </div>
  );
}

interface HexViewProps {
  readonly label: string;
  readonly view: Parameters<typeof hexRowsOf>[0];
}

function HexView({ label, view }: HexViewProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard.
    // biome-ignore lint/a11y/useSemanticElements: a region that scrolls, around preformatted text.
    <div role="region" aria-label={label} tabIndex={0} className={css.hex}>
      {hexRowsOf(view).map(({ offset, bytes }) => (
        <div key={offset} className={css.hexRow}>
          <span className={css.hexOffset}>{offsetText(offset)}</span>
          <span className={css.hexBytes}>
            {bytes.map(({ hex, isMarked }, at) =>
              // biome-ignore lint/suspicious/noArrayIndexKey: a byte is named by its place.
              isMarked ? <mark key={at}>{hex} </mark> : <span key={at}>{hex} </span>,
            )}
          </span>
          <span className={css.hexShown}>
            {bytes.map(({ shown, isMarked }, at) =>
              // biome-ignore lint/suspicious/noArrayIndexKey: a byte is named by its place.
              isMarked ? <mark key={at}>{shown}</mark> : <span key={at}>{shown}</span>,
            )}
          </span>
        </div>
      ))}
    </div>
  );
}
