import { type Text, text } from '@leadglass/kit';
import type { EventKind, EventOf } from './event.ts';
import { printable } from './printable.ts';
import { becauseAll, command, count, instance, listed, peerAt, size, status } from './sentence-words.ts';

type Kind = Extract<EventKind, `arrival.${string}` | 'copy.made' | 'copy.impossible'>;

const STORED: Readonly<Record<EventOf<'arrival.stored'>['outcome'], Text>> = {
  stored: text('reçu et conservé', 'received and kept'),
  duplicate: text('reçu à nouveau, déjà conservé à l’identique', 'received again, already kept, identical'),
  conflict: text(
    'reçu et conservé à côté d’un autre objet qui porte le même SOP Instance UID mais un autre contenu (à vérifier à la source)',
    'received and kept beside another object that has the same SOP Instance UID but other content (check at its source)',
  ),
};

/** Sentences of objects that come, and of copies made of them. */
export const ARRIVAL_SENTENCES: { readonly [K in Kind]: (event: EventOf<K>) => Text } = {
  'arrival.stored': (e) => {
    const [peer, bytes, what] = [peerAt(e.peer, e.remoteAddress), size(e.bytes), STORED[e.outcome]];
    const to = listed(e.destinations);
    return text(
      `Objet ${instance(e.sopInstanceUid)} de ${peer.fr} (${bytes.fr}) ${what.fr}, ${to === '' ? 'aucune destination à servir' : `à livrer à ${to}`}.`,
      `Object ${instance(e.sopInstanceUid)} from ${peer.en} (${bytes.en}) ${what.en}, ${to === '' ? 'no destination to serve' : `to be delivered to ${to}`}.`,
    );
  },
  'arrival.held': (e) => {
    const [peer, why, show] = [
      peerAt(e.peer, e.remoteAddress),
      becauseAll(e.why),
      command(`hold show ${printable(e.sha256)}`),
    ];
    return text(
      `Objet ${instance(e.sopInstanceUid)} de ${peer.fr} retenu, conservé mais pas encore livré : ${why.fr}. Pour décider : ${show}`,
      `Object ${instance(e.sopInstanceUid)} from ${peer.en} held, kept but not delivered yet: ${why.en}. To decide: ${show}`,
    );
  },
  'arrival.refused': (e) => {
    const [peer, why] = [peerAt(e.peer, e.remoteAddress), becauseAll(e.why)];
    return text(
      `Objet ${instance(e.sopInstanceUid)} de ${peer.fr} refusé (statut ${status(e.status)}), l’émetteur le sait : ${why.fr}.`,
      `Object ${instance(e.sopInstanceUid)} from ${peer.en} refused (status ${status(e.status)}), its sender was told: ${why.en}.`,
    );
  },
  'copy.made': (e) => {
    const to = listed(e.destinations);
    const changes = count(e.changes.length, 'changement', 'change', 'changements', 'changes');
    return text(
      `Copie désarmée de l’objet ${instance(e.sopInstanceUid)} faite (${changes.fr}, pixels identiques), ${to === '' ? 'aucune destination à servir' : `à livrer à ${to}`} ; l’original reste retenu : ${command(`hold show ${printable(e.original)}`)}`,
      `Disarmed copy of object ${instance(e.sopInstanceUid)} made (${changes.en}, pixels identical), ${to === '' ? 'no destination to serve' : `to be delivered to ${to}`}; the original stays held: ${command(`hold show ${printable(e.original)}`)}`,
    );
  },
  'copy.impossible': (e) => {
    const [why, show] = [becauseAll(e.why), command(`hold show ${printable(e.sha256)}`)];
    return text(
      `Aucune copie désarmée de l’objet ${instance(e.sopInstanceUid)} ne peut être faite, rien n’est livré : ${why.fr}. Pour décider : ${show}`,
      `No disarmed copy of object ${instance(e.sopInstanceUid)} can be made, nothing is delivered: ${why.en}. To decide: ${show}`,
    );
  },
};
