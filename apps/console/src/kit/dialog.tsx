import { Button, Textarea } from '@mantine/core';
import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { useWords } from '../words/index.ts';
import css from './kit.module.css';
import { ErrorPanel } from './states.tsx';
import { KIT } from './words.ts';

interface DialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly isWide?: boolean;
  readonly children: ReactNode;
}

/** The browser's own modal dialog: it keeps the focus inside, ends with Escape, and gives the focus back. */
export function Dialog({ isOpen, onClose, title, isWide = false, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const element = dialog.current;
    if (isOpen && element?.open === false) element.showModal();
    if (!isOpen && element?.open === true) element.close();
  }, [isOpen]);
  // The browser tells of a closing later, when this dialog, or another, may have been opened since: only a person's own
  // closing of what is open is told on.
  const closed = () => {
    if (isOpen && dialog.current?.open === false) onClose();
  };
  return (
    <dialog
      ref={dialog}
      className={isWide ? `${css.dialog} ${css.dialogWide}` : css.dialog}
      aria-labelledby={id}
      onClose={closed}
    >
      {isOpen ? (
        <div className={css.dialogBody}>
          <h2 id={id}>{title}</h2>
          {children}
        </div>
      ) : null}
    </dialog>
  );
}

interface DangerDialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly title: string;
  /** What will happen, and whether it can be undone. */
  readonly children: ReactNode;
  /** The word on the button: the act itself, never "OK". */
  readonly act: string;
  /** Does it; what it rejects with is shown, and the dialog stays. */
  readonly onAct: (reason: string) => Promise<unknown>;
  /** Whether a reason is asked for. */
  readonly isReasonNeeded?: boolean;
  /** False for what is confirmed because it reaches far, and takes nothing away. */
  readonly isDanger?: boolean;
}

const LEAST_REASON_CHARS = 3;
const MOST_REASON_CHARS = 500;

/** A dangerous act is confirmed with its name on the button, and says why. */
export function DangerDialog(props: DangerDialogProps) {
  const words = useWords(KIT);
  const { isOpen, onClose, title, children, act, isReasonNeeded = true, isDanger = true } = props;
  const { reason, setReason, error, isBusy, isComplaining, submit } = useDanger(props, isReasonNeeded);
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={title}>
      {children}
      {isReasonNeeded ? (
        <Textarea
          label={words.reason}
          description={words.reasonMeaning}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          maxLength={MOST_REASON_CHARS}
          error={isComplaining ? words.reasonNeeded : undefined}
          rows={3}
          data-autofocus
        />
      ) : null}
      {error === undefined ? null : <ErrorPanel error={error} />}
      <div className={css.buttons}>
        <Button variant="default" onClick={onClose}>
          {words.cancel}
        </Button>
        <Button color={isDanger ? 'red.8' : 'amber'} loading={isBusy} onClick={submit}>
          {act}
        </Button>
      </div>
    </Dialog>
  );
}

function useDanger({ isOpen, onAct, onClose }: DangerDialogProps, isReasonNeeded: boolean) {
  const [reason, setReason] = useState('');
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const [isComplaining, setComplaining] = useState(false);
  useEffect(() => {
    if (isOpen) return;
    setReason('');
    setError(undefined);
    setComplaining(false);
  }, [isOpen]);
  const submit = () => {
    if (isReasonNeeded && reason.trim().length < LEAST_REASON_CHARS) return setComplaining(true);
    setBusy(true);
    onAct(reason.trim())
      .then(onClose, setError)
      .finally(() => setBusy(false));
  };
  return { reason, setReason, error, isBusy, isComplaining, submit };
}
