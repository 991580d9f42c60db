import type { RegistrationAnswer } from '@leadglass/contract';
import { Button, NativeSelect } from '@mantine/core';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { Icon } from '../kit/index.ts';
import { useMe } from '../shell/me.tsx';
import { useFormat, useWords } from '../words/index.ts';
import { BarCode } from './bar-code.tsx';
import { DayTable } from './day-table.tsx';
import { bornOf, nameOf } from './facts.ts';
import css from './registration.module.css';
import { REGISTRATION } from './words.ts';

const COPIES = ['1', '2', '4', '6', '8'] as const;

interface SheetProps {
  readonly title: string;
  readonly onBack: () => void;
  readonly tools?: ReactNode;
  readonly children: ReactNode;
}

/** What is printed, as it will be on paper; what belongs to the screen alone is not. */
function Sheet({ title, onBack, tools, children }: SheetProps) {
  const words = useWords(REGISTRATION);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <div className={css.sheet}>
      <div className={css.sheetHead} data-no-print>
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        <div className={css.buttons}>
          {tools}
          <Button leftSection={<Icon name="print" size={16} />} onClick={() => window.print()}>
            {words.print}
          </Button>
          <Button variant="default" onClick={onBack}>
            {words.back}
          </Button>
        </div>
      </div>
      {children}
    </div>
  );
}

interface LabelsProps {
  readonly of: RegistrationAnswer;
  readonly onBack: () => void;
}

/** Labels of a registration: one for whoever it is, one for what is to be done, as often as asked. */
export function LabelSheet({ of, onBack }: LabelsProps) {
  const words = useWords(REGISTRATION);
  const [copies, setCopies] = useState<string>('2');
  const tools = (
    <NativeSelect
      aria-label={words.copies}
      value={copies}
      data={COPIES.map((value) => ({ value, label: `${words.copies} : ${value}` }))}
      onChange={(event) => setCopies(event.currentTarget.value)}
    />
  );
  const times = Array.from({ length: Number(copies) }, (_, index) => `${index}`);
  return (
    <Sheet title={words.labelsOf(of.number)} onBack={onBack} tools={tools}>
      <div className={css.labels} data-own-paper>
        {times.map((key) => (
          <PatientLabel key={`p${key}`} of={of} />
        ))}
        {times.map((key) => (
          <OrderLabel key={`o${key}`} of={of} />
        ))}
      </div>
    </Sheet>
  );
}

function PatientLabel({ of }: { readonly of: RegistrationAnswer }) {
  const words = useWords(REGISTRATION);
  const { language } = useFormat();
  return (
    <div className={css.label}>
      <strong className={css.labelName}>{nameOf(of)}</strong>
      <span>{[bornOf(of, language), of.sex ?? ''].filter((part) => part !== '').join(' · ')}</span>
      <BarCode value={of.number} />
      <span className={css.labelNumber}>
        {of.number} <small>{words.temporary}</small>
      </span>
    </div>
  );
}

function OrderLabel({ of }: { readonly of: RegistrationAnswer }) {
  const { language } = useFormat();
  return (
    <div className={css.label}>
      <strong className={css.labelName}>
        {of.modality} · {of.procedure}
      </strong>
      <span>{[nameOf(of), bornOf(of, language)].filter((part) => part !== '').join(' · ')}</span>
      <BarCode value={of.accession} />
      <span className={css.labelNumber}>
        {of.accession} <small>{of.station}</small>
      </span>
    </div>
  );
}

interface DaySheetProps {
  readonly rows: readonly RegistrationAnswer[];
  readonly onBack: () => void;
}

/** The list of the day, to be read where no screen is. */
export function DaySheet({ rows, onBack }: DaySheetProps) {
  const words = useWords(REGISTRATION);
  const format = useFormat();
  const { site } = useMe();
  const title = words.dayList(format.date(Date.now()));
  return (
    <Sheet title={title} onBack={onBack}>
      <div className={css.day}>
        <p className={css.dayHead}>
          {site} · {title} · {format.moment(Date.now())}
        </p>
        <DayTable rows={rows} />
      </div>
    </Sheet>
  );
}
