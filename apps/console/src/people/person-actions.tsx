import type { PersonAnswer } from '@leadglass/contract';
import { Menu, UnstyledButton } from '@mantine/core';
import { Icon } from '../kit/index.ts';
import { useWords } from '../words/index.ts';
import type { Shown } from './person-dialogs.tsx';
import { PEOPLE } from './words.ts';

interface PersonActionsProps {
  readonly person: PersonAnswer;
  readonly onShow: (shown: Shown) => void;
}

/** What an administrator can do about somebody. */
export function PersonActions({ person, onShow }: PersonActionsProps) {
  const words = useWords(PEOPLE);
  const show = (kind: 'role' | 'disable' | 'enable' | 'invite' | 'codes' | 'remove') => () => onShow({ kind, person });
  const isLocal = !person.isFromDirectory;
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <UnstyledButton aria-label={words.actions(person.displayName)}>
          <Icon name="menu" />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {isLocal ? <Menu.Item onClick={show('role')}>{words.changeRole}</Menu.Item> : null}
        {isLocal ? <Menu.Item onClick={show('invite')}>{words.invite}</Menu.Item> : null}
        {isLocal ? <Menu.Item onClick={show('codes')}>{words.emergency}</Menu.Item> : null}
        <Menu.Item onClick={show(person.isDisabled ? 'enable' : 'disable')}>
          {person.isDisabled ? words.enable : words.disable}
        </Menu.Item>
        <Menu.Item color="red" onClick={show('remove')}>
          {words.remove}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
