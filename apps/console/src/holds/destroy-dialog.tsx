import { Button, Textarea, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { Dialog, ErrorPanel } from '../kit/index.ts';
import { useWords } from '../words/index.ts';
import css from './holds.module.css';
import { HOLDS } from './words.ts';

const TYPED_DIGITS = 8;
const [LEAST_REASON, MOST_REASON] = [3, 500];

interface DestroyDialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly sha256: string;
  readonly onAct: (reason: string) => Promise<unknown>;
  /** Another's request is approved: what it says, and the word on the button. The reason is theirs. */
  readonly approving?: { readonly text: string; readonly act: string };
}

/** What cannot be undone is confirmed by typing which object it is. */
export function DestroyDialog({ isOpen, onClose, sha256, onAct, approving }: DestroyDialogProps) {
  const words = useWords(HOLDS);
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  useEffect(() => {
    if (isOpen) return;
    setReason('');
    setTyped('');
    setError(undefined);
  }, [isOpen]);
  const digits = sha256.slice(0, TYPED_DIGITS);
  const isReasoned = approving !== undefined || reason.trim().length >= LEAST_REASON;
  const isReady = isReasoned && typed.trim().toLowerCase() === digits;
  const act = () => {
    setBusy(true);
    onAct(reason.trim())
      .then(onClose, setError)
      .finally(() => setBusy(false));
  };
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={words.destroyTitle}>
      <p>{approving?.text ?? words.destroyText}</p>
      {approving === undefined ? (
        <Textarea
          label={words.reason}
          description={words.reasonMeaning}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          maxLength={MOST_REASON}
          rows={3}
        />
      ) : null}
      <TextInput
        label={words.destroyType(digits)}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        maxLength={TYPED_DIGITS}
        autoComplete="off"
        spellCheck={false}
      />
      {error === undefined ? null : <ErrorPanel error={error} />}
      <div className={css.buttons}>
        <Button variant="default" onClick={onClose}>
          {words.cancel}
        </Button>
        <Button color="red" disabled={!isReady} loading={isBusy} onClick={act}>
          {approving?.act ?? words.destroyAct}
        </Button>
      </div>
    </Dialog>
  );
}
