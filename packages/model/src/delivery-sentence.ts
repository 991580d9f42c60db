import { type Text, text } from '@leadglass/kit';
import type { EventKind, EventOf } from './event.ts';
import { because, command, count, duration, instance, named, objects, short, status } from './sentence-words.ts';

type Kind = Extract<EventKind, `commitment.${string}` | `delivery.${string}` | `retrieve.${string}`>;

/** Sentences of objects that go out, and of who answers for them. */
export const DELIVERY_SENTENCES: { readonly [K in Kind]: (event: EventOf<K>) => Text } = {
  'delivery.delivered': (e) => {
    const tries = count(e.attempts, 'tentative', 'try', 'tentatives', 'tries');
    return text(
      `Objet ${instance(e.sopInstanceUid)} livré à ${named(e.destination).fr} en ${tries.fr} (réponse ${status(e.status)}).`,
      `Object ${instance(e.sopInstanceUid)} delivered to ${named(e.destination).en} in ${tries.en} (answer ${status(e.status)}).`,
    );
  },
  'delivery.retrying': (e) => {
    const why = because(e.why);
    return text(
      `Objet ${instance(e.sopInstanceUid)} pas encore livré à ${named(e.destination).fr} (tentative ${e.attempts}) : ${why.fr}. Nouvel essai dans ${duration(e.retryInMs)}.`,
      `Object ${instance(e.sopInstanceUid)} not yet delivered to ${named(e.destination).en} (try ${e.attempts}): ${why.en}. Next try in ${duration(e.retryInMs)}.`,
    );
  },
  'delivery.failed': (e) => {
    const [why, look] = [because(e.why), command('status')];
    return text(
      `Objet ${instance(e.sopInstanceUid)} non livré à ${named(e.destination).fr}, abandon après la tentative ${e.attempts} : ${why.fr}. Il reste conservé ; corrigez la destination. État : ${look}`,
      `Object ${instance(e.sopInstanceUid)} not delivered to ${named(e.destination).en}, given up after try ${e.attempts}: ${why.en}. It stays kept; put the destination right. State: ${look}`,
    );
  },
  'delivery.requeued': (e) => {
    const n = count(e.deliveries, 'livraison en échec', 'failed delivery', 'livraisons en échec', 'failed deliveries');
    const of =
      e.sha256 === undefined ? text('', '') : text(` de l’objet ${short(e.sha256)}`, ` of object ${short(e.sha256)}`);
    return text(
      `${named(e.by).fr} a remis en attente ${n.fr}${of.fr} vers ${named(e.destination).fr}.`,
      `${named(e.by).en} queued ${n.en}${of.en} to ${named(e.destination).en} again.`,
    );
  },
  'commitment.committed': (e) => {
    const n = objects(e.objects);
    return text(
      `${named(e.destination).fr} s’engage à conserver ${n.fr}.`,
      `${named(e.destination).en} committed to keeping ${n.en}.`,
    );
  },
  'commitment.refused': (e) =>
    text(
      `${named(e.destination).fr} ne s’engage pas à conserver l’objet ${instance(e.sopInstanceUid)} (motif ${status(e.failureReason)}). Il reste conservé ici ; voyez cette destination.`,
      `${named(e.destination).en} does not commit to keeping object ${instance(e.sopInstanceUid)} (reason ${status(e.failureReason)}). It stays kept here; look into that destination.`,
    ),
  'commitment.reported': (e) => {
    const [kept, lost] = [objects(e.committed), objects(e.failed)];
    const whose =
      e.upstream === '' ? text('', '') : text(` par ${named(e.upstream).fr}`, ` by ${named(e.upstream).en}`);
    return text(
      `${named(e.peer).fr} sait ce que sont devenus les objets de sa demande d’engagement : ${kept.fr} conservés${whose.fr}, ${lost.fr} non.`,
      `${named(e.peer).en} knows what became of the objects it asked commitment for: ${kept.en} kept${whose.en}, ${lost.en} not.`,
    );
  },
  'commitment.unreported': (e) =>
    text(
      `${named(e.peer).fr} n’a pas pu être informé de sa demande d’engagement de stockage : ${because(e.why).fr}. On n’essaie plus ; il peut la refaire.`,
      `${named(e.peer).en} could not be told of its storage commitment request: ${because(e.why).en}. It is not tried any more; it may ask again.`,
    ),
  'retrieve.done': (e) => {
    const [sent, lost] = [objects(e.completed + e.warning), objects(e.failed)];
    const held =
      e.withheld === 0 ? text('', '') : text(`, dont ${e.withheld} en retenue`, `, ${e.withheld} of them held`);
    return text(
      `${named(e.peer).fr} a récupéré ${sent.fr} vers ${named(e.to).fr} ; en échec : ${lost.fr}${held.fr} (statut ${status(e.status)}).`,
      `${named(e.peer).en} retrieved ${sent.en} to ${named(e.to).en}; failed: ${lost.en}${held.en} (status ${status(e.status)}).`,
    );
  },
};
