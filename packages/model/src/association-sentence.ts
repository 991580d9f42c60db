import { type Text, text } from '@leadglass/kit';
import type { EventKind, EventOf } from './event.ts';
import { printable } from './printable.ts';
import { andMore, because, COMMAND_CHARS, named, objects, peerAt, size } from './sentence-words.ts';

type Kind = Extract<EventKind, `association.${string}` | `connection.${string}`>;

/** Somebody who passes because an administrator observes. */
function observedSentence(
  e: EventOf<'association.accepted'>,
  instead: NonNullable<EventOf<'association.accepted'>['instead']>,
): Text {
  const [peer, why, hint] = [
    peerAt(e.calling, e.remoteAddress),
    because(instead.why),
    printable(instead.hint, COMMAND_CHARS),
  ];
  return text(
    `${peer.fr} est connecté à ${named(e.called).fr} sur ${printable(e.listener)} parce que cette adresse est observée ; sinon il aurait été refusé : ${why.fr}.${hint === '' ? '' : ` Pour l’admettre : ${hint}`}`,
    `${peer.en} connected to ${named(e.called).en} on ${printable(e.listener)} because that address is under observation; it would have been refused: ${why.en}.${hint === '' ? '' : ` To admit it: ${hint}`}`,
  );
}

/** Sentences of who connects. */
export const ASSOCIATION_SENTENCES: { readonly [K in Kind]: (event: EventOf<K>) => Text } = {
  'association.accepted': (e) => {
    const peer = peerAt(e.calling, e.remoteAddress);
    const isCertified = e.evidence === 'certificate';
    if (e.instead !== undefined) return observedSentence(e, e.instead);
    return text(
      `${peer.fr} est connecté à ${named(e.called).fr} sur ${printable(e.listener)}, reconnu par ${isCertified ? 'son certificat' : 'son adresse'}.`,
      `${peer.en} connected to ${named(e.called).en} on ${printable(e.listener)}, recognised by its ${isCertified ? 'certificate' : 'address'}.`,
    );
  },
  'association.rejected': (e) => {
    const [peer, why, hint] = [peerAt(e.calling, e.remoteAddress), because(e.why), printable(e.hint, COMMAND_CHARS)];
    const more = andMore(e.more);
    return text(
      `${peer.fr} a été refusé sur ${printable(e.listener)} (appelait ${named(e.called).fr}) : ${why.fr}${more.fr}.${hint === '' ? '' : ` Pour l’admettre : ${hint}`}`,
      `${peer.en} was refused on ${printable(e.listener)} (it called ${named(e.called).en}): ${why.en}${more.en}.${hint === '' ? '' : ` To admit it: ${hint}`}`,
    );
  },
  'association.released': (e) => {
    const [peer, n, bytes] = [peerAt(e.calling, e.remoteAddress), objects(e.objects), size(e.bytes)];
    return text(
      `${peer.fr} a terminé son envoi : ${n.fr} (${bytes.fr}) ${e.objects < 2 ? 'acquitté' : 'acquittés'}.`,
      `${peer.en} finished: ${n.en} (${bytes.en}) acknowledged.`,
    );
  },
  'association.aborted': (e) => {
    const [peer, why] = [peerAt(e.calling, e.remoteAddress), because(e.why)];
    return e.by === 'peer'
      ? text(`${peer.fr} a coupé l’association : ${why.fr}.`, `${peer.en} aborted the association: ${why.en}.`)
      : text(
          `Leadglass a coupé l’association avec ${peer.fr} : ${why.fr}.`,
          `Leadglass aborted the association with ${peer.en}: ${why.en}.`,
        );
  },
  'connection.refused': (e) => {
    const [why, more] = [because(e.why), andMore(e.more)];
    return text(
      `Une connexion de ${printable(e.remoteAddress)} sur ${printable(e.listener)} a été refusée : ${why.fr}${more.fr}.`,
      `A connection from ${printable(e.remoteAddress)} to ${printable(e.listener)} was refused: ${why.en}${more.en}.`,
    );
  },
};
