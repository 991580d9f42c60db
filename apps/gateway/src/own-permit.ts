import type { OperationFacts } from '@leadglass/policy';
import type { Connection } from './connections.ts';
import type { OperationVerdict } from './learning/learning.ts';
import type { OwnHostTools } from './own-host.ts';

/** Whether the peer of a connection may do what it asks now, remembered for rules to be learnt from. */
export function permit(
  { clock, learning, rules }: Pick<OwnHostTools, 'clock' | 'learning' | 'rules'>,
  connection: Connection,
  asked: Omit<OperationFacts, 'atMs'>,
): { asked: OperationFacts; permit: OperationVerdict } {
  const facts = { ...asked, atMs: clock.now() };
  return { asked: facts, permit: learning.operationAsked(connection, facts, rules()) };
}
