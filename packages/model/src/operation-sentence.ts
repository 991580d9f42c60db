import { type Text, text } from '@leadglass/kit';
import type { EventOf } from './event.ts';
import type { Service } from './peer.ts';
import { printable } from './printable.ts';

const LISTED = 8;
const WHY_CHARS = 300;
const HINT_CHARS = 200;

/** What each service is called in a sentence: « a demandé … », "asked for …". */
const ASKED: Readonly<Record<Service, Text>> = {
  qido: text('une recherche Web (QIDO-RS)', 'a web search (QIDO-RS)'),
  wado: text('une lecture Web (WADO-RS)', 'a web retrieval (WADO-RS)'),
  fhir: text('un envoi FHIR', 'a FHIR send'),
  stow: text('un envoi Web (STOW-RS)', 'a web store (STOW-RS)'),
  continuity: text('l’ensemble de continuité', 'the continuity set'),
  echo: text('un écho', 'an echo'),
  store: text('un enregistrement', 'a store'),
  find: text('une recherche d’images', 'an image query'),
  move: text('un envoi d’images (C-MOVE)', 'a C-MOVE of images'),
  get: text('une récupération d’images (C-GET)', 'a C-GET of images'),
  worklist: text('la liste de travail', 'the worklist'),
  mpps: text('un compte rendu d’étape (MPPS)', 'a performed procedure step (MPPS)'),
  commit: text('un engagement de conservation', 'a storage commitment'),
  print: text('une impression', 'a print operation'),
  ups: text('une étape unifiée (UPS)', 'a unified procedure step (UPS)'),
  availability: text('un avis de disponibilité', 'an instance availability notice'),
};

type Told = EventOf<'operation.answered'> | EventOf<'operation.refused'>;

const code = (status: number): string => `0x${status.toString(16).toUpperCase().padStart(4, '0')}`;

/** ` (STUDY ; PatientName wildcard, StudyDate range)`: what was asked, without a value. */
function shape({ level, keys }: Told): string {
  const more = keys.length > LISTED ? `, +${keys.length - LISTED}` : '';
  const shown = keys.slice(0, LISTED).map((key) => printable(key));
  const parts = [printable(level), `${shown.join(', ')}${more}`].filter((part) => part !== '');
  return parts.length === 0 ? '' : ` (${parts.join('; ')})`;
}

function whom({ from, upstream, instead }: Told): Text {
  if (from === 'vault' && instead !== undefined) {
    const name = printable(instead);
    return text(`Leadglass, à la place de « ${name} » en panne,`, `Leadglass, in place of “${name}” that is down,`);
  }
  if (from === 'vault') return text('Leadglass', 'Leadglass');
  if (upstream === '') return text('personne', 'nobody');
  return text(`« ${printable(upstream)} »`, `“${printable(upstream)}”`);
}

/** Sentence of `operation.answered`. */
export function operationAnswered(e: EventOf<'operation.answered'>): Text {
  const [asked, by, took, unseen] = [ASKED[e.service], whom(e), Math.round(e.ms), withheldOf(e.withheld)];
  return text(
    `« ${printable(e.peer)} » a demandé ${asked.fr}${shape(e)} ; ${by.fr} a répondu ${code(e.status)} en ${took} ms, résultats : ${e.results}${unseen.fr}.`,
    `“${printable(e.peer)}” asked for ${asked.en}${shape(e)}; ${by.en} answered ${code(e.status)} in ${took} ms, results: ${e.results}${unseen.en}.`,
  );
}

/** `, withheld by its limits: 3`; empty where nothing was. */
export function withheldOf(withheld = 0): Text {
  if (withheld === 0) return text('', '');
  return text(`, écartés par ses limites : ${withheld}`, `, withheld by its limits: ${withheld}`);
}

/** Sentence of `operation.refused`. */
export function operationRefused(e: EventOf<'operation.refused'>): Text {
  const clause = (sentence: string): string => printable(sentence.trim(), WHY_CHARS).replace(/[\s.]+$/u, '');
  const [asked, hint] = [ASKED[e.service], printable(e.hint, HINT_CHARS)];
  return text(
    `« ${printable(e.peer)} » a demandé ${asked.fr}${shape(e)}, refusé (statut ${code(e.status)}) : ${clause(e.why.fr)}.${hint === '' ? '' : ` Pour le permettre : ${hint}`}`,
    `“${printable(e.peer)}” asked for ${asked.en}${shape(e)}, refused (status ${code(e.status)}): ${clause(e.why.en)}.${hint === '' ? '' : ` To allow it: ${hint}`}`,
  );
}
