import type { MeAnswer } from '@leadglass/contract';
import { Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { type ComponentType, useEffect, useState } from 'react';
import { onSession, queryClient, useAsk } from '../client/index.ts';
import { ErrorPanel, Loading, Toasts } from '../kit/index.ts';
import { INVITATION, loadLock, PAGES, SET_UP, SIGN_IN } from '../pages.ts';
import { IdleLock } from '../people/idle.tsx';
import { isLanguageChosen, setLanguage } from '../words/index.ts';
import { Frame } from './frame.tsx';
import { MeProvider } from './me.tsx';
import css from './shell.module.css';

type LockScreen = ComponentType<{ readonly onUnlocked: () => void }>;

/** Whether the page is there for whoever is not signed in. */
function isOpen(path: string): boolean {
  return PAGES.some((page) => page.roles === 'anyone' && page.path === path);
}

/** Where somebody has to go first; undefined when they may stay. */
export function detourOf(me: MeAnswer, path: string): string | undefined {
  if (isOpen(path)) return undefined;
  // Whoever came by a link has no way to sign in yet, and nothing else is open to them.
  if (me.isLocked === true && me.how === 'set-up') return me.setUp === 'needed' ? SET_UP : INVITATION;
  if (me.setUp === 'needed') return SET_UP;
  return me.person === undefined ? SIGN_IN : undefined;
}

/** The lock screen while the session is locked; it is loaded before it is needed, since nothing may be asked then. */
function useLock(isLockedThere: boolean): readonly [LockScreen | undefined, () => void] {
  const [isTold, setLocked] = useState(false);
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
  return [isTold || isLockedThere ? Screen : undefined, unlock];
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
  const [Lock, unlock] = useLock(me.data?.isLocked === true && me.data.how !== 'set-up');
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
  if (Lock !== undefined && !isOpen(pathname)) return <Lock onUnlocked={unlock} />;
  if (detour !== undefined) return <Loading />;
  const isBare = me.data.person === undefined || isOpen(pathname);
  return (
    <MeProvider value={me.data}>
      <IdleLock />
      {isBare ? <Bare /> : <Frame />}
    </MeProvider>
  );
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
