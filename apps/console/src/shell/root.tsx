import type { MeAnswer } from '@leadglass/contract';
import { Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { type ComponentType, useEffect, useState } from 'react';
import { onSession, queryClient, useAsk } from '../client/index.ts';
import { ErrorPanel, Loading, Toasts } from '../kit/index.ts';
import { loadLock, PAGES, SET_UP, SIGN_IN } from '../pages.ts';
import { isLanguageChosen, setLanguage } from '../words/index.ts';
import { Frame } from './frame.tsx';
import { MeProvider } from './me.tsx';
import css from './shell.module.css';

type LockScreen = ComponentType<{ readonly onUnlocked: () => void }>;

/** Where somebody has to go first; undefined when they may stay. */
export function detourOf(me: MeAnswer, path: string): string | undefined {
  const isOpen = PAGES.some((page) => page.roles === 'anyone' && page.path === path);
  if (isOpen) return undefined;
  if (me.setUp === 'needed') return SET_UP;
  return me.person === undefined ? SIGN_IN : undefined;
}

/** The lock screen while the session is locked; it is loaded before it is needed, since nothing may be asked then. */
function useLock(): readonly [LockScreen | undefined, () => void] {
  const [isLocked, setLocked] = useState(false);
  const [Screen, setScreen] = useState<LockScreen>();
  useEffect(() => {
    const heard = (news: string) => {
      if (news === 'signed-out') return void queryClient.resetQueries({ queryKey: ['me'] });
      // What was shown is forgotten, and not only hidden.
      queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'me' });
      setLocked(true);
    };
    return onSession(heard);
  }, []);
  useEffect(() => {
    void loadLock().then(({ Lock }) => setScreen(() => Lock));
  }, []);
  const unlock = () => {
    setLocked(false);
    void queryClient.invalidateQueries();
  };
  return [isLocked ? Screen : undefined, unlock];
}

/** Speaks the person's language, unless this browser was told another. */
function usePersonsLanguage(me: MeAnswer | undefined): void {
  const language = me?.person?.language;
  useEffect(() => {
    if (language !== undefined && !isLanguageChosen()) setLanguage(language, false);
  }, [language]);
}

/** Decides what is shown: lock, sign-in, set-up, or a page in its frame. */
export function Root() {
  const me = useAsk('me', {});
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const [Lock, unlock] = useLock();
  const detour = me.data === undefined ? undefined : detourOf(me.data, pathname);
  usePersonsLanguage(me.data);
  useEffect(() => {
    if (detour === undefined) return;
    const search = detour === SIGN_IN && pathname !== '/' ? { back: pathname } : {};
    void navigate({ to: detour, search, replace: true });
  }, [detour, pathname, navigate]);
  if (me.data === undefined) {
    return (
      <div className={css.alone}>
        {me.isError ? <ErrorPanel error={me.error} onRetry={() => void me.refetch()} /> : <Loading />}
      </div>
    );
  }
  if (Lock !== undefined) return <Lock onUnlocked={unlock} />;
  if (detour !== undefined) return <Loading />;
  const isBare =
    me.data.person === undefined || PAGES.some(({ path, roles }) => path === pathname && roles === 'anyone');
  return <MeProvider value={me.data}>{isBare ? <Bare /> : <Frame />}</MeProvider>;
}

/** A page without navigation: sign-in and set-up. */
function Bare() {
  return (
    <main id="content">
      <Outlet />
      <Toasts />
    </main>
  );
}
