import { Button } from '@mantine/core';
import { Icon } from '../kit/index.ts';
import { useMe } from '../shell/me.tsx';
import { useFormat, useWords } from '../words/index.ts';
import css from './people.module.css';
import { PEOPLE } from './words.ts';

interface SheetProps {
  readonly account: string;
  readonly codes: readonly string[];
  readonly onClose: () => void;
}

/** Ten codes and how to use them, to be printed and sealed. */
export function EmergencySheet({ account, codes, onClose }: SheetProps) {
  const words = useWords(PEOPLE);
  const format = useFormat();
  const { site } = useMe();
  return (
    <div className={css.sheet}>
      <p>
        <strong>{words.sheetFor(account, site)}</strong>
      </p>
      <p>{words.sheetHow}</p>
      <ol className={css.codes}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ol>
      <p>
        {words.sheetDate(format.date(Date.now()))} · {window.location.origin}
      </p>
      <p className={`${css.warning} ${css.noPrint}`}>{words.sheetNow}</p>
      <div className={`${css.buttons} ${css.noPrint}`}>
        <Button leftSection={<Icon name="print" size={16} />} onClick={() => window.print()}>
          {words.print}
        </Button>
        <Button variant="default" onClick={onClose}>
          {words.done}
        </Button>
      </div>
    </div>
  );
}
