import { type Text, text } from '@leadglass/kit';
import type { EventKind, EventOf } from './event.ts';
import { printable } from './printable.ts';
import { named, REASON_CHARS } from './sentence-words.ts';

const LISTED = 8;

type OutageKind = Extract<EventKind, `outage.${string}` | `giveback.${string}` | `isolation.${string}`>;

/** A reason that a person typed; nothing where they typed none. */
function because(reason: string): Text {
  const shown = printable(reason.trim(), REASON_CHARS).replace(/[\s.]+$/u, '');
  return shown === '' ? text('', '') : text(` : ${shown}`, `: ${shown}`);
}

function listed(values: readonly string[], none: Text): Text {
  if (values.length === 0) return none;
  const more = values.length > LISTED ? `, +${values.length - LISTED}` : '';
  const shown = `${values
    .slice(0, LISTED)
    .map((value) => printable(value))
    .join(', ')}${more}`;
  return text(shown, shown);
}

/** `45 s`, `5 min`, `2 h 05`, `12 j 03 h`. */
function lasted(ms: number): Text {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  if (minutes < 2) return both(`${Math.max(1, Math.round(ms / 1000))} s`);
  if (minutes < 60) return both(`${minutes} min`);
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return both(`${hours} h ${String(minutes % 60).padStart(2, '0')}`);
  const rest = `${String(hours % 24).padStart(2, '0')} h`;
  return text(`${Math.floor(hours / 24)} j ${rest}`, `${Math.floor(hours / 24)} d ${rest}`);
}

const both = (value: string): Text => text(value, value);

function size(bytes: number): Text {
  const megabytes = bytes / 1_000_000;
  const shown = megabytes < 10 ? megabytes.toFixed(1) : megabytes.toFixed(0);
  return text(`${shown.replace('.', ',')} Mo`, `${shown} MB`);
}

const objects = (n: number): Text => text(`${n} objet${n < 2 ? '' : 's'}`, `${n} object${n === 1 ? '' : 's'}`);

/** Sentences of outages, give-back and isolation. */
export const OUTAGE_SENTENCES: { readonly [K in OutageKind]: (event: EventOf<K>) => Text } = {
  'outage.began': (e) => {
    const [what, who, why] = [named(e.upstream), named(e.by), because(e.reason)];
    const end = `./leadglass outage end ${printable(e.upstream)}`;
    if (e.how === 'declared')
      return text(
        `${who.fr} déclare ${what.fr} en panne${why.fr}. Leadglass répond à sa place jusqu’à : ${end}`,
        `${who.en} declares ${what.en} down${why.en}. Leadglass answers in its place until: ${end}`,
      );
    return text(
      `${what.fr} ne répond plus : Leadglass répond à sa place et garde ce qui lui est dû.`,
      `${what.en} does not answer any more: Leadglass answers in its place and keeps what it is owed.`,
    );
  },
  'outage.lifted': (e) => {
    const [what, who] = [named(e.upstream), named(e.by)];
    return text(
      `${who.fr} déclare ${what.fr} de retour : il est interrogé, et cru quand il répond assez longtemps.`,
      `${who.en} declares ${what.en} back: it is asked, and believed once it answers for long enough.`,
    );
  },
  'outage.ended': (e) => {
    const [what, ms, n, bytes] = [named(e.upstream), lasted(e.atMs - e.sinceMs), objects(e.owed), size(e.bytes)];
    return text(
      `${what.fr} est de retour après ${ms.fr} ; il lui est dû ${n.fr} (${bytes.fr}).`,
      `${what.en} is back after ${ms.en}; it is owed ${n.en} (${bytes.en}).`,
    );
  },
  'giveback.done': (e) => {
    const [what, n, ms] = [named(e.upstream), objects(e.owed), lasted(e.ms)];
    const trouble = e.failed === 0 ? '' : `./leadglass deliveries list --state failed`;
    return text(
      `Restitution à ${what.fr} terminée en ${ms.fr} : ${n.fr} dus, ${e.delivered} livrés (dont ${e.known} qu’il disait avoir déjà), ${e.failed} refusés, ${e.removed} détruits ici entre-temps ; aucun livré deux fois.${trouble === '' ? '' : ` À voir : ${trouble}`}`,
      `Give-back to ${what.en} ended after ${ms.en}: ${n.en} owed, ${e.delivered} delivered (${e.known} of which it said it had already), ${e.failed} refused, ${e.removed} destroyed here meanwhile; none delivered twice.${trouble === '' ? '' : ` See: ${trouble}`}`,
    );
  },
  'isolation.on': (e) => {
    const [who, why] = [named(e.by), because(e.reason)];
    const cut = listed(e.destinations, text('aucune destination', 'no destination'));
    return text(
      `${who.fr} a isolé le site${why.fr}. Arrêté : ${e.associations} association(s), ${e.webConnections} connexion(s) Web, ${cut.fr}. Pour revenir : ./leadglass isolation off`,
      `${who.en} isolated the site${why.en}. Stopped: ${e.associations} association(s), ${e.webConnections} web connection(s), ${cut.en}. To go back: ./leadglass isolation off`,
    );
  },
  'isolation.off': (e) => {
    const [who, ms] = [named(e.by), lasted(e.atMs - e.sinceMs)];
    const again = listed(e.destinations, text('aucune destination', 'no destination'));
    return text(
      `${who.fr} a levé l’isolement après ${ms.fr} ; reprend : ${again.fr}.`,
      `${who.en} ended the isolation after ${ms.en}; going on again: ${again.en}.`,
    );
  },
};
