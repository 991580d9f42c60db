import type { AssociateRj } from '@leadglass/dimse';
import { Fault, type Retry, type Text, text } from '@leadglass/kit';

/** Where a connection goes: facts for sentences and logs. */
export interface Target {
  readonly host: string;
  /** TCP port, 1 to 65535. */
  readonly port: number;
  /** AE titles of the two sides. */
  readonly called: string;
  readonly calling: string;
  /** Our own address to call from, where the machine has several. */
  readonly localAddress?: string;
}

const where = ({ host, port }: Target): string => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`);

function fault(code: string, retry: Retry, target: Target, sentence: Text, cause?: unknown): Fault {
  const facts = { host: target.host, port: target.port, called: target.called, calling: target.calling };
  return new Fault(code, retry, sentence, cause === undefined ? { facts } : { facts, cause });
}

interface Trouble {
  readonly code: string;
  readonly text: (place: string) => Text;
}

const REFUSED: Trouble = {
  code: 'wire.refused-connection',
  text: (place) =>
    text(
      `rien n'écoute à ${place} : vérifiez l'adresse, le port, et que le service d'en face est démarré`,
      `nothing listens at ${place}: check the address, the port, and that the service over there is running`,
    ),
};
const UNKNOWN_HOST: Trouble = {
  code: 'wire.unknown-host',
  text: (place) =>
    text(
      `le nom de ${place} n'a pas d'adresse : vérifiez son orthographe et le service DNS, ou donnez l'adresse IP`,
      `the name in ${place} has no address: check its spelling and the DNS service, or give the IP address`,
    ),
};
const UNREACHABLE: Trouble = {
  code: 'wire.unreachable',
  text: (place) =>
    text(
      `aucun chemin réseau vers ${place} : vérifiez le réseau, le routage et le pare-feu`,
      `no network path to ${place}: check the network, the routing and the firewall`,
    ),
};
const CUT: Trouble = {
  code: 'wire.cut',
  text: (place) => text(`la connexion avec ${place} a été coupée`, `the connection with ${place} was cut`),
};

/** System call failures (errno names) and what they mean to the person who reads. */
const TROUBLES: Readonly<Record<string, Trouble>> = {
  ECONNREFUSED: REFUSED,
  ENOTFOUND: UNKNOWN_HOST,
  EAI_AGAIN: UNKNOWN_HOST,
  EAI_FAIL: UNKNOWN_HOST,
  EHOSTUNREACH: UNREACHABLE,
  ENETUNREACH: UNREACHABLE,
  EHOSTDOWN: UNREACHABLE,
  ENETDOWN: UNREACHABLE,
  EACCES: UNREACHABLE,
  EPERM: UNREACHABLE,
  EADDRNOTAVAIL: UNREACHABLE,
};

/** `code` of a system error, or an empty string. */
export function errnoOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
}

/** The Fault for a socket error before or during an association; transient. */
export function socketFault(target: Target, thrown: unknown): Fault {
  const trouble = TROUBLES[errnoOf(thrown)] ?? CUT;
  return fault(trouble.code, 'transient', target, trouble.text(where(target)), thrown);
}

/** What a wait was for. */
export type Wait = 'connect' | 'associate' | 'response' | 'write';

const WAITED: Readonly<Record<Wait, (place: string, seconds: number) => Text>> = {
  connect: (place, s) =>
    text(
      `pas de connexion avec ${place} en ${s} s : machine éteinte, pare-feu, ou mauvaise adresse`,
      `no connection with ${place} within ${s} s: machine off, firewall, or wrong address`,
    ),
  associate: (place, s) =>
    text(
      `${place} a pris la connexion mais n'a pas répondu à la demande d'association en ${s} s : est-ce bien un service DICOM, et le même choix avec ou sans TLS ?`,
      `${place} took the connection but did not answer the association request within ${s} s: is it a DICOM service, with the same choice about TLS?`,
    ),
  response: (place, s) =>
    text(
      `${place} n'a pas répondu à une requête en ${s} s : service surchargé ou bloqué`,
      `${place} did not answer a request within ${s} s: service overloaded or stuck`,
    ),
  write: (place, s) =>
    text(
      `${place} ne lit plus ce qui lui est envoyé depuis ${s} s : service surchargé, bloqué, ou réseau coupé`,
      `${place} has not read what is sent to it for ${s} s: service overloaded, stuck, or network cut`,
    ),
};

/** `wire.timeout`, transient. */
export function timeoutFault(target: Target, wait: Wait, limitMs: number): Fault {
  return fault('wire.timeout', 'transient', target, WAITED[wait](where(target), Math.ceil(limitMs / 1000)));
}

/** A-ASSOCIATE-RJ source/reason (PS3.8 Table 9-21) in words that say what to do. */
const REJECTIONS: Readonly<Record<string, (target: Target) => Text>> = {
  '1/2': () =>
    text(
      "elle ne connaît pas le contexte d'application DICOM : ce n'est sans doute pas un service DICOM ordinaire",
      'it does not know the DICOM application context: it is probably not an ordinary DICOM service',
    ),
  '1/3': (t) =>
    text(
      `elle ne connaît pas notre titre AE ${t.calling} : demandez à son administrateur de l'ajouter (titre et adresse IP)`,
      `it does not know our AE title ${t.calling}: ask its administrator to add it (title and IP address)`,
    ),
  '1/7': (t) =>
    text(
      `le titre AE appelé ${t.called} n'y est pas connu : corrigez le titre de la destination`,
      `the called AE title ${t.called} is not known over there: correct the destination's title`,
    ),
  '2/2': () => text('elle ne parle pas cette version du protocole', 'it does not speak this version of the protocol'),
  '3/1': () => text('elle est encombrée pour le moment', 'it is congested for the moment'),
  '3/2': () =>
    text(
      "elle a atteint une limite (nombre d'associations, le plus souvent)",
      'it has reached a limit (number of associations, most often)',
    ),
};

/** `wire.rejected`: transient when the peer says so (result 2), else permanent (PS3.8 §9.3.4). */
export function rejectedFault(target: Target, rj: AssociateRj): Fault {
  const why =
    REJECTIONS[`${rj.source}/${rj.reason}`]?.(target) ??
    text("elle n'a pas donné de raison ; son journal en dit plus", 'it gave no reason; its log says more');
  const numbers = `${rj.result}/${rj.source}/${rj.reason}`;
  const sentence = text(
    `la machine ${where(target)} a refusé l'association (${numbers}) : ${why.fr}`,
    `${where(target)} rejected the association (${numbers}): ${why.en}`,
  );
  return fault('wire.rejected', rj.result === 2 ? 'transient' : 'permanent', target, sentence);
}

/** `wire.aborted`: the association ended before its time. Transient; the caller makes it ambiguous when a request had gone out whole. */
export function abortedFault(target: Target, by: 'peer' | 'provider' | 'transport', why: Text): Fault {
  const place = where(target);
  const sentences: Readonly<Record<typeof by, Text>> = {
    peer: text(`${place} a interrompu l'association : ${why.fr}`, `${place} aborted the association: ${why.en}`),
    provider: text(
      `${place} ne respecte pas le protocole, l'association a été interrompue : ${why.fr}`,
      `${place} does not keep to the protocol, the association was aborted: ${why.en}`,
    ),
    transport: text(
      `la connexion avec ${place} a été coupée : ${why.fr}`,
      `the connection with ${place} was cut: ${why.en}`,
    ),
  };
  return fault('wire.aborted', 'transient', target, sentences[by]);
}

/** `wire.tls`: no TLS with the other side. Transient: what is wrong is a setting of either side, which somebody may put right. */
export function tlsFault(target: Target, thrown: unknown): Fault {
  const sentence = text(
    `pas de TLS avec ${where(target)} : le service d'en face parle-t-il TLS 1.2 ou 1.3 sur ce port, et accepte-t-il notre certificat ?`,
    `no TLS with ${where(target)}: does the service over there speak TLS 1.2 or 1.3 on this port, and does it accept our certificate?`,
  );
  return fault('wire.tls', 'transient', target, sentence, thrown);
}

/** `wire.tls-untrusted`: the certificate over there is not signed by an authority we know. */
export function untrustedFault(target: Target, presentedSha256: string, cause: unknown): Fault {
  const sentence = text(
    `le certificat de ${where(target)} n'est pas signé par une autorité connue ; s'il est le bon, épinglez-le par son empreinte SHA-256 ${presentedSha256}`,
    `the certificate of ${where(target)} is not signed by a known authority; if it is the right one, pin it by its SHA-256 fingerprint ${presentedSha256}`,
  );
  return fault('wire.tls-untrusted', 'transient', target, sentence, cause);
}

/** `wire.tls-name`: a signed certificate, but of somebody else. */
export function otherNameFault(target: Target, presentedSha256: string): Fault {
  const sentence = text(
    `le certificat de ${where(target)} ne porte ni ce nom ni le titre AE ${target.called} ; s'il est le bon, épinglez-le par son empreinte SHA-256 ${presentedSha256}`,
    `the certificate of ${where(target)} bears neither that name nor the AE title ${target.called}; if it is the right one, pin it by its SHA-256 fingerprint ${presentedSha256}`,
  );
  return fault('wire.tls-name', 'transient', target, sentence);
}

/** `wire.tls-pin`: another certificate than the pinned one. */
export function otherPinFault(target: Target, presentedSha256: string): Fault {
  const sentence = text(
    `le certificat de ${where(target)} n'est pas celui qui est épinglé : a-t-il été renouvelé, ou quelqu'un est-il au milieu ? Empreinte présentée : ${presentedSha256}`,
    `the certificate of ${where(target)} is not the pinned one: was it renewed, or is somebody in the middle? Fingerprint presented: ${presentedSha256}`,
  );
  return fault('wire.tls-pin', 'transient', target, sentence);
}

/** `wire.context-not-accepted`: permanent for this object over there. */
export function contextFault(target: Target, sopClassUid: string, transferSyntax: string): Fault {
  const sentence = text(
    `${where(target)} n'accepte pas la classe SOP ${sopClassUid} en syntaxe de transfert ${transferSyntax} ; l'objet est envoyé tel quel ou pas du tout`,
    `${where(target)} does not accept SOP class ${sopClassUid} in transfer syntax ${transferSyntax}; the object is sent as it is or not at all`,
  );
  return fault('wire.context-not-accepted', 'permanent', target, sentence);
}

/** `wire.garbled`: an answer to something else, or one that cannot be read. Transient. */
export function garbledFault(target: Target, why: Text): Fault {
  const sentence = text(
    `${where(target)} a répondu de travers : ${why.fr}`,
    `${where(target)} answered wrongly: ${why.en}`,
  );
  return fault('wire.garbled', 'transient', target, sentence);
}

/** `wire.cancelled`: our own side gave up. Transient. */
export function cancelledFault(target: Target): Fault {
  return fault(
    'wire.cancelled',
    'transient',
    target,
    text("l'envoi a été interrompu de notre côté", 'the sending was stopped on our side'),
  );
}

/** The same fault once a request had gone out whole: the peer may have done it. */
export function ambiguous(thrown: Fault): Fault {
  return new Fault(thrown.code, 'ambiguous', thrown.text, { facts: thrown.facts, cause: thrown.cause });
}
