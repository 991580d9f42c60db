import { Button } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { useWords } from '../words/index.ts';
import { Unseen } from './frame.tsx';
import { Icon } from './icons.tsx';
import css from './kit.module.css';
import { KIT } from './words.ts';

const COPIED_MS = 2000;

/** A command that does the same as the page, to be copied. */
export function CopyCommand({ command }: { readonly command: string }) {
  const words = useWords(KIT);
  const { copied: isCopied, copy } = useClipboard({ timeout: COPIED_MS });
  return (
    <div className={css.command}>
      <Unseen>{words.onCommandLine}</Unseen>
      <code>{command}</code>
      <Button
        size="compact-xs"
        variant="subtle"
        color="gray"
        leftSection={<Icon name={isCopied ? 'check' : 'copy'} size={14} />}
        onClick={() => copy(command)}
      >
        {isCopied ? words.copied : words.copy}
      </Button>
    </div>
  );
}
