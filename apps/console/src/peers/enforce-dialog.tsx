import { type ReactNode, useEffect } from 'react';
import { useAct } from '../client/index.ts';
import { Asked, DangerDialog } from '../kit/index.ts';
import { useWords } from '../words/index.ts';
import { Differences } from './differences.tsx';
import type { Peer } from './facts.ts';
import { LEARNING } from './words.ts';

interface EnforceDialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly lead: ReactNode;
  /** Whose rules; everybody's when absent. */
  readonly aeTitle?: Peer['aeTitle'];
  readonly onAct: () => Promise<unknown>;
}

/** Shows what would be refused, from what was seen, before rules are enforced. */
export function EnforceDialog({ isOpen, onClose, title, lead, aeTitle, onAct }: EnforceDialogProps) {
  const words = useWords(LEARNING);
  const { mutate, ...trial } = useAct('policy.enforce', { changesNothing: true });
  useEffect(() => {
    const who = aeTitle === undefined ? { all: true } : { peers: [aeTitle] };
    if (isOpen) mutate({ ...who, dryRun: true });
  }, [isOpen, aeTitle, mutate]);
  const asked = {
    ...trial,
    refetch: () => mutate(aeTitle === undefined ? { all: true, dryRun: true } : { peers: [aeTitle], dryRun: true }),
  };
  return (
    <DangerDialog
      isOpen={isOpen}
      onClose={onClose}
      title={title}
      act={words.enforceAct}
      onAct={onAct}
      isReasonNeeded={false}
      isDanger={false}
    >
      <p>{lead}</p>
      <Asked of={asked}>{({ differences }) => <Differences of={differences} />}</Asked>
    </DangerDialog>
  );
}
