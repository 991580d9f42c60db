import { isStandardStorage } from '@leadglass/dicom';
import {
  IMPORT_ORIGINALS_AE_TITLE,
  isDrillTitle,
  isTestTitle,
  type Peer,
  type Route,
  type Service,
} from '@leadglass/model';

/** Verification SOP Class (PS3.4 §A.4). */
export const VERIFICATION_SOP_CLASS = '1.2.840.10008.1.1';
/** Every UID the standard itself assigns begins so (PS3.5 §9, PS3.6 Annex A): a "private" right never opens one of them. */
const STANDARD_ROOT = '1.2.840.10008.';
/** Everything that only looks like a UID is refused before it is compared. */
const UID = /^[0-9]+(\.[0-9]+)*$/;

/** Whether the peer has the right to a service. */
export function mayUse(peer: Peer, service: Service): boolean {
  return peer.allow.includes(service);
}

/**
 * Whether a presentation context with this abstract syntax is accepted from this peer: verification with `echo`, standard storage classes
 * with `store`, and private ones that the peer is granted by UID or by `*`. Everything else is refused (result 3, PS3.8 Table 9-18).
 */
export function acceptsAbstractSyntax(peer: Peer, uid: string): boolean {
  if (uid === VERIFICATION_SOP_CLASS) return mayUse(peer, 'echo');
  if (!mayUse(peer, 'store')) return false;
  return isStandardStorage(uid) || isGrantedPrivateClass(peer, uid);
}

/** Whether `uid` is a UID outside the standard's root: a class that a peer can be granted by name. */
export function isPrivateClass(uid: string): boolean {
  return !uid.startsWith(STANDARD_ROOT) && uid.length <= 64 && UID.test(uid);
}

function isGrantedPrivateClass(peer: Peer, uid: string): boolean {
  if (!isPrivateClass(uid)) return false;
  return peer.privateSopClasses.includes('*') || peer.privateSopClasses.includes(uid);
}

/**
 * Names of the destinations that what comes from `aeTitle` goes to, each once, in the order of the routes. `*` is every peer but two sorts,
 * whose routes are named or there are none: test callers, and the originals of imports, which bear another patient's identity than the one
 * they were given. What is of a drill goes nowhere.
 */
export function routesFor(routes: readonly Route[], aeTitle: string): string[] {
  // For a drill every destination is down: it leads nowhere, whatever somebody names a route's peer.
  if (isDrillTitle(aeTitle)) return [];
  const isForAll = !isTestTitle(aeTitle) && aeTitle !== IMPORT_ORIGINALS_AE_TITLE;
  const names = routes.filter(({ from }) => from === aeTitle || (isForAll && from === '*')).map(({ to }) => to);
  return [...new Set(names)];
}
