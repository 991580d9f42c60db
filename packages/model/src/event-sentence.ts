import { type Text, text } from '@leadglass/kit';
import { CHART_SENTENCES } from './chart-sentence.ts';
import type { Event, EventKind, EventOf } from './event.ts';
import { IDENTITY_SENTENCES } from './identity-sentence.ts';
import { operationAnswered, operationRefused, withheldOf } from './operation-sentence.ts';
import { OUTAGE_SENTENCES } from './outage-sentence.ts';
import type { Act } from './peer.ts';
import { PERSON_SENTENCES } from './person-sentence.ts';
import { printable } from './printable.ts';
import { SCHEDULE_SENTENCES } from './schedule-sentence.ts';

const REASON_CHARS = 300;
const COMMAND_CHARS = 200;
const LISTED = 5;

type Sentences = { readonly [K in EventKind]: (event: EventOf<K>) => Text };

/** What a peer sent, made safe to print, in quotes of each language. */
function named(value: string): Text {
  const shown = printable(value);
  return shown === '' ? text('(sans nom)', '(no name)') : text(`« ${shown} »`, `“${shown}”`);
}

/** A peer with its address: `« CT1 » (192.0.2.7)`. */
function peerAt(aeTitle: string, address: string): Text {
  const name = named(aeTitle);
  return text(`${name.fr} (${printable(address)})`, `${name.en} (${printable(address)})`);
}

/** A reason, neutralised and without its final stop, so that it can end a clause. */
function because(why: Text): Text {
  const clause = (sentence: string) => printable(sentence.trim(), REASON_CHARS).replace(/[\s.]+$/u, '');
  return text(clause(why.fr), clause(why.en));
}

function becauseAll(reasons: readonly Text[]): Text {
  const clauses = reasons.slice(0, LISTED).map(because);
  if (clauses.length === 0) return text('raison non précisée', 'no reason given');
  return text(clauses.map((clause) => clause.fr).join(' ; '), clauses.map((clause) => clause.en).join('; '));
}

function listed(values: readonly string[]): string {
  const shown = values.slice(0, LISTED).map((value) => printable(value));
  return values.length > LISTED ? `${shown.join(', ')}, +${values.length - LISTED}` : shown.join(', ');
}

/** `1 objet`, `3 objets`; the French plural begins at two. */
function count(n: number, fr: string, en: string, frMany = `${fr}s`, enMany = `${en}s`): Text {
  return text(`${n} ${Math.abs(n) < 2 ? fr : frMany}`, `${n} ${n === 1 ? en : enMany}`);
}

/** What is added when one event stands for several. */
function andMore(more: number | undefined): Text {
  if (more === undefined || more < 1) return text('', '');
  const n = count(more, 'autre fois', 'more time', 'autres fois');
  return text(` (et ${n.fr} dans la minute)`, ` (and ${n.en} within the minute)`);
}

/** A certificate by its name, for whom it was issued and the beginning of its fingerprint. */
function certificate(e: { readonly name: string; readonly peer: string; readonly sha256: string }): Text {
  const name = named(e.name);
  const of = e.peer === '' ? text('', '') : text(` de ${named(e.peer).fr}`, ` of ${named(e.peer).en}`);
  return text(`${name.fr}${of.fr} (${short(e.sha256)})`, `${name.en}${of.en} (${short(e.sha256)})`);
}

const day = (atMs: number): string => new Date(Math.min(8.64e15, Math.max(0, atMs || 0))).toISOString().slice(0, 10);

const objects = (n: number): Text => count(n, 'objet', 'object');

/** `523 kB` / `523 ko`: three figures, decimal units. */
function size(bytes: number): Text {
  const units = [
    ['o', 'B'],
    ['ko', 'kB'],
    ['Mo', 'MB'],
    ['Go', 'GB'],
    ['To', 'TB'],
  ] as const;
  const step = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** step;
  const digits = step === 0 || value >= 100 ? value.toFixed(0) : value.toFixed(1).replace(/\.0$/, '');
  const [fr, en] = units[step] as (typeof units)[number];
  return text(`${digits.replace('.', ',')} ${fr}`, `${digits} ${en}`);
}

/** `45 s`, `5 min`, `2 h 05`. */
function duration(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')}`;
}

function status(code: number): string {
  return `0x${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

function command(line: string): string {
  return `./leadglass ${line}`;
}

/** The object, short enough to read and exact enough to find. */
function instance(uid: string): string {
  return uid === '' ? '—' : printable(uid);
}

const short = (sha256: string): string => printable(sha256.slice(0, 12));

const STORED: Readonly<Record<EventOf<'arrival.stored'>['outcome'], Text>> = {
  stored: text('reçu et conservé', 'received and kept'),
  duplicate: text('reçu à nouveau, déjà conservé à l’identique', 'received again, already kept, identical'),
  conflict: text(
    'reçu et conservé à côté d’un autre objet qui porte le même SOP Instance UID mais un autre contenu (à vérifier à la source)',
    'received and kept beside another object that has the same SOP Instance UID but other content (check at its source)',
  ),
};

const MEDIUM_IDENTITY = text('sous l’identité du support', 'under the identity of the medium');
const SITE_IDENTITY = text(
  'sous l’identité du patient dans l’établissement',
  'under the patient’s identity at this site',
);
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

/** Somebody who passes because an administrator observes. */
function observedSentence(
  e: EventOf<'association.accepted'>,
  instead: NonNullable<EventOf<'association.accepted'>['instead']>,
): Text {
  const [peer, why, hint] = [
    peerAt(e.calling, e.remoteAddress),
    because(instead.why),
    printable(instead.hint, COMMAND_CHARS),
  ];
  return text(
    `${peer.fr} est connecté à ${named(e.called).fr} sur ${printable(e.listener)} parce que cette adresse est observée ; sinon il aurait été refusé : ${why.fr}.${hint === '' ? '' : ` Pour l’admettre : ${hint}`}`,
    `${peer.en} connected to ${named(e.called).en} on ${printable(e.listener)} because that address is under observation; it would have been refused: ${why.en}.${hint === '' ? '' : ` To admit it: ${hint}`}`,
  );
}

/** One sentence per kind: who, what, why, and what to do. */
const SENTENCES: Sentences = {
  ...PERSON_SENTENCES,
  ...OUTAGE_SENTENCES,
  ...CHART_SENTENCES,
  ...SCHEDULE_SENTENCES,
  ...IDENTITY_SENTENCES,
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
  'association.accepted': (e) => {
    const peer = peerAt(e.calling, e.remoteAddress);
    const isCertified = e.evidence === 'certificate';
    if (e.instead !== undefined) return observedSentence(e, e.instead);
    return text(
      `${peer.fr} est connecté à ${named(e.called).fr} sur ${printable(e.listener)}, reconnu par ${isCertified ? 'son certificat' : 'son adresse'}.`,
      `${peer.en} connected to ${named(e.called).en} on ${printable(e.listener)}, recognised by its ${isCertified ? 'certificate' : 'address'}.`,
    );
  },
  'association.rejected': (e) => {
    const [peer, why, hint] = [peerAt(e.calling, e.remoteAddress), because(e.why), printable(e.hint, COMMAND_CHARS)];
    const more = andMore(e.more);
    return text(
      `${peer.fr} a été refusé sur ${printable(e.listener)} (appelait ${named(e.called).fr}) : ${why.fr}${more.fr}.${hint === '' ? '' : ` Pour l’admettre : ${hint}`}`,
      `${peer.en} was refused on ${printable(e.listener)} (it called ${named(e.called).en}): ${why.en}${more.en}.${hint === '' ? '' : ` To admit it: ${hint}`}`,
    );
  },
  'association.released': (e) => {
    const [peer, n, bytes] = [peerAt(e.calling, e.remoteAddress), objects(e.objects), size(e.bytes)];
    return text(
      `${peer.fr} a terminé son envoi : ${n.fr} (${bytes.fr}) ${e.objects < 2 ? 'acquitté' : 'acquittés'}.`,
      `${peer.en} finished: ${n.en} (${bytes.en}) acknowledged.`,
    );
  },
  'association.aborted': (e) => {
    const [peer, why] = [peerAt(e.calling, e.remoteAddress), because(e.why)];
    return e.by === 'peer'
      ? text(`${peer.fr} a coupé l’association : ${why.fr}.`, `${peer.en} aborted the association: ${why.en}.`)
      : text(
          `Leadglass a coupé l’association avec ${peer.fr} : ${why.fr}.`,
          `Leadglass aborted the association with ${peer.en}: ${why.en}.`,
        );
  },
  'connection.refused': (e) => {
    const [why, more] = [because(e.why), andMore(e.more)];
    return text(
      `Une connexion de ${printable(e.remoteAddress)} sur ${printable(e.listener)} a été refusée : ${why.fr}${more.fr}.`,
      `A connection from ${printable(e.remoteAddress)} to ${printable(e.listener)} was refused: ${why.en}${more.en}.`,
    );
  },
  'operation.answered': operationAnswered,
  'operation.refused': operationRefused,
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
  'hold.viewed': (e) => {
    const view = VIEWS[e.view];
    return text(
      `${named(e.by).fr} a regardé ${view.fr} de l’objet ${instance(e.sopInstanceUid)} (${short(e.sha256)}).`,
      `${named(e.by).en} looked at ${view.en} of object ${instance(e.sopInstanceUid)} (${short(e.sha256)}).`,
    );
  },
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
