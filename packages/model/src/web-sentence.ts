import { type Text, text } from '@leadglass/kit';
import type { EventKind, EventOf } from './event.ts';
import { withheldOf } from './operation-sentence.ts';
import { printable } from './printable.ts';
import { because, COMMAND_CHARS, command, count, instance, listed, objects, peerAt, size } from './sentence-words.ts';

type Kind = Extract<EventKind, `web.${string}`>;

/** Sentences of the web interface. */
export const WEB_SENTENCES: { readonly [K in Kind]: (event: EventOf<K>) => Text } = {
  'web.retrieved': (e) => {
    const [who, n] = [peerAt(e.peer, e.remoteAddress), objects(e.instances)];
    const requests = count(e.requests, 'demande', 'request');
    // At the first request nothing has gone out yet.
    const bytes = e.bytes === 0 ? text('', '') : text(`, ${size(e.bytes).fr}`, `, ${size(e.bytes).en}`);
    const [study, unseen] = [instance(e.studyInstanceUid), withheldOf(e.withheld)];
    return text(
      `${who.fr} a lu sur le Web l’examen ${study} : ${requests.fr}, ${n.fr}${bytes.fr}${unseen.fr} (${listed(e.what)}).`,
      `${who.en} read study ${study} over the web: ${requests.en}, ${n.en}${bytes.en}${unseen.en} (${listed(e.what)}).`,
    );
  },
  'web.queried': (e) => {
    const [who, n] = [peerAt(e.peer, e.remoteAddress), count(e.results, 'réponse', 'match', 'réponses', 'matches')];
    const keys = e.keys.length === 0 ? text('sans critère', 'no key') : text(listed(e.keys), listed(e.keys));
    const unseen = withheldOf(e.withheld);
    return text(
      `${who.fr} a cherché sur le Web (${printable(e.level)} ; ${keys.fr}) : ${n.fr}${unseen.fr}.`,
      `${who.en} searched over the web (${printable(e.level)}; ${keys.en}): ${n.en}${unseen.en}.`,
    );
  },
  'web.stored': (e) => {
    const [who, n] = [
      peerAt(e.peer, e.remoteAddress),
      count(e.stored, 'objet conservé', 'object kept', 'objets conservés', 'objects kept'),
    ];
    const failed =
      e.failed === 0
        ? text('', '')
        : text(`, ${e.failed} non : ${command('log')} dit pourquoi`, `, ${e.failed} not: ${command('log')} says why`);
    return text(
      `${who.fr} a envoyé par le Web : ${n.fr}${failed.fr} (HTTP ${e.status}).`,
      `${who.en} sent over the web: ${n.en}${failed.en} (HTTP ${e.status}).`,
    );
  },
  'web.refused': (e) => {
    const [who, why] = [peerAt(e.peer, e.remoteAddress), because(e.why)];
    const hint =
      e.hint === ''
        ? text('', '')
        : text(
            ` Pour l’autoriser : ${printable(e.hint, COMMAND_CHARS)}`,
            ` To allow it: ${printable(e.hint, COMMAND_CHARS)}`,
          );
    return text(
      `${who.fr} s’est vu refuser une demande Web : ${why.fr}.${hint.fr}`,
      `${who.en} was refused a web request: ${why.en}.${hint.en}`,
    );
  },
};
