import type { ReactNode } from 'react';
import { Logo } from '../shell/logo.tsx';
import { LanguageSwitch, SchemeSwitch } from '../shell/menus.tsx';
import css from './people.module.css';

interface CardProps {
  readonly title: string;
  readonly lead?: string;
  readonly isWide?: boolean;
  readonly children: ReactNode;
}

/** What stands alone in the window: signing in, the lock, an invitation, the set-up. */
export function Card({ title, lead, isWide = false, children }: CardProps) {
  return (
    <div className={css.alone}>
      <div className={css.tools}>
        <SchemeSwitch />
        <LanguageSwitch />
      </div>
      <div className={isWide ? `${css.card} ${css.wide}` : css.card}>
        <div className={css.brand}>
          <Logo />
          <span>Leadglass</span>
        </div>
        <h1>{title}</h1>
        {lead === undefined ? null : <p className={css.lead}>{lead}</p>}
        {children}
      </div>
    </div>
  );
}
