import type { RegistrationAnswer } from '@leadglass/contract';
import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { Badge } from '../kit/index.ts';
import { useFormat, useWords } from '../words/index.ts';
import { bornOf, nameOf } from './facts.ts';
import css from './registration.module.css';
import { REGISTRATION } from './words.ts';

interface DayTableProps {
  readonly rows: readonly RegistrationAnswer[];
  /** What may be done with one; nothing on paper. */
  readonly acts?: (one: RegistrationAnswer) => ReactNode;
}

/** The registrations of a day, on the screen and on paper. */
export function DayTable({ rows, acts }: DayTableProps) {
  const words = useWords(REGISTRATION);
  return (
    <table className={css.table}>
      <thead>
        <tr>
          <th scope="col">{words.at}</th>
          <th scope="col">{words.name}</th>
          <th scope="col">{words.born}</th>
          <th scope="col">{words.order}</th>
          <th scope="col">{words.device}</th>
          <th scope="col">{words.number}</th>
          <th scope="col">{words.accession}</th>
          <th scope="col">{words.state}</th>
          {acts === undefined ? null : <th scope="col">{words.acts}</th>}
        </tr>
      </thead>
      <tbody>
        {rows.map((one) => (
          <DayRow key={one.number} one={one} acts={acts?.(one)} />
        ))}
      </tbody>
    </table>
  );
}

function DayRow({ one, acts }: { readonly one: RegistrationAnswer; readonly acts: ReactNode }) {
  const words = useWords(REGISTRATION);
  const format = useFormat();
  const isOpen = one.state === 'open';
  return (
    <tr className={isOpen ? undefined : css.gone}>
      <td data-label={words.at}>{format.time(one.atMs, one.atMs).slice(0, 5)}</td>
      <td data-label={words.name}>
        <strong>{nameOf(one)}</strong>
      </td>
      <td data-label={words.born}>{bornOf(one, format.language)}</td>
      <td data-label={words.order}>
        {one.modality} · {one.procedure}
      </td>
      <td data-label={words.device}>{one.station}</td>
      <td data-label={words.number} className={css.mono}>
        {one.number}
      </td>
      <td data-label={words.accession} className={css.mono}>
        {one.accession}
      </td>
      <td data-label={words.state}>
        <Badge tone={isOpen ? 'good' : 'calm'}>{isOpen ? words.isOpen : words.isCancelled}</Badge>
        {one.isPulled === true ? ` ${words.isPulled}` : null}
      </td>
      {acts === undefined ? null : <td className={css.acts}>{acts}</td>}
    </tr>
  );
}

interface RowActsProps {
  readonly one: RegistrationAnswer;
  readonly onLabels: () => void;
  readonly onCorrect: () => void;
  readonly onCancel: () => void;
}

export function RowActs({ one, onLabels, onCorrect, onCancel }: RowActsProps) {
  const words = useWords(REGISTRATION);
  if (one.state !== 'open') return null;
  return (
    <>
      <Button size="compact-sm" variant="default" onClick={onLabels} aria-label={words.labelsOf(one.number)}>
        {words.labels}
      </Button>
      {one.isPulled === true ? null : (
        <>
          <Button size="compact-sm" variant="default" onClick={onCorrect} aria-label={words.correctOf(one.number)}>
            {words.correct}
          </Button>
          <Button size="compact-sm" variant="default" onClick={onCancel} aria-label={words.cancelOf(one.number)}>
            {words.cancel}
          </Button>
        </>
      )}
    </>
  );
}
