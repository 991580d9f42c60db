import type { OperationClerk } from '@leadglass/relay';
import type { RelayMessage } from './relay-messages.ts';

/** The intake's way to the keeper for the operations of one connection. */
export function clerkOf(connection: number, tell: (message: RelayMessage) => void): OperationClerk {
  return {
    ask: ({ level, keys, ...asked }) =>
      tell({
        ...{ t: 'operation', connection, ...asked, keys: [...keys] },
        ...(level === undefined ? {} : { level }),
      }),
    ended: (seq, ended) => tell({ t: 'operation-ended', connection, seq, ...ended }),
    refused: (refused) => tell({ t: 'operation-refused', connection, ...refused }),
  };
}
