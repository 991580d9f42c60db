import { type Text, text } from '@leadglass/kit';
import type { EventKind, EventOf } from './event.ts';
import { printable } from './printable.ts';
import { named, REASON_CHARS } from './sentence-words.ts';

type PersonKind = Extract<EventKind, `person.${string}` | 'study.opened' | 'journey.searched' | `glass.${string}`>;

/** Roles in words; another one is shown as it is. */
const ROLES: Readonly<Record<string, Text>> = {
  administrator: text('administrateur', 'administrator'),
  'security-officer': text('responsable de la sécurité', 'security officer'),
  radiologist: text('radiologue', 'radiologist'),
  technologist: text('manipulateur', 'technologist'),
  emergency: text('urgences', 'emergency'),
  auditor: text('auditeur', 'auditor'),
};
const METHODS: Readonly<Record<EventOf<'person.signed-in'>['how'], Text>> = {
  passkey: text('clé d’accès', 'passkey'),
  'password-totp': text('mot de passe et code', 'password and code'),
  oidc: text('annuaire de l’établissement', 'the site’s directory'),
  'emergency-code': text('code d’urgence', 'emergency code'),
  'set-up': text('première installation', 'set-up'),
};
const REFUSALS: Readonly<Record<EventOf<'person.refused'>['why'], Text>> = {
  credentials: text('identifiants faux', 'wrong credentials'),
  throttled: text('trop d’essais', 'too many tries'),
  'no-role': text('aucun rôle ici', 'no role here'),
  disabled: text('compte désactivé', 'account disabled'),
  expired: text('lien ou code périmé', 'link or code expired'),
};
const ENDS: Readonly<Record<EventOf<'person.signed-out'>['why'], Text>> = {
  asked: text('à sa demande', 'as asked'),
  idle: text('resté inactif', 'idle'),
  revoked: text('session révoquée', 'session revoked'),
  expired: text('session périmée', 'session expired'),
};

const WHYS: Readonly<Record<EventOf<'glass.broken'>['why'], Text>> = {
  care: text('prise en charge', 'care of the patient'),
  advice: text('avis demandé', 'advice asked for'),
  danger: text('vie en danger', 'life in danger'),
  other: text('autre raison', 'another reason'),
};

const role = (name: string): Text => ROLES[name] ?? text(printable(name), printable(name));
const from = (address: string): string => (address === '' ? '' : ` (${printable(address)})`);

/** A reason that a person typed; nothing where they typed none. */
function because(reason: string): Text {
  const shown = printable(reason.trim(), REASON_CHARS).replace(/[\s.]+$/u, '');
  return shown === '' ? text('', '') : text(` : ${shown}`, `: ${shown}`);
}

/** Sentences of what people do with accounts, sessions, studies and searches. */
export const PERSON_SENTENCES: { readonly [K in PersonKind]: (event: EventOf<K>) => Text } = {
  'person.signed-in': (e) => {
    const [who, as, how] = [named(e.by), role(e.role), METHODS[e.how]];
    return text(
      `${who.fr}${from(e.address)} est entré dans la console (${as.fr}) : ${how.fr}.`,
      `${who.en}${from(e.address)} signed in to the console (${as.en}): ${how.en}.`,
    );
  },
  'person.refused': (e) => {
    const [who, why] = [named(e.by), REFUSALS[e.why]];
    return text(
      `${who.fr}${from(e.address)} n’a pas pu entrer dans la console : ${why.fr}.`,
      `${who.en}${from(e.address)} could not sign in to the console: ${why.en}.`,
    );
  },
  'person.signed-out': (e) => {
    const [who, why] = [named(e.by), ENDS[e.why]];
    return text(`${who.fr} a quitté la console : ${why.fr}.`, `${who.en} left the console: ${why.en}.`);
  },
  'person.added': (e) => {
    const [who, whom, as] = [named(e.by), named(e.person), role(e.role)];
    return text(
      `${who.fr} a créé le compte ${whom.fr} (${as.fr}).`,
      `${who.en} made the account ${whom.en} (${as.en}).`,
    );
  },
  'person.changed': (e) => {
    const [who, whom, as] = [named(e.by), named(e.person), role(e.role)];
    return text(
      `${who.fr} a changé le compte ${whom.fr} (${as.fr}).`,
      `${who.en} changed the account ${whom.en} (${as.en}).`,
    );
  },
  'person.removed': (e) => {
    const [who, whom] = [named(e.by), named(e.person)];
    return text(`${who.fr} a supprimé le compte ${whom.fr}.`, `${who.en} removed the account ${whom.en}.`);
  },
  'study.opened': (e) => {
    const [who, uid, why] = [named(e.by), printable(e.studyInstanceUid), because(e.reason)];
    return text(`${who.fr} a ouvert l’examen ${uid}${why.fr}.`, `${who.en} opened study ${uid}${why.en}.`);
  },
  'glass.broken': (e) => {
    const [who, as, why, more] = [named(e.by), role(e.role), WHYS[e.why], because(e.words)];
    return text(
      `${who.fr} (${as.fr}) a ouvert le dossier n° ${e.chart} sans venue ni demande connue, ${why.fr}${more.fr} ; à revoir.`,
      `${who.en} (${as.en}) opened chart no. ${e.chart} without a known visit or order, ${why.en}${more.en}; to be reviewed.`,
    );
  },
  'glass.reviewed': (e) => {
    const [who, of, more] = [named(e.by), named(e.of), because(e.note)];
    return text(
      `${who.fr} a revu l’ouverture n° ${e.no} du dossier n° ${e.chart} par ${of.fr}${more.fr}.`,
      `${who.en} reviewed opening no. ${e.no} of chart no. ${e.chart} by ${of.en}${more.en}.`,
    );
  },
  'journey.searched': (e) => {
    const who = named(e.by);
    const asked = e.keys.slice(0, 8).map((key) => printable(key));
    const keys = asked.length === 0 ? '' : ` (${asked.join(', ')})`;
    const n = e.found < 2 ? text('réponse', e.found === 1 ? 'match' : 'matches') : text('réponses', 'matches');
    return text(
      `${who.fr} a cherché des examens${keys} : ${e.found} ${n.fr}.`,
      `${who.en} searched for studies${keys}: ${e.found} ${n.en}.`,
    );
  },
};
