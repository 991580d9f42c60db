import { PeerSchema, ServiceSchema } from '@leadglass/contract';
import { Button, Checkbox, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Dialog, ErrorPanel } from '../kit/index.ts';
import { KIT } from '../kit/words.ts';
import { useSay, useWords } from '../words/index.ts';
import { admit } from './acts.ts';
import type { Peer, Service } from './facts.ts';
import css from './peers.module.css';
import { PEER_FORM, RIGHTS } from './words.ts';

interface PeerFormProps {
  /** What the form begins with; a title and range that are given stay as they are. */
  readonly peer?: Partial<Peer>;
  readonly known: readonly Peer[];
  readonly onDone: () => void;
}

interface Draft {
  readonly aeTitle: string;
  readonly from: string;
  readonly certSha256: string;
  readonly allow: readonly Service[];
}

const FIRST_RIGHTS: readonly Service[] = ['echo', 'store'];

/** The fields that are wrong, by name. */
function wrongOf(draft: Draft): ReadonlySet<string> {
  const { aeTitle, from, allow, certSha256 } = PeerSchema.shape;
  const wrong = new Set<string>();
  if (!aeTitle.safeParse(draft.aeTitle).success) wrong.add('aeTitle');
  if (!from.safeParse(draft.from).success) wrong.add('from');
  if (!allow.safeParse(draft.allow).success) wrong.add('allow');
  if (draft.certSha256 !== '' && !certSha256.safeParse(draft.certSha256).success) wrong.add('certSha256');
  return wrong;
}

/** The peer a draft describes: what the form does not show stays as it was. */
function peerOf(draft: Draft, before: Partial<Peer>): Peer {
  const { certSha256: _, ...rest } = before;
  const pin = draft.certSha256 === '' ? {} : { certSha256: draft.certSha256 };
  return PeerSchema.parse({ ...rest, aeTitle: draft.aeTitle, from: draft.from, allow: draft.allow, ...pin }) as Peer;
}

function useDraft({ peer = {}, known, onDone }: PeerFormProps) {
  const [draft, setDraft] = useState<Draft>({
    aeTitle: peer.aeTitle ?? '',
    from: peer.from ?? '',
    certSha256: peer.certSha256 ?? '',
    allow: peer.allow ?? FIRST_RIGHTS,
  });
  const [isTried, setTried] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const wrong = wrongOf(draft);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (wrong.size > 0) return;
    setBusy(true);
    admit(peerOf(draft, peer), known)
      .then(onDone, setError)
      .finally(() => setBusy(false));
  };
  const set = (change: Partial<Draft>) => setDraft({ ...draft, ...change });
  return { draft, set, wrong: isTried ? wrong : new Set<string>(), isBusy, error, submit };
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
  const { draft, set, wrong, isBusy, error, submit } = useDraft(props);
  const isFixed = props.peer?.aeTitle !== undefined;
  const because = (field: string, why: string) => (wrong.has(field) ? why : undefined);
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
      {error === undefined ? null : <ErrorPanel error={error} />}
      <div className={css.formFoot}>
        <Button variant="default" onClick={props.onDone}>
          {kit.cancel}
        </Button>
        <Button type="submit" loading={isBusy}>
          {words.save}
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
