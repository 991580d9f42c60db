import { isStandardStorage } from '@leadglass/dicom';
import { type Text, text } from '@leadglass/kit';
import type { Peer, Service } from '@leadglass/model';
import { acceptsAbstractSyntax, isPrivateClass, mayUse, VERIFICATION_SOP_CLASS } from './rights.ts';
import { serviceClassOf } from './service-class.ts';
import { shellWord, shownTitle } from './words.ts';

/** Why a peer may not use an abstract syntax, and the command that would let it. */
export interface ClassRefusal {
  readonly service: Service;
  readonly why: Text;
  /** Empty when no command of ours would help. */
  readonly hint: string;
}

/** The service an abstract syntax belongs to: what is no other's is storage. */
export function serviceOfClass(uid: string): Service {
  if (uid === VERIFICATION_SOP_CLASS) return 'echo';
  return serviceClassOf(uid)?.service ?? 'store';
}

/** Whether a peer's rights cover an abstract syntax, whatever its service. */
export function coversClass(peer: Peer, uid: string): boolean {
  const service = serviceOfClass(uid);
  return service === 'echo' || service === 'store' ? acceptsAbstractSyntax(peer, uid) : mayUse(peer, service);
}

/** Why `peer` may not use `uid`; undefined when it may. */
export function classRefusal(peer: Peer, uid: string): ClassRefusal | undefined {
  if (coversClass(peer, uid)) return undefined;
  const service = serviceOfClass(uid);
  const title = shownTitle(peer.aeTitle);
  if (service === 'store' && !isStandardStorage(uid) && !isPrivateClass(uid)) {
    const why = text(
      `« ${title} » a proposé une classe SOP que cette passerelle n’offre pas (${shownClass(uid)}).`,
      `"${title}" proposed a SOP class that this gateway does not offer (${shownClass(uid)}).`,
    );
    return { service, why, hint: '' };
  }
  if (mayUse(peer, service)) {
    const why = text(
      `« ${title} » n’a pas le droit d’envoyer la classe SOP privée ${shownClass(uid)}.`,
      `"${title}" has no right to send the private SOP class ${shownClass(uid)}.`,
    );
    return {
      service,
      why,
      hint: `./leadglass policy allow ${shellWord(title)} --private-sop-class ${shownClass(uid)}`,
    };
  }
  const why = text(`« ${title} » n’a pas le droit « ${service} ».`, `"${title}" has no right to "${service}".`);
  const also = isPrivateClass(uid) ? ` --private-sop-class ${shownClass(uid)}` : '';
  return { service, why, hint: `./leadglass policy allow ${shellWord(title)} ${service}${also}` };
}

function shownClass(uid: string): string {
  return uid.slice(0, 64).replace(/[^0-9.]/g, '?');
}
