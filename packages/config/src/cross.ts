import { text } from '@leadglass/kit';
import { parseAeTitle } from '@leadglass/model';
import { formatCidr, parseCidr } from '@leadglass/policy';
import type { Complaint } from './issues.ts';
import { didYouMean } from './nearest.ts';

/** What is wrong between items, looked for in the raw document so that one bad field elsewhere hides none of it. */
export function crossChecks(value: unknown): Complaint[] {
  const peers = itemsOf(value, 'peers');
  const destinations = itemsOf(value, 'destinations');
  const routes = itemsOf(value, 'routes');
  const relays = itemsOf(value, 'relays');
  const quirks = itemsOf(value, 'quirks');
  return [
    ...repeated(
      'peers',
      'aeTitle',
      peers.map((peer) => titleAndRange(peer)),
    ),
    ...repeated(
      'destinations',
      'name',
      destinations.map((destination) => stringOf(destination.name)),
    ),
    ...repeatedPairs('routes', routes),
    ...repeatedPairs('relays', relays),
    ...unknownDestinations('routes', routes, destinations),
    ...unknownDestinations('relays', relays, destinations),
    ...fingerprintsWithoutTls(destinations),
    ...repeated(
      'quirks',
      'name',
      quirks.map((quirk) => stringOf(quirk.name)),
    ),
    ...quirksOfNobody(quirks),
    ...repeated(
      'feeds',
      'name',
      itemsOf(value, 'feeds').map((feed) => stringOf(feed.name)),
    ),
    ...repeated(
      'hl7Destinations',
      'name',
      itemsOf(value, 'hl7Destinations').map(({ name }) => stringOf(name)),
    ),
    ...unknownDestinations('hl7Destinations', itemsOf(value, 'hl7Destinations'), destinations, 'system'),
    ...fingerprintsWithoutTls(itemsOf(value, 'hl7Destinations'), 'hl7Destinations'),
  ];
}

type Item = Readonly<Record<string, unknown>>;

function itemsOf(value: unknown, list: string): Item[] {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, list)) return [];
  const items = (value as Item)[list];
  if (!Array.isArray(items)) return [];
  return items.map((item) => (typeof item === 'object' && item !== null ? (item as Item) : {}));
}

const stringOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const titleOf = (value: unknown): string | undefined => (typeof value === 'string' ? parseAeTitle(value) : undefined);

/** A title may come from several ranges, each with its own rights. */
function titleAndRange({ aeTitle, from }: Item): string | undefined {
  const title = titleOf(aeTitle);
  return title === undefined ? undefined : JSON.stringify([title, canonicalRange(stringOf(from) ?? '')]);
}

function canonicalRange(from: string): string {
  const range = parseCidr(from);
  return range === undefined ? from : formatCidr(range);
}

function repeated(list: string, field: string, names: readonly (string | undefined)[]): Complaint[] {
  const first = new Map<string, number>();
  const complaints: Complaint[] = [];
  for (const [at, name] of names.entries()) {
    if (name === undefined) continue;
    const before = first.get(name);
    if (before === undefined) first.set(name, at);
    else
      complaints.push({
        path: [list, at, field],
        isKey: false,
        text: text(`Déjà déclaré à ${list}[${before}].`, `Already declared at ${list}[${before}].`),
      });
  }
  return complaints;
}

function repeatedPairs(list: string, items: readonly Item[]): Complaint[] {
  const names = items.map((route) => {
    const from = route.from === '*' ? '*' : titleOf(route.from);
    const to = stringOf(route.to);
    return from === undefined || to === undefined ? undefined : JSON.stringify([from, to]);
  });
  return repeated(list, 'to', names);
}

function unknownDestinations(
  list: string,
  items: readonly Item[],
  destinations: readonly Item[],
  field = 'to',
): Complaint[] {
  const names = new Set(
    destinations.map((destination) => stringOf(destination.name)).filter((name) => name !== undefined),
  );
  const complaints: Complaint[] = [];
  for (const [at, route] of items.entries()) {
    const to = stringOf(route[field]);
    if (to === undefined || names.has(to)) continue;
    // Enough to compare with for a hand-written file; a generated one of thousands gets no suggestion.
    const near = names.size <= 200 ? didYouMean(to, [...names]) : undefined;
    const shown = to.slice(0, 64);
    const sentence = text(
      `Aucune destination ne s’appelle « ${shown} ».${near === undefined ? '' : ` Vouliez-vous dire « ${near} » ?`}`,
      `No destination is named "${shown}".${near === undefined ? '' : ` Did you mean "${near}"?`}`,
    );
    complaints.push({ path: [list, at, field], isKey: false, text: sentence });
  }
  return complaints;
}

// Accepted of everybody would be accepted of an attacker.
function quirksOfNobody(quirks: readonly Item[]): Complaint[] {
  return quirks.flatMap((quirk, at) =>
    quirk.peer !== undefined || quirk.manufacturer !== undefined
      ? []
      : [
          {
            path: ['quirks', at],
            isKey: false,
            text: text(
              'Il faut dire de qui : « peer » ou « manufacturer ».',
              'It has to say whose: "peer" or "manufacturer".',
            ),
          },
        ],
  );
}

function fingerprintsWithoutTls(destinations: readonly Item[], list = 'destinations'): Complaint[] {
  return destinations.flatMap((destination, at) =>
    destination.certSha256 === undefined || destination.tls === true
      ? []
      : [
          {
            path: [list, at, 'certSha256'],
            isKey: false,
            text: text(
              'Une empreinte ne sert qu’en TLS : ajoutez « tls: true » ou retirez-la.',
              'A fingerprint is of use over TLS alone: add "tls: true" or remove it.',
            ),
          },
        ],
  );
}
