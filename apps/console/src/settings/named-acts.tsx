import { Button } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { DangerDialog, Dialog, ErrorPanel } from '../kit/index.ts';
import css from './settings.module.css';

/** How a button of a list is shown. */
interface Look {
  readonly size?: 'xs';
  readonly 'data-no-print'?: boolean;
}

interface RemoveNamedProps {
  readonly name: string;
  readonly words: { readonly remove: string; readonly removeText: string; removeNamed(name: string): string };
  readonly look: Look;
  readonly onAct: () => Promise<void>;
}

/** Takes one of a list away, once somebody has said so twice. */
export function RemoveNamed({ name, words, look, onAct }: RemoveNamedProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button variant="default" aria-label={words.removeNamed(name)} onClick={() => setOpen(true)} {...look}>
        {words.remove}
      </Button>
      <DangerDialog
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title={words.removeNamed(name)}
        act={words.remove}
        isReasonNeeded={false}
        onAct={onAct}
      >
        <p>{words.removeText}</p>
      </DangerDialog>
    </>
  );
}

interface AddInDialogProps {
  readonly words: { readonly add: string; readonly addTitle: string };
  readonly look: Look;
  readonly children: (onClose: () => void) => ReactNode;
}

/** A button, and the dialog in which one more is added. */
export function AddInDialog({ words, look, children }: AddInDialogProps) {
  const [isOpen, setOpen] = useState(false);
  const onClose = () => setOpen(false);
  return (
    <>
      <Button onClick={() => setOpen(true)} {...look}>
        {words.add}
      </Button>
      <Dialog isOpen={isOpen} onClose={onClose} title={words.addTitle}>
        {children(onClose)}
      </Dialog>
    </>
  );
}

interface AddFootProps {
  readonly words: { readonly cancel: string; readonly addAct: string };
  readonly error: unknown;
  readonly isBusy: boolean;
  readonly isDisabled?: boolean;
  readonly onClose: () => void;
}

/** The end of a form that adds: what went wrong, and both ways out. */
export function AddFoot({ words, error, isBusy, isDisabled = false, onClose }: AddFootProps) {
  return (
    <>
      {error === undefined ? null : <ErrorPanel error={error} />}
      <div className={css.destinationActs}>
        <Button variant="default" onClick={onClose}>
          {words.cancel}
        </Button>
        <Button type="submit" loading={isBusy} disabled={isDisabled}>
          {words.addAct}
        </Button>
      </div>
    </>
  );
}
