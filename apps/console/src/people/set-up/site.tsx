import { Button, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { CopyCommand } from '../../kit/index.ts';
import { LANGUAGES, setLanguage, useLanguage, useWords } from '../../words/index.ts';
import css from '../people.module.css';
import { siteCommand } from './commands.ts';
import { SET } from './words.ts';

/** Language, and what the site is called. */
export function SiteStep({ onNext }: { readonly onNext: (site: string) => void }) {
  const words = useWords(SET);
  const language = useLanguage();
  const [site, setSite] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onNext(site.trim());
  };
  return (
    <form onSubmit={submit} className={css.form}>
      <h2>{words.stepSite}</h2>
      <fieldset className={css.choices}>
        <legend>{words.language}</legend>
        {LANGUAGES.map((each) => (
          <label key={each} className={language === each ? `${css.choice} ${css.chosen}` : css.choice} lang={each}>
            <input type="radio" name="language" checked={language === each} onChange={() => setLanguage(each)} />
            {each === 'fr' ? 'Français' : 'English'}
          </label>
        ))}
      </fieldset>
      <TextInput
        label={words.site}
        description={words.siteMeaning}
        value={site}
        onChange={(event) => setSite(event.currentTarget.value)}
        maxLength={100}
        required
      />
      <CopyCommand command={siteCommand(site.trim())} />
      <Button type="submit">{words.next}</Button>
    </form>
  );
}
