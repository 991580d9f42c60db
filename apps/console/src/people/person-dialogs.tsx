import type { PersonAnswer } from '@leadglass/contract';
import { Button } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { useRef, useState } from 'react';
import { useAct } from '../client/index.ts';
import { DangerDialog, Dialog } from '../kit/index.ts';
import { useWords } from '../words/index.ts';
import { EmergencySheet } from './emergency-sheet.tsx';
import { Failure } from './failure.tsx';
import css from './people.module.css';
import { QrCode } from './qr.tsx';
import { RoleChoice } from './role-choice.tsx';
import { PEOPLE } from './words.ts';

/** Which dialog is open, about whom. */
export type Shown =
  | { readonly kind: 'role' | 'disable' | 'enable' | 'invite' | 'codes' | 'remove'; readonly person: PersonAnswer }
  | { readonly kind: 'link'; readonly person: PersonAnswer; readonly link: string }
  | { readonly kind: 'sheet'; readonly person: PersonAnswer; readonly codes: readonly string[] };

interface DialogsProps {
  readonly shown: Shown | undefined;
  readonly onShow: (shown: Shown | undefined) => void;
}

/** The dialogs of the page of people, one at a time. */
export function PersonDialogs({ shown, onShow }: DialogsProps) {
  const words = useWords(PEOPLE);
  const close = () => onShow(undefined);
  if (shown === undefined) return null;
  const { kind, person } = shown;
  if (kind === 'role') {
    return (
      <Dialog isOpen onClose={close} title={words.changeRole}>
        <ChangeRole person={person} onClose={close} />
      </Dialog>
    );
  }
  if (kind === 'link') {
    return (
      <Dialog isOpen onClose={close} title={words.linkTitle(person.displayName)}>
        <InvitationLink link={shown.link} onClose={close} />
      </Dialog>
    );
  }
  if (kind === 'sheet') {
    return (
      <Dialog isOpen onClose={close} title={words.sheetTitle} isWide>
        <EmergencySheet account={person.account} codes={shown.codes} onClose={close} />
      </Dialog>
    );
  }
  return <Confirm kind={kind} person={person} onShow={onShow} />;
}

interface ConfirmProps {
  readonly kind: 'disable' | 'enable' | 'invite' | 'codes' | 'remove';
  readonly person: PersonAnswer;
  readonly onShow: DialogsProps['onShow'];
}

function useConfirm({ kind, person, onShow }: ConfirmProps) {
  const words = useWords(PEOPLE);
  const { id, displayName } = person;
  const change = useAct('people.change');
  const remove = useAct('people.remove');
  const invite = useAct('people.invite');
  const codes = useAct('people.emergency-codes');
  const table = {
    disable: {
      title: words.disable,
      meaning: displayName,
      act: words.disable,
      run: () => change.mutateAsync({ id, isDisabled: true }),
    },
    enable: {
      title: words.enable,
      meaning: displayName,
      act: words.enable,
      run: () => change.mutateAsync({ id, isDisabled: false }),
    },
    remove: {
      title: words.remove,
      meaning: words.removeMeaning(displayName),
      act: words.removeAct,
      run: () => remove.mutateAsync({ id }),
    },
    invite: {
      ...{ title: words.invite, meaning: words.inviteMeaning(displayName), act: words.inviteAct },
      run: async () => {
        const { link } = await invite.mutateAsync({ id });
        return () => onShow({ kind: 'link', person, link });
      },
    },
    codes: {
      ...{ title: words.emergency, meaning: words.emergencyMeaning(displayName), act: words.emergencyAct },
      run: async () => {
        const made = await codes.mutateAsync({ id });
        return () => onShow({ kind: 'sheet', person, codes: made.codes });
      },
    },
  } as const;
  return table[kind];
}

function Confirm(props: ConfirmProps) {
  const { title, meaning, act, run } = useConfirm(props);
  // What the act brought, shown when this dialog closes: the next one opens in its place.
  const next = useRef<() => void>(undefined);
  const onAct = async () => {
    const follows = await run();
    if (typeof follows === 'function') next.current = follows;
  };
  const onClose = () => (next.current === undefined ? props.onShow(undefined) : next.current());
  return (
    <DangerDialog isOpen onClose={onClose} title={title} act={act} isReasonNeeded={false} onAct={onAct}>
      <p>{meaning}</p>
    </DangerDialog>
  );
}

function ChangeRole({ person, onClose }: { readonly person: PersonAnswer; readonly onClose: () => void }) {
  const words = useWords(PEOPLE);
  const [role, setRole] = useState(person.role);
  const act = useAct('people.change');
  const save = () => act.mutate({ id: person.id, role }, { onSuccess: onClose });
  return (
    <div className={css.form}>
      <p>{person.displayName}</p>
      <RoleChoice value={role} onChange={setRole} />
      <Failure error={act.error ?? undefined} />
      <div className={css.buttons}>
        <Button loading={act.isPending} onClick={save}>
          {words.save}
        </Button>
        <Button variant="default" onClick={onClose}>
          {words.cancel}
        </Button>
      </div>
    </div>
  );
}

function InvitationLink({ link, onClose }: { readonly link: string; readonly onClose: () => void }) {
  const words = useWords(PEOPLE);
  const { copied: isCopied, copy } = useClipboard();
  return (
    <div className={css.form}>
      <p>{words.linkMeaning}</p>
      <code className={css.link}>{link}</code>
      <QrCode value={link} label={words.linkAlt} />
      <div className={css.buttons}>
        <Button onClick={() => copy(link)}>{isCopied ? words.copied : words.copy}</Button>
        <Button variant="default" onClick={onClose}>
          {words.done}
        </Button>
      </div>
    </div>
  );
}
