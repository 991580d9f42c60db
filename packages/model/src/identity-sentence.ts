import { type Text, text } from '@leadglass/kit';
import type { EventKind, EventOf } from './event.ts';
import type { IdentityFacts } from './identity-event.ts';
import { printable } from './printable.ts';
import { clause, named } from './sentence-words.ts';

type IdentityKind = Extract<EventKind, keyof IdentityFacts>;

function listed(names: readonly string[]): string {
  return names.map((name) => printable(name)).join(', ');
}

/** Sentences of temporary identities. */
export const IDENTITY_SENTENCES: { readonly [K in IdentityKind]: (e: EventOf<K>) => Text } = {
  'identity.waiting': ({ number, patient, destinations }) => {
    const [no, who, to] = [printable(number), printable(patient), listed(destinations)];
    const show = `./leadglass reconcile show ${no}`;
    return text(
      `Premier objet reçu sous l’identité temporaire ${no} (patient ${who}) : il attend son identité${to === '' ? '' : ` avant ${to}`}. Pour dire qui c’est : ${show}`,
      `First object received under temporary identity ${no} (patient ${who}): it waits for who it is${to === '' ? '' : ` before ${to}`}. To say who: ${show}`,
    );
  },
  'identity.asked': (e) => {
    const [by, no, who] = [named(e.by), printable(e.number), printable(e.identity)];
    return text(
      `${by.fr} dit qui est ${no} (patient ${who}, ressemblance ${e.score} sur 100) ; une autre personne doit le confirmer.`,
      `${by.en} says who ${no} is (patient ${who}, likeness ${e.score} of 100); another person has to confirm it.`,
    );
  },
  'identity.accepted': (e) => {
    const [by, no, who, from] = [named(e.by), printable(e.number), printable(e.identity), printable(e.source)];
    const first = e.askedBy === '' ? undefined : named(e.askedBy);
    return text(
      `${by.fr} a rattaché ${no} au patient ${who} (${from}, ressemblance ${e.score} sur 100${first === undefined ? '' : `, proposé par ${first.fr}`}).`,
      `${by.en} reconciled ${no} with patient ${who} (${from}, likeness ${e.score} of 100${first === undefined ? '' : `, proposed by ${first.en}`}).`,
    );
  },
  'identity.released': (e) => {
    const [by, no, why] = [named(e.by), printable(e.number), clause(e.reason)];
    if (e.by === '')
      return text(
        `Délai écoulé : ce qui attendait sous ${no} part tel quel.`,
        `Time is up: what waited under ${no} goes out as it is.`,
      );
    return text(
      `${by.fr} laisse partir tel quel ce qui attendait sous ${no} : ${why}.`,
      `${by.en} lets what waited under ${no} go out as it is: ${why}.`,
    );
  },
  'identity.taken-back': (e) => {
    const [by, no, who, why] = [named(e.by), printable(e.number), printable(e.identity), clause(e.reason)];
    return text(
      `${by.fr} a repris le rattachement de ${no} au patient ${who}${e.isCorrection ? ', dont une partie était livrée' : ''} : ${why}.`,
      `${by.en} took back that ${no} is patient ${who}${e.isCorrection ? ', part of which had been delivered' : ''}: ${why}.`,
    );
  },
  'copy.coerced': (e) => {
    const [what, no, to, n] = [
      printable(e.sopInstanceUid),
      printable(e.number),
      listed(e.destinations),
      e.changes.length,
    ];
    return text(
      `Objet ${what} de ${no} mis à l’identité acceptée (${n} ${n < 2 ? 'changement' : 'changements'}, pixels identiques), ${to === '' ? 'aucune destination à servir' : `à livrer à ${to}`}.`,
      `Object ${what} of ${no} given the accepted identity (${n} ${n === 1 ? 'change' : 'changes'}, pixels identical), ${to === '' ? 'no destination to serve' : `to be delivered to ${to}`}.`,
    );
  },
  'copy.not-coerced': (e) => {
    const [what, no] = [printable(e.sopInstanceUid), printable(e.number)];
    const why = { fr: e.why.map(({ fr }) => clause(fr)).join(' ; '), en: e.why.map(({ en }) => clause(en)).join('; ') };
    return text(
      `Objet ${what} de ${no} : l’identité acceptée ne peut pas y être mise, rien n’est livré : ${why.fr}.`,
      `Object ${what} of ${no}: the accepted identity cannot be put into it, nothing is delivered: ${why.en}.`,
    );
  },
};
