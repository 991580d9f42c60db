import { type Text, text } from '@leadglass/kit';
import {
  ACTS,
  type Act,
  type ClamavSettings,
  type Destination,
  type FlowChoice,
  type Peer,
  type Quirk,
  type Route,
} from '@leadglass/model';
import { dangersOfBinding } from './binding-plan.ts';
import { type Config, routeName } from './config.ts';
import { FEED_REMOVED } from './feed-input.ts';
import { HL7_DESTINATION_REMOVED } from './hl7-destination-input.ts';
import type { ItemKind, PlanFacts } from './plan.ts';
import { RELAY_REMOVED, relayDoubts } from './relay-plan.ts';
import { RETENTION_REMOVED } from './retention-input.ts';

/** Something in a configuration that is allowed and may be an oversight. */
export interface Doubt {
  readonly kind: ItemKind;
  readonly name: string;
  readonly text: Text;
}

/** Why taking an item away deserves a second thought: all of it stops something that works. */
export function dangersOfRemoval(kind: ItemKind, name: string, facts: PlanFacts): readonly Text[] {
  if (kind === 'peer') return [text('Ses envois seront refusés.', 'What it sends will be refused.')];
  if (kind === 'route')
    return [text('Ce qui passait par cette route n’est plus livré.', 'What took this route is no longer delivered.')];
  if (kind === 'relay') return [RELAY_REMOVED];
  if (kind === 'quirk')
    return [text('Ce qui passait grâce à elle sera retenu.', 'What passed because of it will be held.')];
  if (kind === 'feed') return [FEED_REMOVED];
  if (kind === 'hl7Destination') return [HL7_DESTINATION_REMOVED];
  if (kind === 'clamav')
    return [text('Plus aucun objet ne lui sera montré.', 'No object will be shown to it any more.')];
  if (kind === 'continuity') return [];
  if (kind === 'retention') return [RETENTION_REMOVED];
  const pending = facts.pendingByDestination?.get(name) ?? 0;
  const stays = text(
    `${pending} livraison${pending > 1 ? 's' : ''} en attente n’y parviendr${pending > 1 ? 'ont' : 'a'} pas tant qu’elle n’est pas remise.`,
    `${pending} pending deliver${pending > 1 ? 'ies' : 'y'} will not reach it unless it is put back.`,
  );
  return [text('Plus rien n’y sera livré.', 'Nothing more is delivered there.'), ...(pending > 0 ? [stays] : [])];
}

/** What opens wider, or shuts, when a peer is added or changed. */
export function dangersOfPeer(before: Peer | undefined, after: Peer): readonly Text[] {
  const dangers: Text[] = [];
  const isFree = after.certSha256 === undefined && after.trustAnchors === undefined;
  if (/\/0$/.test(after.from) && isFree && before?.from !== after.from) {
    dangers.push(
      text(
        'Toute adresse pourra se présenter sous ce titre, sans certificat.',
        'Any address may present itself under this title, without a certificate.',
      ),
    );
  }
  if (before?.certSha256 !== undefined && before.certSha256 !== after.certSha256) dangers.push(CERTIFICATE_CHANGED);
  if (before?.trustAnchors !== undefined && isFree) dangers.push(CERTIFICATE_DROPPED);
  if (after.privateSopClasses.includes('*') && before?.privateSopClasses.includes('*') !== true) {
    dangers.push(
      text('Toute classe SOP privée sera acceptée de lui.', 'Any private SOP class will be accepted from it.'),
    );
  }
  const lost = before?.allow.filter((service) => !after.allow.includes(service)) ?? [];
  if (lost.length > 0)
    dangers.push(
      text(`Il perd le droit de demander : ${lost.join(', ')}.`, `It loses the right to ask for: ${lost.join(', ')}.`),
    );
  return [...dangers, ...dangersOfChoice(before, after), ...dangersOfBinding(before, after)];
}

const CERTIFICATE_DROPPED = text(
  'Il n’aura plus à prouver qui il est par un certificat.',
  'It will no longer have to prove who it is with a certificate.',
);
const CERTIFICATE_CHANGED = text(
  'Le certificat attendu n’est plus le même : vérifiez l’empreinte auprès de la personne qui gère l’appareil.',
  'The expected certificate is no longer the same: check the fingerprint with whoever runs the device.',
);

export function dangersOfDestination(before: Destination | undefined, after: Destination): readonly Text[] {
  if (before === undefined) return [];
  const dangers: Text[] = [];
  if (before.tls && !after.tls)
    dangers.push(text('Les images partiront en clair sur le réseau.', 'Images will cross the network unencrypted.'));
  if (before.certSha256 !== undefined && before.certSha256 !== after.certSha256) dangers.push(CERTIFICATE_CHANGED);
  if (before.host !== after.host || before.port !== after.port || before.called !== after.called) {
    dangers.push(
      text('Les livraisons en attente iront à la nouvelle adresse.', 'Pending deliveries will go to the new address.'),
    );
  }
  return dangers;
}

/** Adding a route delivers more, which is what it is for; what it chooses may pass more. */
export function dangersOfRoute(before: Route | undefined, after: Route): readonly Text[] {
  return dangersOfChoice(before, after);
}

/** What is accepted of a device is no longer held, whoever writes that device's name. */
export function dangersOfQuirk(_before: Quirk | undefined, after: Quirk): readonly Text[] {
  if (after.peer !== undefined) return [];
  return [
    text(
      'Tout objet qui se dit de ce fabricant en profitera, d’où qu’il vienne.',
      'Every object that says it is of this manufacturer will profit, wherever it comes from.',
    ),
  ];
}

/** ClamAV elsewhere, or asked for less, is another check than before. */
export function dangersOfClamav(before: ClamavSettings | undefined, after: ClamavSettings): readonly Text[] {
  if (before === undefined || after.maxStreamBytes >= before.maxStreamBytes) return [];
  return [
    text(
      'Des objets qui étaient montrés en entier à ClamAV ne le seront plus.',
      'Objects that were shown to ClamAV as a whole no longer will be.',
    ),
  ];
}

function dangersOfChoice(before: FlowChoice | undefined, after: FlowChoice): readonly Text[] {
  const dangers: Text[] = [];
  if (after.strictness === 'permissive' && before?.strictness !== 'permissive')
    dangers.push(text('Les objets douteux passeront tels quels.', 'Doubtful objects will pass as they are.'));
  if (after.whenUnfinished === 'deliver' && before?.whenUnfinished !== 'deliver')
    dangers.push(
      text(
        'Même un document qui n’a pas pu être contrôlé jusqu’au bout passera.',
        'Even a document that could not be checked to the end will pass.',
      ),
    );
  for (const act of ACTS) {
    if (before?.[act] === 'two-persons' && after[act] !== 'two-persons') dangers.push(ALONE[act]);
  }
  return dangers;
}

const ALONE: Readonly<Record<Act, Text>> = {
  release: text(
    'Une personne seule pourra libérer ce qui sera retenu désormais.',
    'One person alone will be able to release what is held from now on.',
  ),
  destroy: text(
    'Une personne seule pourra détruire ce qui sera retenu désormais.',
    'One person alone will be able to destroy what is held from now on.',
  ),
};

/** Routes nobody can take, and peers whose objects go nowhere. */
export function doubtsAbout(config: Config): readonly Doubt[] {
  const titles = new Set<string>(config.peers.map((peer) => peer.aeTitle));
  const routed = new Set<string>(config.routes.map((route) => route.from));
  const fromNobody = config.routes
    .filter((route) => route.from !== '*' && !titles.has(route.from))
    .map((route) =>
      doubt(
        'route',
        routeName(route),
        text(`Aucun correspondant ne s’appelle ${route.from}.`, `No peer is called ${route.from}.`),
      ),
    );
  const toNowhere = config.peers
    .filter((peer) => peer.allow.includes('store') && !routed.has('*') && !routed.has(peer.aeTitle))
    .map((peer) =>
      doubt(
        'peer',
        peer.aeTitle,
        text('Ce qu’il envoie est gardé mais livré nulle part.', 'What it sends is kept but delivered nowhere.'),
      ),
    );
  const relayed = relayDoubts(config).map(({ name, text }) => doubt('relay', name, text));
  return [...fromNobody, ...toNowhere, ...relayed];
}

function doubt(kind: ItemKind, name: string, sentence: Text): Doubt {
  return { kind, name, text: sentence };
}
