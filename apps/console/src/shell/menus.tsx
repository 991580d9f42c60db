import { Menu, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { call, tellSession } from '../client/index.ts';
import { Icon } from '../kit/index.ts';
import { SIGN_IN } from '../pages.ts';
import { signOut } from '../people/auth.ts';
import { SIGN } from '../people/words.ts';
import { LANGUAGES, type Language, setLanguage, useLanguage, useSay, useWords } from '../words/index.ts';
import { useMe } from './me.tsx';
import css from './shell.module.css';
import { ROLE_WORDS, SHELL } from './words.ts';

/** Changes the language here, and for this person everywhere. */
function choose(language: Language, isSignedIn: boolean): void {
  setLanguage(language);
  // Not kept by the gateway: kept in this browser all the same.
  if (isSignedIn) call('me.language', { language }).catch(() => undefined);
}

/** The other language, one click away. */
export function LanguageSwitch() {
  const words = useWords(SHELL);
  const language = useLanguage();
  const isSignedIn = useMe().person !== undefined;
  const other = LANGUAGES.find((each) => each !== language) ?? 'en';
  return (
    <button
      type="button"
      className={css.tool}
      lang={other}
      title={words.toOther}
      onClick={() => choose(other, isSignedIn)}
    >
      <span aria-hidden="true">{other.toUpperCase()}</span>
      <span className={css.unseen}>{words.toOther}</span>
    </button>
  );
}

/** Light, dark, or as the system has it. */
export function SchemeSwitch() {
  const words = useWords(SHELL);
  // Without transitions being held back, for which Mantine writes a style element.
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  const next = { auto: 'light', light: 'dark', dark: 'auto' } as const;
  const said = { auto: words.schemeAuto, light: words.schemeLight, dark: words.schemeDark }[colorScheme];
  const label = `${words.scheme} · ${said}`;
  return (
    <button type="button" className={css.tool} title={label} onClick={() => setColorScheme(next[colorScheme])}>
      <Icon name={colorScheme === 'dark' ? 'moon' : 'sun'} />
      <span className={css.unseen}>{label}</span>
    </button>
  );
}

async function lock(): Promise<void> {
  await call('me.lock', {});
  tellSession('locked');
}

async function leave(): Promise<void> {
  await signOut().catch(() => undefined);
  // Nothing of this person stays in the page.
  window.location.assign(SIGN_IN);
}

/** Who is signed in, and what they can do about it. */
export function AccountMenu() {
  const words = useWords(SHELL);
  const sign = useWords(SIGN);
  const say = useSay();
  const navigate = useNavigate();
  const { person } = useMe();
  if (person === undefined) return null;
  const initials = person.displayName
    .split(/\s+/)
    .map((word) => word.slice(0, 1))
    .join('')
    .slice(0, 2)
    .toUpperCase();
  return (
    <Menu position="bottom-end" withinPortal={false}>
      <Menu.Target>
        <UnstyledButton className={css.account} aria-label={words.account(person.displayName, initials)}>
          {initials}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {person.displayName} · {say(ROLE_WORDS[person.role])}
        </Menu.Label>
        <Menu.Item onClick={() => void navigate({ to: '/account' })}>{words.myAccount}</Menu.Item>
        <Menu.Item onClick={() => void lock()}>{words.lock}</Menu.Item>
        <Menu.Item onClick={() => void leave()}>{sign.signOut}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
