import { type Text, text } from '@leadglass/kit';
import type {
  ChartRetention,
  ClamavSettings,
  ContinuitySettings,
  Destination,
  Feed,
  Hl7Destination,
  Peer,
  Quirk,
  Relay,
  Route,
} from '@leadglass/model';
import { peerNames } from './binding-plan.ts';
import { type Config, routeName } from './config.ts';
import {
  type Doubt,
  dangersOfClamav,
  dangersOfDestination,
  dangersOfPeer,
  dangersOfQuirk,
  dangersOfRemoval,
  dangersOfRoute,
  doubtsAbout,
} from './danger.ts';
import { dangersOfFeed } from './feed-input.ts';
import { dangersOfHl7Destination } from './hl7-destination-input.ts';
import { dangersOfRelay, placedRelays, relayName } from './relay-plan.ts';
import { dangersOfRetention } from './retention-input.ts';

export type ItemKind =
  | 'peer'
  | 'destination'
  | 'route'
  | 'relay'
  | 'quirk'
  | 'clamav'
  | 'feed'
  | 'hl7Destination'
  | 'continuity'
  | 'retention';

/** One field before and after, as text. Undefined: not there. */
export interface FieldChange {
  readonly field: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** One item that applying the plan would add, remove or change. */
export interface Change {
  readonly action: 'add' | 'remove' | 'change';
  readonly kind: ItemKind;
  /** AE title (with its range, where it has several), destination or quirk name, `FROM → TO` of a route, `FROM ⇒ TO` of a relay; empty for ClamAV, continuity and retention, of which there is one. */
  readonly name: string;
  /** What differs, in the fields' order. */
  readonly fields: readonly FieldChange[];
  readonly text: Text;
  /** Why somebody should think twice; empty when there is no reason to. */
  readonly dangers: readonly Text[];
}

/** What applying `wanted` would do. Nothing has happened yet. */
export interface Plan {
  readonly isEmpty: boolean;
  readonly isDangerous: boolean;
  /** Peers, then destinations, then routes, then relays, then quirks, by name; then ClamAV, continuity and retention. */
  readonly changes: readonly Change[];
  /** What looks like an oversight in `wanted` as a whole. */
  readonly doubts: readonly Doubt[];
}

/** What is known of the running gateway that makes a change more or less dangerous. */
export interface PlanFacts {
  /** Pending deliveries by destination name. */
  readonly pendingByDestination?: ReadonlyMap<string, number>;
}

/** Compares two configurations item by item; the order of items means nothing but for relays, of which the first that fits decides. */
export function planConfig(current: Config, wanted: Config, facts: PlanFacts = {}): Plan {
  const [relays, wantedRelays] = placedRelays(current.relays ?? [], wanted.relays ?? []);
  const changes = [
    ...changesOf('peer', current.peers, wanted.peers, peerNames(current.peers, wanted.peers), dangersOfPeer, facts),
    ...changesOf(
      'destination',
      current.destinations,
      wanted.destinations,
      (destination) => destination.name,
      dangersOfDestination,
      facts,
    ),
    ...changesOf('route', current.routes, wanted.routes, routeName, dangersOfRoute, facts),
    ...changesOf('relay', relays, wantedRelays, relayName, dangersOfRelay, facts),
    ...changesOf('quirk', current.quirks ?? [], wanted.quirks ?? [], (quirk) => quirk.name, dangersOfQuirk, facts),
    ...changesOf('feed', current.feeds ?? [], wanted.feeds ?? [], (feed) => feed.name, dangersOfFeed, facts),
    ...changesOf(
      'hl7Destination',
      current.hl7Destinations ?? [],
      wanted.hl7Destinations ?? [],
      ({ name }) => name,
      dangersOfHl7Destination,
      facts,
    ),
    ...changesOf('clamav', oneOf(current.clamav), oneOf(wanted.clamav), () => '', dangersOfClamav, facts),
    ...changesOf(
      'continuity',
      oneOf(current.continuity),
      oneOf(wanted.continuity),
      () => '',
      () => [],
      facts,
    ),
    ...changesOf('retention', oneOf(current.retention), oneOf(wanted.retention), () => '', dangersOfRetention, facts),
  ];
  const isDangerous = changes.some((change) => change.dangers.length > 0);
  return { isEmpty: changes.length === 0, isDangerous, changes, doubts: doubtsAbout(wanted) };
}

type Item =
  | Peer
  | Destination
  | Route
  | Relay
  | Quirk
  | ClamavSettings
  | Feed
  | Hl7Destination
  | ContinuitySettings
  | ChartRetention;
function oneOf<T>(item: T | undefined): readonly T[] {
  return item === undefined ? [] : [item];
}

type Dangers<T> = (before: T | undefined, after: T) => readonly Text[];

function changesOf<T extends Item>(
  kind: ItemKind,
  current: readonly T[],
  wanted: readonly T[],
  nameOf: (item: T) => string,
  dangersOf: Dangers<T>,
  facts: PlanFacts,
): Change[] {
  const before = new Map(current.map((item) => [nameOf(item), item]));
  const after = new Map(wanted.map((item) => [nameOf(item), item]));
  const changes: Change[] = [];
  for (const name of [...new Set([...before.keys(), ...after.keys()])].sort(byCodeUnit)) {
    const change = changeOf(kind, name, before.get(name), after.get(name), dangersOf, facts);
    if (change !== undefined) changes.push(change);
  }
  return changes;
}

function changeOf<T extends Item>(
  kind: ItemKind,
  name: string,
  before: T | undefined,
  after: T | undefined,
  dangersOf: Dangers<T>,
  facts: PlanFacts,
): Change | undefined {
  const fields = fieldChanges(before, after);
  if (fields.length === 0) return undefined;
  const action = before === undefined ? 'add' : after === undefined ? 'remove' : 'change';
  const dangers = after === undefined ? dangersOfRemoval(kind, name, facts) : dangersOf(before, after);
  return { action, kind, name, fields, text: sentence(action, kind, name, fields), dangers };
}

function fieldChanges(before: Item | undefined, after: Item | undefined): FieldChange[] {
  const fields = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  return [...fields]
    .map((field) => ({ field, before: shown(before, field), after: shown(after, field) }))
    .filter((change) => change.before !== change.after);
}

// Lists of rights and classes are sets: their order is no change.
function shown(item: Item | undefined, field: string): string | undefined {
  const value = (item as Readonly<Record<string, unknown>> | undefined)?.[field];
  if (value === undefined) return undefined;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return objectShown(value);
  return Array.isArray(value) ? `[${value.map(String).sort(byCodeUnit).join(', ')}]` : String(value);
}

function objectShown(value: object): string {
  return JSON.stringify(Object.fromEntries(Object.entries(value).sort(([a], [b]) => byCodeUnit(a, b))));
}

/** Order of code units: the same on every machine, whatever its language. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const KINDS: Readonly<Record<ItemKind, Text>> = {
  peer: text('le correspondant', 'peer'),
  destination: text('la destination', 'destination'),
  route: text('la route', 'route'),
  relay: text('le relais', 'relay'),
  quirk: text('la particularité', 'quirk'),
  clamav: text('ClamAV', 'ClamAV'),
  feed: text('le flux', 'feed'),
  hl7Destination: text('le destinataire HL7', 'HL7 receiver'),
  continuity: text('l’ensemble de continuité', 'the continuity set'),
  retention: text('la conservation des messages et des dossiers', 'the retention of messages and charts'),
};
const ACTIONS = {
  add: text('Ajouter', 'Add'),
  remove: text('Retirer', 'Remove'),
  change: text('Modifier', 'Change'),
} as const;

function sentence(action: Change['action'], kind: ItemKind, name: string, fields: readonly FieldChange[]): Text {
  const detail = (language: 'fr' | 'en'): string => {
    if (action !== 'change') return '';
    const none = language === 'fr' ? 'rien' : 'nothing';
    const list = fields.map(({ field, before, after }) => `${field} ${before ?? none} → ${after ?? none}`).join(' ; ');
    return language === 'fr' ? ` : ${list}` : `: ${list.replaceAll(' ; ', '; ')}`;
  };
  const named = name === '' ? '' : ` ${name}`;
  return text(
    `${ACTIONS[action].fr} ${KINDS[kind].fr}${named}${detail('fr')}.`,
    `${ACTIONS[action].en} ${KINDS[kind].en}${named}${detail('en')}.`,
  );
}
