import { assert } from '@leadglass/kit';
import type { Abort, AssociateAc, AssociateRj, AssociateRq, AssociationHandler } from './api.ts';
import { ABORT_REASON, ABORT_SOURCE, type ControlPdu } from './pdu.ts';
import type { ActionName, State } from './state-table.ts';
import { DICOM_APPLICATION_CONTEXT } from './uids.ts';
import { WHY } from './why.ts';

/** How an association ended, as its user is told. */
export interface Ending {
  readonly abort: Abort;
  readonly by: 'peer' | 'provider' | 'transport';
  readonly why: Parameters<AssociationHandler['aborted']>[2];
}

/** What came with an event. Each event brings what its actions need; a missing one is our defect. */
export interface Cause {
  readonly associateRq?: AssociateRq;
  readonly associateAc?: AssociateAc;
  readonly associateRj?: AssociateRj;
  /** A-ABORT request: what the user wants said. */
  readonly abort?: Abort;
  /** What the user is told when this event ends the association; absent when it is the user who ends it. */
  readonly ending?: Ending;
}

/**
 * What the actions of PS3.8 Tables 9-6 to 9-9 can do. `send`, `closeTransport` and `tell` happen once the next state holds,
 * in the order asked: the user may answer an indication inside it.
 */
export interface Provider {
  readonly role: 'acceptor' | 'requestor';
  /** The state the event came in. */
  readonly from: State;
  send(pdu: ControlPdu): void;
  closeTransport(): void;
  tell(indication: (user: AssociationHandler) => void): void;
  startArtim(): void;
  stopArtim(): void;
  /** Takes what the peer says it can receive. */
  learnPeer(associate: AssociateRq | AssociateAc): void;
}

/** Does what one action of PS3.8 §9.2.3 says and returns the next state. */
export type Action = (provider: Provider, cause: Cause) => State;

const VERSION_1 = 0b1;
const { serviceUser, serviceProvider } = ABORT_SOURCE;

function brought<T>(value: T | undefined, what: string): T {
  assert(value !== undefined, `the event brings ${what}`);
  return value;
}

function tellEnding(provider: Provider, ending: Ending | undefined): void {
  if (ending !== undefined) provider.tell((user) => user.aborted(ending.abort, ending.by, ending.why));
}

/** The provider's own reasons to reject (AE-6), or undefined when the request is acceptable to it. */
function rejectionOf(
  request: AssociateRq,
): { readonly rejection: AssociateRj; readonly why: Ending['why'] } | undefined {
  if ((request.protocolVersion & VERSION_1) === 0) {
    return { rejection: { result: 1, source: 2, reason: 2 }, why: WHY.protocolVersion };
  }
  if (request.applicationContext !== DICOM_APPLICATION_CONTEXT) {
    return { rejection: { result: 1, source: 1, reason: 2 }, why: WHY.applicationContext };
  }
  return undefined;
}

/** Issue TRANSPORT CONNECT request: the caller of `request` does, then says `transportConnected`. */
const AE1: Action = () => 'Sta4';

/** Send A-ASSOCIATE-RQ PDU. */
const AE2: Action = (provider, { associateRq }) => {
  provider.send({ type: 'A-ASSOCIATE-RQ', value: brought(associateRq, 'the request') });
  return 'Sta5';
};

/** Issue A-ASSOCIATE confirmation (accept) primitive. */
const AE3: Action = (provider, { associateAc }) => {
  const accepted = brought(associateAc, 'the acceptance');
  provider.learnPeer(accepted);
  provider.tell((user) => user.associateAccepted(accepted));
  return 'Sta6';
};

/** Issue A-ASSOCIATE confirmation (reject) primitive and close transport connection. */
const AE4: Action = (provider, { associateRj }) => {
  const rejected = brought(associateRj, 'the rejection');
  provider.closeTransport();
  provider.tell((user) => user.associateRejected(rejected));
  return 'Sta1';
};

/** Issue transport connection response primitive; start ARTIM timer. */
const AE5: Action = (provider) => {
  provider.startArtim();
  return 'Sta2';
};

/** Stop ARTIM timer; if the request is acceptable to the service provider issue A-ASSOCIATE indication, else reject and start ARTIM timer. */
const AE6: Action = (provider, { associateRq }) => {
  const request = brought(associateRq, 'the request');
  provider.stopArtim();
  const refused = rejectionOf(request);
  if (refused === undefined) {
    provider.learnPeer(request);
    provider.tell((user) => user.associateRequested(request));
    return 'Sta3';
  }
  provider.send({ type: 'A-ASSOCIATE-RJ', value: refused.rejection });
  provider.startArtim();
  const abort = { source: serviceProvider, reason: ABORT_REASON.notSpecified };
  tellEnding(provider, { abort, by: 'provider', why: refused.why });
  return 'Sta13';
};

/** Send A-ASSOCIATE-AC PDU. */
const AE7: Action = (provider, { associateAc }) => {
  provider.send({ type: 'A-ASSOCIATE-AC', value: brought(associateAc, 'the acceptance') });
  return 'Sta6';
};

/** Send A-ASSOCIATE-RJ PDU and start ARTIM timer. */
const AE8: Action = (provider, { associateRj }) => {
  provider.send({ type: 'A-ASSOCIATE-RJ', value: brought(associateRj, 'the rejection') });
  provider.startArtim();
  return 'Sta13';
};

/** Send P-DATA-TF PDU: the association does, straight from the caller's bytes. */
const DT1: Action = () => 'Sta6';

/** Send P-DATA indication primitive: the fragments follow as they come. */
const DT2: Action = () => 'Sta6';

/** Send A-RELEASE-RQ PDU. */
const AR1: Action = (provider) => {
  provider.send({ type: 'A-RELEASE-RQ' });
  return 'Sta7';
};

/** Issue A-RELEASE indication primitive. */
const AR2: Action = (provider) => {
  provider.tell((user) => user.releaseRequested());
  return 'Sta8';
};

/** Issue A-RELEASE confirmation primitive, and close transport connection. */
const AR3: Action = (provider) => {
  provider.closeTransport();
  provider.tell((user) => user.released());
  return 'Sta1';
};

/** Issue A-RELEASE-RP PDU and start ARTIM timer. */
const AR4: Action = (provider) => {
  provider.send({ type: 'A-RELEASE-RP' });
  provider.startArtim();
  return 'Sta13';
};

/** Stop ARTIM timer. */
const AR5: Action = (provider) => {
  provider.stopArtim();
  return 'Sta1';
};

/** Issue P-DATA indication: data the peer sent before it saw our release request. */
const AR6: Action = () => 'Sta7';

/** Issue P-DATA-TF PDU: an answer still owed when the peer asks for release. */
const AR7: Action = () => 'Sta8';

/** Issue A-RELEASE indication (release collision). */
const AR8: Action = (provider) => {
  provider.tell((user) => user.releaseRequested());
  return provider.role === 'requestor' ? 'Sta9' : 'Sta10';
};

/** Send A-RELEASE-RP PDU. */
const AR9: Action = (provider) => {
  provider.send({ type: 'A-RELEASE-RP' });
  return 'Sta11';
};

/** Issue A-RELEASE confirmation primitive. */
const AR10: Action = (provider) => {
  provider.tell((user) => user.released());
  return 'Sta12';
};

/** Send A-ABORT PDU (service-user source) and start, or restart, ARTIM timer. */
const AA1: Action = (provider, { abort, ending }) => {
  provider.send({ type: 'A-ABORT', value: abort ?? { source: serviceUser, reason: ABORT_REASON.notSpecified } });
  provider.startArtim();
  tellEnding(provider, ending);
  return 'Sta13';
};

/** Stop ARTIM timer if running. Close transport connection. In Sta13 the user has been told already. */
const AA2: Action = (provider, { ending }) => {
  provider.stopArtim();
  provider.closeTransport();
  if (provider.from !== 'Sta13') tellEnding(provider, ending);
  return 'Sta1';
};

/** Issue A-ABORT or A-P-ABORT indication and close transport connection. */
const AA3: Action = (provider, { ending }) => {
  provider.closeTransport();
  tellEnding(provider, brought(ending, 'how it ended'));
  return 'Sta1';
};

/** Issue A-P-ABORT indication primitive. */
const AA4: Action = (provider, { ending }) => {
  tellEnding(provider, brought(ending, 'how it ended'));
  return 'Sta1';
};

/** Stop ARTIM timer. The user is told, for the log alone: no association had begun. */
const AA5: Action = (provider, { ending }) => {
  provider.stopArtim();
  tellEnding(provider, brought(ending, 'how it ended'));
  return 'Sta1';
};

/** Ignore PDU. */
const AA6: Action = () => 'Sta13';

/** Send A-ABORT PDU. */
const AA7: Action = (provider, { ending }) => {
  provider.send({ type: 'A-ABORT', value: brought(ending, 'what was wrong').abort });
  return 'Sta13';
};

/** Send A-ABORT PDU (service-provider source), issue an A-P-ABORT indication and start ARTIM timer. */
const AA8: Action = (provider, { ending }) => {
  const told = brought(ending, 'what was wrong');
  provider.send({ type: 'A-ABORT', value: told.abort });
  provider.startArtim();
  tellEnding(provider, told);
  return 'Sta13';
};

/** Every action of PS3.8 Tables 9-6 to 9-9 by its name. */
// biome-ignore format: a line a table
export const ACTIONS: Readonly<Record<ActionName, Action>> = {
  'AE-1': AE1, 'AE-2': AE2, 'AE-3': AE3, 'AE-4': AE4, 'AE-5': AE5, 'AE-6': AE6, 'AE-7': AE7, 'AE-8': AE8,
  'DT-1': DT1, 'DT-2': DT2,
  'AR-1': AR1, 'AR-2': AR2, 'AR-3': AR3, 'AR-4': AR4, 'AR-5': AR5, 'AR-6': AR6, 'AR-7': AR7, 'AR-8': AR8, 'AR-9': AR9, 'AR-10': AR10,
  'AA-1': AA1, 'AA-2': AA2, 'AA-3': AA3, 'AA-4': AA4, 'AA-5': AA5, 'AA-6': AA6, 'AA-7': AA7, 'AA-8': AA8,
};
