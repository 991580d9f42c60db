import { ServiceSchema } from '@leadglass/contract';
import { Button, Checkbox, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Dialog, Diff, ErrorPanel } from '../kit/index.ts';
import { KIT } from '../kit/words.ts';
import { useSay, useWords } from '../words/index.ts';
import { admit } from './acts.ts';
import { keyOf, type Peer, type Service } from './facts.ts';
import { type Draft, draftOf, linesOf, peerOf } from './peer-draft.ts';
import { BindingFields } from './peer-limits.tsx';
import css from './peers.module.css';
import { LIMITS, PEER_FORM, RIGHTS } from './words.ts';

interface PeerFormProps {
  /** What the form begins with; a title and range that are given stay as they are. */
  readonly peer?: Partial<Peer>;
  readonly known: readonly Peer[];
  readonly onDone: () => void;
}

function useDraft({ peer = {}, known, onDone }: PeerFormProps) {
  const [draft, setDraft] = useState<Draft>(() => draftOf(peer));
  const [isTried, setTried] = useState(false);
  const [isReviewed, setReviewed] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const made = peerOf(draft, peer);
  const before = known.find((each) => keyOf(each) === keyOf({ aeTitle: draft.aeTitle, from: draft.from } as Peer));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (made.peer === undefined) return;
    if (before !== undefined && !isReviewed) return setReviewed(true);
    setBusy(true);
    admit(made.peer, known)
      .then(onDone, setError)
      .finally(() => setBusy(false));
  };
  const set = (change: Partial<Draft>) => {
    setReviewed(false);
    setDraft({ ...draft, ...change });
  };
  const wrong: ReadonlySet<string> = isTried ? (made.wrong ?? new Set()) : new Set();
  const reviewed =
    isReviewed && before !== undefined && made.peer !== undefined ? { before, after: made.peer } : undefined;
  return {
    draft,
    set,
    wrong,
    isBusy,
    error,
    submit,
    reviewed,
    needsReview: before !== undefined,
    back: () => setReviewed(false),
  };
}

function RightBoxes({
  allow,
  onChange,
}: {
  readonly allow: readonly Service[];
  readonly onChange: (to: readonly Service[]) => void;
}) {
  const words = useWords(PEER_FORM);
  const say = useSay();
  const toggle = (right: Service, isOn: boolean) => {
    onChange(ServiceSchema.options.filter((each) => (each === right ? isOn : allow.includes(each))));
  };
  return (
    <fieldset className={css.boxes}>
      <legend>{words.rights}</legend>
      {ServiceSchema.options.map((right) => (
        <Checkbox
          key={right}
          label={say(RIGHTS[right])}
          description={right}
          checked={allow.includes(right)}
          onChange={(event) => toggle(right, event.currentTarget.checked)}
        />
      ))}
    </fieldset>
  );
}

function PeerForm(props: PeerFormProps) {
  const words = useWords(PEER_FORM);
  const kit = useWords(KIT);
  const limits = useWords(LIMITS);
  const { draft, set, wrong, isBusy, error, submit, reviewed, needsReview, back } = useDraft(props);
  const isFixed = props.peer?.aeTitle !== undefined;
  const because = (field: string, why: string) => (wrong.has(field) ? why : undefined);
  if (reviewed !== undefined)
    return (
      <form className={css.form} onSubmit={submit} noValidate>
        <Diff label={limits.difference} before={linesOf(reviewed.before)} after={linesOf(reviewed.after)} />
        {error === undefined ? null : <ErrorPanel error={error} />}
        <div className={css.formFoot}>
          <Button variant="default" onClick={back}>
            {limits.back}
          </Button>
          <Button type="submit" loading={isBusy}>
            {words.save}
          </Button>
        </div>
      </form>
    );
  return (
    <form className={css.form} onSubmit={submit} noValidate>
      <TextInput
        label={words.aeTitle}
        description={words.aeTitleMeaning}
        value={draft.aeTitle}
        maxLength={16}
        readOnly={isFixed}
        error={because('aeTitle', words.badTitle)}
        onChange={(event) => set({ aeTitle: event.currentTarget.value })}
      />
      <TextInput
        label={words.from}
        description={words.fromMeaning}
        value={draft.from}
        maxLength={50}
        readOnly={isFixed}
        error={because('from', words.badFrom)}
        onChange={(event) => set({ from: event.currentTarget.value.trim() })}
      />
      <RightBoxes allow={draft.allow} onChange={(allow) => set({ allow })} />
      {wrong.has('allow') ? <p role="alert">{words.atLeastOne}</p> : null}
      <TextInput
        label={words.pin}
        description={words.pinMeaning}
        value={draft.certSha256}
        maxLength={95}
        error={because('certSha256', words.badPin)}
        onChange={(event) => set({ certSha256: event.currentTarget.value.replaceAll(':', '').trim().toLowerCase() })}
      />
      <BindingFields draft={draft} set={set} wrong={wrong} />
      {error === undefined ? null : <ErrorPanel error={error} />}
      <div className={css.formFoot}>
        <Button variant="default" onClick={props.onDone}>
          {kit.cancel}
        </Button>
        <Button type="submit" loading={isBusy}>
          {needsReview ? limits.review : words.save}
        </Button>
      </div>
    </form>
  );
}

interface PeerDialogProps extends PeerFormProps {
  readonly isOpen: boolean;
  /** Whether the rule is there already. */
  readonly isEdit?: boolean;
}

/** Adds a peer, or changes what one may do. */
export function PeerDialog({ isOpen, isEdit = false, ...props }: PeerDialogProps) {
  const words = useWords(PEER_FORM);
  const title = isEdit ? words.editTitle(props.peer?.aeTitle ?? '') : words.addTitle;
  return (
    <Dialog isOpen={isOpen} onClose={props.onDone} title={title}>
      <PeerForm {...props} />
    </Dialog>
  );
}
