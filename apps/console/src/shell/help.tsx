import { Button, Switch } from '@mantine/core';
import { useState } from 'react';
import { Dialog } from '../kit/index.ts';
import { KIT } from '../kit/words.ts';
import { PAGES } from '../pages.ts';
import { useSay, useWords } from '../words/index.ts';
import { areLettersOn, setLetters } from './keys.ts';
import { maySee, useMe } from './me.tsx';
import css from './shell.module.css';
import { SHELL } from './words.ts';

function Line({ keys, says }: { readonly keys: readonly string[]; readonly says: string }) {
  return (
    <div className={css.keyLine}>
      <dt>
        {keys.map((key) => (
          <kbd key={key}>{key}</kbd>
        ))}
      </dt>
      <dd>{says}</dd>
    </div>
  );
}

/** What the keyboard can do here. */
export function Help({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) {
  const words = useWords(SHELL);
  const kit = useWords(KIT);
  const say = useSay();
  const role = useMe().person?.role;
  const [isOn, setOn] = useState(areLettersOn);
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={words.help}>
      <dl className={css.keys}>
        <Line keys={['Ctrl', 'K']} says={words.helpPalette} />
        <Line keys={['/']} says={words.helpPalette} />
        <Line keys={['?']} says={words.helpOpen} />
        {PAGES.filter((page) => page.nav !== undefined && maySee(page, role)).map((page) => (
          <Line key={page.path} keys={['g', page.nav?.key ?? '']} says={say(page.title)} />
        ))}
      </dl>
      <Switch
        label={words.helpLetters}
        description={words.helpLettersMeaning}
        checked={isOn}
        onChange={(event) => {
          setOn(event.currentTarget.checked);
          setLetters(event.currentTarget.checked);
        }}
      />
      <div className={css.right}>
        <Button variant="default" onClick={onClose}>
          {kit.close}
        </Button>
      </div>
    </Dialog>
  );
}
