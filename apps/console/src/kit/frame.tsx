import { type ReactNode, useEffect, useRef } from 'react';
import css from './kit.module.css';

let isVisited = false;

interface PageFrameProps {
  readonly title: string;
  /** What the page is for, in a sentence. */
  readonly lead?: ReactNode;
  readonly actions?: ReactNode;
  /** Uses the whole width: maps and long tables. */
  readonly isWide?: boolean;
  readonly children: ReactNode;
}

/** What every page stands in: its one `h1`, which takes the focus when the page is entered, its actions, its content. */
export function PageFrame({ title, lead, actions, isWide = false, children }: PageFrameProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Leadglass`;
  }, [title]);
  useEffect(() => {
    // The first page of a visit begins at its top, with the skip link. After that whoever comes from the navigation is taken to the
    // heading, and a page that puts the focus somewhere itself knows better.
    const isInside = document.getElementById('content')?.contains(document.activeElement) === true;
    if (isVisited && !isInside) heading.current?.focus();
    isVisited = true;
  }, []);
  return (
    <div className={isWide ? `${css.page} ${css.wide}` : css.page}>
      <header className={css.head}>
        <div>
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {lead === undefined ? null : <p className={css.lead}>{lead}</p>}
        </div>
        {actions === undefined ? null : <div className={css.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}

interface SectionProps {
  readonly title?: string;
  readonly id?: string;
  /** Beside the title: a count, a switch. */
  readonly aside?: ReactNode;
  readonly lead?: ReactNode;
  readonly children: ReactNode;
}

/** A part of a page, with its `h2`. */
export function Section({ title, id, aside, lead, children }: SectionProps) {
  return (
    <section className={css.section} id={id} aria-label={title}>
      {title === undefined ? null : (
        <div className={css.sectionHead}>
          <div>
            <h2>{title}</h2>
            {lead === undefined ? null : <p className={css.note}>{lead}</p>}
          </div>
          {aside}
        </div>
      )}
      {children}
    </section>
  );
}

/** Words for a screen reader alone. */
export function Unseen({ children }: { readonly children: ReactNode }) {
  return <span className={css.hidden}>{children}</span>;
}

/** A sentence with names between backticks, set as they are typed. */
export function Ticked({ children }: { readonly children: string }) {
  return children.split('`').map((part, index) => {
    const key = `${index} ${part}`;
    return index % 2 === 1 ? <code key={key}>{part}</code> : <span key={key}>{part}</span>;
  });
}
