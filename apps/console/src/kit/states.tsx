import { Button } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { ApiError } from '../client/index.ts';
import { useSay, useWords } from '../words/index.ts';
import { Icon, type IconName } from './icons.tsx';
import css from './kit.module.css';
import { KIT } from './words.ts';

interface EmptyStateProps {
  readonly icon?: IconName;
  readonly title: string;
  /** What it would show, and how to make it so: an empty page teaches. */
  readonly children?: ReactNode;
}

/** What stands where there is nothing yet. */
export function EmptyState({ icon = 'information', title, children }: EmptyStateProps) {
  return (
    <div className={css.empty}>
      <Icon name={icon} size={32} />
      <h3>{title}</h3>
      {children}
    </div>
  );
}

interface ErrorPanelProps {
  readonly error: unknown;
  readonly onRetry?: (() => void) | undefined;
}

/** What went wrong and what to do, in the words of the gateway; with its code, for whoever is asked. */
export function ErrorPanel({ error, onRetry }: ErrorPanelProps) {
  const words = useWords(KIT);
  const say = useSay();
  const known = error instanceof ApiError ? error : undefined;
  return (
    <div className={css.error} role="alert">
      <h3>
        <Icon name="warning" />
        {words.failed}
      </h3>
      <p>{known === undefined ? words.unexpected : say(known.text)}</p>
      <ul hidden={(known?.problems.length ?? 0) === 0}>
        {known?.problems.map(({ path, message }) => (
          <li key={`${path} ${message}`}>
            {path} {message}
          </li>
        ))}
      </ul>
      <span className={css.code}>{words.code(known?.code ?? String(error).slice(0, 200))}</span>
      {onRetry === undefined ? null : (
        <Button size="xs" variant="default" onClick={onRetry}>
          {words.again}
        </Button>
      )}
    </div>
  );
}

/** While something is on its way. */
export function Loading() {
  return (
    <div className={css.skeleton} role="status">
      {useWords(KIT).loading}
    </div>
  );
}

interface AskedProps<T> {
  readonly of: {
    readonly data: T | undefined;
    readonly isError: boolean;
    readonly error: unknown;
    readonly refetch: () => unknown;
  };
  readonly children: (answer: T) => ReactNode;
}

/** What was asked (`useAsk`): on its way, failed, or there. What is there stays while it is asked again. */
export function Asked<T>({ of, children }: AskedProps<T>) {
  if (of.data !== undefined) return <>{children(of.data)}</>;
  if (of.isError) return <ErrorPanel error={of.error} onRetry={() => void of.refetch()} />;
  return <Loading />;
}

/** Keeps a page's own error from taking the navigation with it. */
export class Boundary extends Component<{ readonly children: ReactNode }, { readonly error: unknown }> {
  override state = { error: undefined };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render(): ReactNode {
    if (this.state.error === undefined) return this.props.children;
    return <ErrorPanel error={this.state.error} onRetry={() => this.setState({ error: undefined })} />;
  }
}
