import { type Text, text } from '@leadglass/kit';
import { ARRIVAL_SENTENCES } from './arrival-sentence.ts';
import { ASSOCIATION_SENTENCES } from './association-sentence.ts';
import { CHART_SENTENCES } from './chart-sentence.ts';
import { DELIVERY_SENTENCES } from './delivery-sentence.ts';
import { DRILL_SENTENCES } from './drill-sentence.ts';
import type { Event, EventKind, EventOf } from './event.ts';
import { HL7_SENTENCES } from './hl7-sentence.ts';
import { HOLD_SENTENCES } from './hold-sentence.ts';
import { IDENTITY_SENTENCES } from './identity-sentence.ts';
import { IMPORT_SENTENCES } from './import-sentence.ts';
import { operationAnswered, operationRefused } from './operation-sentence.ts';
import { OUTAGE_SENTENCES } from './outage-sentence.ts';
import { PERSON_SENTENCES } from './person-sentence.ts';
import { printable } from './printable.ts';
import { SCHEDULE_SENTENCES } from './schedule-sentence.ts';
import {
  because,
  certificate,
  command,
  count,
  day,
  instance,
  listed,
  named,
  objects,
  REASON_CHARS,
  short,
} from './sentence-words.ts';
import { WEB_SENTENCES } from './web-sentence.ts';

type Sentences = { readonly [K in EventKind]: (event: EventOf<K>) => Text };

/** One sentence per kind: who, what, why, and what to do. */
const SENTENCES: Sentences = {
  ...PERSON_SENTENCES,
  ...OUTAGE_SENTENCES,
  ...DRILL_SENTENCES,
  ...CHART_SENTENCES,
  ...SCHEDULE_SENTENCES,
  ...IDENTITY_SENTENCES,
  ...ASSOCIATION_SENTENCES,
  ...ARRIVAL_SENTENCES,
  ...DELIVERY_SENTENCES,
  ...HOLD_SENTENCES,
  ...IMPORT_SENTENCES,
  ...WEB_SENTENCES,
  ...HL7_SENTENCES,
  'gateway.started': (e) =>
    text(
      `Leadglass ${printable(e.version)} a démarré ; il écoute sur ${listed(e.listeners) || 'aucun port'}.`,
      `Leadglass ${printable(e.version)} started; it listens on ${listed(e.listeners) || 'no port'}.`,
    ),
  'gateway.stopped': (e) =>
    text(
      `Leadglass s’est arrêté : ${printable(e.reason, REASON_CHARS)}.`,
      `Leadglass stopped: ${printable(e.reason, REASON_CHARS)}.`,
    ),
  'intake.started': (e) =>
    text(`Le processus de réception nº ${e.intake} a démarré.`, `Intake process no. ${e.intake} started.`),
  'intake.died': (e) => {
    const lost = count(
      e.associations,
      'association interrompue',
      'association cut',
      'associations interrompues',
      'associations cut',
    );
    return text(
      `Le processus de réception nº ${e.intake} s’est arrêté (${printable(e.exit)}) ; ${lost.fr} ; il est relancé. Rien de ce qui avait été acquitté n’est perdu.`,
      `Intake process no. ${e.intake} died (${printable(e.exit)}); ${lost.en}; it is restarted. Nothing that was acknowledged is lost.`,
    );
  },
  'clamav.up': (e) =>
    text(
      `${printable(e.version)} (${printable(e.address)}) regarde les objets reçus.`,
      `${printable(e.version)} (${printable(e.address)}) looks at what arrives.`,
    ),
  'clamav.down': (e) => {
    const why = because(e.why);
    return text(
      `ClamAV (${printable(e.address)}) ne regarde plus les objets reçus : ${why.fr}. Les objets continuent d’arriver ; chaque flux décide de ce qui n’a pas été contrôlé (whenUnfinished). État : ./leadglass status`,
      `ClamAV (${printable(e.address)}) no longer looks at what arrives: ${why.en}. Objects go on arriving; each flow decides about what was not checked (whenUnfinished). State: ./leadglass status`,
    );
  },
  'operation.answered': operationAnswered,
  'operation.refused': operationRefused,
  'certificate.issued': (e) =>
    text(
      `${named(e.by).fr} a émis le certificat ${certificate(e).fr}, valable jusqu’au ${day(e.notAfterMs)}.`,
      `${named(e.by).en} issued certificate ${certificate(e).en}, good until ${day(e.notAfterMs)}.`,
    ),
  'certificate.revoked': (e) =>
    text(
      `${named(e.by).fr} a révoqué le certificat ${certificate(e).fr} (${printable(e.reason)}) : il n’est plus accepté.`,
      `${named(e.by).en} revoked certificate ${certificate(e).en} (${printable(e.reason)}): it is accepted no longer.`,
    ),
  'certificate.expiring': (e) => {
    const left = count(Math.max(0, e.days), 'jour', 'day');
    return text(
      `Le certificat ${certificate(e).fr} expire dans ${left.fr}, le ${day(e.notAfterMs)} : ./leadglass cert list`,
      `Certificate ${certificate(e).en} expires in ${left.en}, on ${day(e.notAfterMs)}: ./leadglass cert list`,
    );
  },
  'tls.rolled-back': (e) =>
    text(
      `Les réglages TLS d’avant sont de nouveau en vigueur (${printable(e.by)}) : ${because(e.why).fr}.`,
      `The TLS settings from before are in force again (${printable(e.by)}): ${because(e.why).en}.`,
    ),
  'vault.opened': (e) =>
    text(
      `${named(e.by).fr} a ouvert l’objet ${instance(e.sopInstanceUid)} en clair.`,
      `${named(e.by).en} opened object ${instance(e.sopInstanceUid)} in the clear.`,
    ),
  'continuity.dropped': (e) => {
    const [n, uid] = [objects(e.objects), printable(e.studyInstanceUid)];
    if (uid === '')
      return text(
        'Dossier tiré laissé pour faire de la place : il n’est plus demandé.',
        'A pulled chart was let go to make room: it is no longer wanted.',
      );
    return text(
      `Examen ${uid} laissé pour faire de la place (${n.fr}) : il avait été tiré et n’est plus demandé.`,
      `Study ${uid} let go to make room (${n.en}): it had been pulled and is no longer wanted.`,
    );
  },
  'vault.exported': (e) => {
    const n = objects(e.objects);
    return text(
      `${named(e.by).fr} a exporté ${n.fr} en clair hors du coffre.`,
      `${named(e.by).en} exported ${n.en} in the clear out of the vault.`,
    );
  },
  'vault.checked': (e) => {
    const [n, faults] = [objects(e.objects), count(e.faults, 'anomalie', 'fault')];
    const isSound = e.faults === 0;
    return text(
      `${named(e.by).fr} a vérifié le coffre : ${n.fr}, ${isSound ? 'aucune anomalie' : `${faults.fr}. Détail : ${command('vault check')}`}${isSound ? '.' : ''}`,
      `${named(e.by).en} checked the vault: ${n.en}, ${isSound ? 'no fault' : `${faults.en}. Details: ${command('vault check')}`}${isSound ? '.' : ''}`,
    );
  },
  'ledger.read': (e) => text(`${named(e.by).fr} a consulté le registre.`, `${named(e.by).en} read the ledger.`),
  'config.changed': (e) => {
    const change = because(e.change);
    return text(
      `${named(e.by).fr} a changé la configuration : ${change.fr}.`,
      `${named(e.by).en} changed the configuration: ${change.en}.`,
    );
  },
  'recovery.row-dropped': (e) => {
    const why = because(e.why);
    return text(
      `À la reprise, la fiche de l’objet ${short(e.sha256)} a été retirée : ${why.fr}. Contrôle : ${command('vault check')}`,
      `During recovery, the row of object ${short(e.sha256)} was dropped: ${why.en}. To check: ${command('vault check')}`,
    );
  },
};

/** One clear sentence on `event`, in both languages: who, what, why, what to do. Safe for a terminal: one line, no control character, bounded length. */
export function eventSentence(event: Event): Text {
  const sentenceOf = SENTENCES[event.kind] as (event: Event) => Text;
  return sentenceOf(event);
}
