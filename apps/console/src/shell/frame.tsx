import { Link, Outlet, useMatches, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useLive } from '../client/index.ts';
import { Boundary, EmptyState, Icon, PageFrame, Toasts } from '../kit/index.ts';
import { KIT } from '../kit/words.ts';
import { PAGES } from '../pages.ts';
import { useFormat, useSay, useWords } from '../words/index.ts';
import { Help } from './help.tsx';
import { useKeys } from './keys.ts';
import { Logo } from './logo.tsx';
import { maySee, useMay, useMe } from './me.tsx';
import { AccountMenu, LanguageSwitch, SchemeSwitch } from './menus.tsx';
import { Palette } from './palette.tsx';
import { PrintHead } from './print-head.tsx';
import css from './shell.module.css';
import { SHELL } from './words.ts';

function Navigation() {
  const words = useWords(SHELL);
  const say = useSay();
  const role = useMe().person?.role;
  const needs = useLive(({ needs }) => needs?.count ?? 0);
  return (
    <nav className={css.nav} aria-label={words.navigation}>
      {PAGES.filter((page) => page.nav !== undefined && maySee(page, role)).map((page) => (
        <Link key={page.path} to={page.path} className={css.link} activeOptions={{ exact: page.path === '/' }}>
          <Icon name={page.nav?.icon ?? 'information'} />
          <span>{say(page.title)}</span>
          {page.path === '/' && needs > 0 ? (
            <span className={css.count}>
              <span aria-hidden="true">{needs}</span>
              <span className={css.unseen}>{words.toDo(needs)}</span>
            </span>
          ) : null}
        </Link>
      ))}
    </nav>
  );
}

/** Says, in the bar, when what is live is not: nobody may take an old map for the present. */
function LiveState() {
  const words = useWords(SHELL);
  const format = useFormat();
  const state = useLive((live) => live.state);
  const lastMs = useLive((live) => (live.state === 'stale' ? live.lastMs : 0));
  if (state === 'stale') {
    return (
      <span className={css.stale} role="status">
        <Icon name="warning" size={16} />
        {lastMs === 0 ? words.offline : words.stale(format.time(lastMs, Date.now()))}
      </span>
    );
  }
  return (
    <span className={state === 'live' ? css.live : css.connecting}>
      {state === 'live' ? words.live : words.connecting}
    </span>
  );
}

function Bar({ onPalette, onHelp }: { readonly onPalette: () => void; readonly onHelp: () => void }) {
  const words = useWords(SHELL);
  const { site } = useMe();
  return (
    <header className={css.bar}>
      <Link to="/" className={css.brand} aria-label={words.home}>
        <Logo />
        <span className={css.brandName}>Leadglass</span>
      </Link>
      <span className={css.site}>{site}</span>
      <button type="button" className={css.searchButton} onClick={onPalette}>
        <Icon name="search" size={16} />
        <span>{words.search}</span>
        <kbd>Ctrl K</kbd>
      </button>
      <div className={css.tools}>
        {useMay()('flows') ? <LiveState /> : null}
        <button type="button" className={css.tool} title={words.help} onClick={onHelp}>
          <Icon name="keyboard" />
          <span className={css.unseen}>{words.help}</span>
        </button>
        <SchemeSwitch />
        <LanguageSwitch />
        <AccountMenu />
      </div>
    </header>
  );
}

function NotAllowed() {
  const words = useWords(KIT);
  return (
    <PageFrame title={words.notAllowed}>
      <EmptyState icon="lock" title={words.notAllowed}>
        <p>{words.notAllowedAdvice}</p>
      </EmptyState>
    </PageFrame>
  );
}

/** The page, for whom it is; a page that does not exist says so itself. */
function Content() {
  const role = useMe().person?.role;
  const path = useMatches().at(-1)?.fullPath;
  const page = PAGES.find((each) => each.path === path);
  return page !== undefined && !maySee(page, role) ? <NotAllowed /> : <Outlet />;
}

/** Bar, navigation, and the page between them. */
export function Frame() {
  const words = useWords(SHELL);
  const me = useMe();
  const navigate = useNavigate();
  const [open, setOpen] = useState<'palette' | 'help' | undefined>();
  const close = () => setOpen(undefined);
  const onGo = (letter: string) => {
    const page = PAGES.find((each) => each.nav?.key === letter && maySee(each, me.person?.role));
    if (page !== undefined) void navigate({ to: page.path });
  };
  useKeys({ onPalette: () => setOpen('palette'), onHelp: () => setOpen('help'), onGo });
  return (
    <div className={css.frame}>
      <a className={css.skip} href="#content">
        {words.skip}
      </a>
      <Bar onPalette={() => setOpen('palette')} onHelp={() => setOpen('help')} />
      <PrintHead />
      {me.isDemo ? <p className={css.demo}>{words.demo}</p> : null}
      <Navigation />
      <main id="content" className={css.content} tabIndex={-1}>
        <Boundary>
          <Content />
        </Boundary>
      </main>
      <Palette isOpen={open === 'palette'} onClose={close} />
      <Help isOpen={open === 'help'} onClose={close} />
      <Toasts />
    </div>
  );
}
