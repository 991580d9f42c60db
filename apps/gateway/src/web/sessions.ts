import type { Peer } from '@leadglass/model';
import type { Connections } from '../connections.ts';
import type { IntakeName, IntakePool } from '../intake-pool.ts';
import type { WebDeskOptions } from './desk.ts';

type Sessions = Pick<WebDeskOptions, 'nextConnection' | 'say' | 'forget' | 'openSession' | 'closeSession' | 'lies'>;

/** What the web desk does with connections and intakes: the objects of a STOW request are announced under a connection of their own, as those of an association are. */
export function webSessions(
  connections: Connections,
  intakes: () => IntakePool,
  lies: (intake: IntakeName, event: string) => void,
): Sessions {
  return {
    lies,
    nextConnection: () => connections.nextId(),
    say: (intake, message, socket) =>
      socket === undefined ? intakes().tell(intake, message) : intakes().give(intake, message, socket),
    forget: (id) => intakes().forget(id),
    openSession: (intake, peer: Peer, remoteAddress) => {
      const session = connections.open(connections.nextId(), intake, 'web', remoteAddress);
      session.calling = peer.aeTitle;
      session.peer = peer;
      intakes().adopt(intake, session.id);
      return { id: session.id, requestId: session.associationId };
    },
    closeSession: (id) => {
      connections.close(id);
      intakes().forget(id);
    },
  };
}
