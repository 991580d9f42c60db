import { type Text, text } from '@leadglass/kit';
import type { EventKind, EventOf } from './event.ts';
import type { Act } from './peer.ts';
import { printable } from './printable.ts';
import { command, duration, instance, named, REASON_CHARS, short } from './sentence-words.ts';

type Kind = Extract<EventKind, `hold.${string}` | `operator.${string}`>;

const ACT_NOUNS: Readonly<Record<Act, Text>> = {
  release: text('la libération', 'the release'),
  destroy: text('la destruction', 'the destruction'),
};

/** The first of two persons. */
function askedBy(name: string | undefined): Text {
  if (name === undefined) return text('', '');
  const asker = named(name);
  return text(`, à la demande de ${asker.fr},`, `, at the request of ${asker.en},`);
}

const VIEWS: Readonly<Record<EventOf<'hold.viewed'>['view'], Text>> = {
  hex: text('les octets', 'the bytes'),
  attributes: text(
    'les attributs en clair, identité du patient comprise,',
    'the attributes in clear, patient identity included,',
  ),
  preview: text('l’image', 'the image'),
};

/** Sentences of what is held, and of who decides on it. */
export const HOLD_SENTENCES: { readonly [K in Kind]: (event: EventOf<K>) => Text } = {
  'hold.asked': (e) => {
    const [act, show] = [ACT_NOUNS[e.act], command(`hold show ${printable(e.sha256)}`)];
    const left = duration(Math.max(0, e.untilMs - e.atMs));
    return text(
      `${named(e.by).fr} demande ${act.fr} de l’objet retenu ${instance(e.sopInstanceUid)} : ${printable(e.reason, REASON_CHARS)}. Une deuxième personne a ${left} pour approuver : ${show}`,
      `${named(e.by).en} asks for ${act.en} of held object ${instance(e.sopInstanceUid)}: ${printable(e.reason, REASON_CHARS)}. A second person has ${left} to approve: ${show}`,
    );
  },
  'hold.withdrawn': (e) => {
    const act = ACT_NOUNS[e.act];
    return text(
      `${named(e.by).fr} a retiré la demande de « ${printable(e.askedBy)} » (${act.fr} de l’objet ${instance(e.sopInstanceUid)}). L’objet reste retenu.`,
      `${named(e.by).en} withdrew the request of “${printable(e.askedBy)}” (${act.en} of object ${instance(e.sopInstanceUid)}). The object stays held.`,
    );
  },
  'hold.released': (e) => {
    const asked = askedBy(e.askedBy);
    return text(
      `${named(e.by).fr} a libéré${asked.fr} l’objet retenu ${instance(e.sopInstanceUid)}, qui va être livré : ${printable(e.reason, REASON_CHARS)}.`,
      `${named(e.by).en} released${asked.en} held object ${instance(e.sopInstanceUid)}, which will now be delivered: ${printable(e.reason, REASON_CHARS)}.`,
    );
  },
  'hold.destroyed': (e) => {
    const asked = askedBy(e.askedBy);
    return text(
      `${named(e.by).fr} a détruit${asked.fr} l’objet retenu ${instance(e.sopInstanceUid)} : ${printable(e.reason, REASON_CHARS)}. Il n’est plus conservé ici.`,
      `${named(e.by).en} destroyed${asked.en} held object ${instance(e.sopInstanceUid)}: ${printable(e.reason, REASON_CHARS)}. It is no longer kept here.`,
    );
  },
  'operator.added': (e) => {
    const wait = e.inForceAtMs - e.atMs;
    const from =
      wait <= 0 ? text('dès maintenant', 'from now on') : text(`dans ${duration(wait)}`, `in ${duration(wait)}`);
    const key = e.credential === undefined ? text('clé', 'key') : text('clé d’accès', 'passkey');
    return text(
      `${named(e.by).fr} a inscrit l’opérateur ${named(e.operator).fr} (${key.fr} ${printable(e.key)}) ; sa parole compte ${from.fr}.`,
      `${named(e.by).en} registered the operator ${named(e.operator).en} (${key.en} ${printable(e.key)}); their word counts ${from.en}.`,
    );
  },
  'operator.removed': (e) =>
    text(
      `${named(e.by).fr} a radié l’opérateur ${named(e.operator).fr} (clé ${printable(e.key)}).`,
      `${named(e.by).en} struck off the operator ${named(e.operator).en} (key ${printable(e.key)}).`,
    ),
  'hold.viewed': (e) => {
    const view = VIEWS[e.view];
    return text(
      `${named(e.by).fr} a regardé ${view.fr} de l’objet ${instance(e.sopInstanceUid)} (${short(e.sha256)}).`,
      `${named(e.by).en} looked at ${view.en} of object ${instance(e.sopInstanceUid)} (${short(e.sha256)}).`,
    );
  },
};
