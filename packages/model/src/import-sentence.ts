import { type Text, text } from '@leadglass/kit';
import type { EventKind, EventOf } from './event.ts';
import { command, count, named, objects, short } from './sentence-words.ts';

type Kind = Extract<EventKind, `import.${string}`>;

const MEDIUM_IDENTITY = text('sous l’identité du support', 'under the identity of the medium');
const SITE_IDENTITY = text(
  'sous l’identité du patient dans l’établissement',
  'under the patient’s identity at this site',
);

/** Sentences of media that are imported. */
export const IMPORT_SENTENCES: { readonly [K in Kind]: (event: EventOf<K>) => Text } = {
  'import.begun': (e) => {
    const n = objects(e.objects);
    const as = e.identity === '' ? MEDIUM_IDENTITY : SITE_IDENTITY;
    const found = text(
      `sains : ${e.clean}, douteux : ${e.doubtful}, dangereux ou illisibles : ${e.dangerous}`,
      `clean: ${e.clean}, doubtful: ${e.doubtful}, dangerous or unreadable: ${e.dangerous}`,
    );
    return text(
      `${named(e.by).fr} importe ${n.fr} du support ${short(e.medium)} (${found.fr}), ${as.fr}.`,
      `${named(e.by).en} imports ${n.en} from medium ${short(e.medium)} (${found.en}), ${as.en}.`,
    );
  },
  'import.ended': (e) => {
    const n = count(e.stored, 'objet conservé', 'object stored', 'objets conservés', 'objects stored');
    const rest = text(
      `originaux en preuve : ${e.originals}, retenus : ${e.held}, refusés : ${e.refused}, laissés : ${e.left}`,
      `originals as evidence: ${e.originals}, held: ${e.held}, refused: ${e.refused}, left: ${e.left}`,
    );
    return text(
      `Import du support ${short(e.medium)} terminé : ${n.fr} ; ${rest.fr}. Voir : ${command('hold list')}`,
      `Import of medium ${short(e.medium)} ended: ${n.en}; ${rest.en}. See: ${command('hold list')}`,
    );
  },
  'import.interrupted': (e) =>
    text(
      `Import du support ${short(e.medium)} interrompu : ce qui est acquitté est conservé ; la même commande, relancée, le complète sans doublon.`,
      `Import of medium ${short(e.medium)} interrupted: what was acknowledged is kept; the same command, run again, completes it without doubles.`,
    ),
};
