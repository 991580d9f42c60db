import { parseConfig, type RuleNotes, renderConfigWithNotes } from '@leadglass/config';
import type { AnswerInputOf, ParsedRequestOf } from '@leadglass/contract';
import { type Language, text } from '@leadglass/kit';
import { DEFAULT_AE_TITLE } from '@leadglass/model';
import { type Evidence, type ProposedPeer, proposePeers, simulate } from '@leadglass/policy';
import type { ControlServices, GatewayConfig } from '../control-services.ts';

/** The smallest rules that fit what was seen since `sinceMs`, as a file for `config apply`. Changes nothing. */
export async function propose(
  services: ControlServices,
  current: GatewayConfig,
  { sinceMs, dropUnseen }: ParsedRequestOf<'policy.propose'>,
): Promise<AnswerInputOf<'policy.propose'>> {
  await services.flushSightings();
  const seen = await services.records.sightings(sinceMs);
  const proposed = proposePeers(seen, { peers: current.peers, dropUnseen });
  const peers = proposed.map(({ peer }) => peer);
  const rules = { peers, destinations: current.destinations, relays: current.relays ?? [] };
  const { differences } = simulate(seen, rules, DEFAULT_AE_TITLE);
  const source = (language: Language) =>
    renderConfigWithNotes({ ...current, peers }, (peer) => {
      const found = proposed.find((each) => each.peer.aeTitle === peer.aeTitle && each.peer.from === peer.from);
      return found === undefined ? { before: [], fields: {}, items: {} } : notesOf(found, language);
    });
  return {
    source: { fr: source('fr'), en: source('en') },
    peers: peers.length,
    sightings: seen.length,
    firstMs: seen.length === 0 ? null : Math.min(...seen.map(({ firstMs }) => firstMs)),
    differences: differences.filter(({ now }) => now === 'refused'),
  };
}

/** What was seen, against a configuration file. Changes nothing. */
export async function simulateFile(
  services: ControlServices,
  { source, sinceMs }: ParsedRequestOf<'policy.simulate'>,
): Promise<AnswerInputOf<'policy.simulate'>> {
  const parsed = parseConfig(source);
  if (!parsed.ok) return { problems: [...parsed.problems], kinds: 0, count: 0, differences: [] };
  await services.flushSightings();
  const { peers, destinations, relays = [] } = parsed.config;
  const seen = await services.records.sightings(sinceMs);
  return { problems: [], ...simulate(seen, { peers, destinations, relays }, DEFAULT_AE_TITLE) };
}

function notesOf(proposed: ProposedPeer, language: Language): RuleNotes {
  const { evidence, services, addresses, unused, otherCertificates, isMixed, peer } = proposed;
  const say = (fr: string, en: string) => text(fr, en)[language];
  if (evidence === undefined) {
    const unseen = say('pas vu dans cette période : gardé tel quel', 'not seen in this time: kept as it is');
    return { before: [unseen], fields: {}, items: {} };
  }
  const before = [
    say(`associations : ${evidenceWords(evidence, language)}`, `associations: ${evidenceWords(evidence, language)}`),
    ...(unused.length === 0
      ? []
      : [say(`droits non utilisés : ${unused.join(', ')}`, `rights not used: ${unused.join(', ')}`)]),
    ...(isMixed
      ? [say('vu avec et sans TLS : aucun certificat exigé', 'seen with and without TLS: no certificate asked for')]
      : []),
    ...(otherCertificates === 0
      ? []
      : [
          say(
            `${otherCertificates} autre(s) certificat(s) présenté(s) avant`,
            `${otherCertificates} other certificate(s) shown before`,
          ),
        ]),
    ...(peer.mode === 'observe'
      ? [say('observé : appliquer ses règles avec policy enforce', 'observed: enforce its rules with policy enforce')]
      : []),
  ];
  const from = addresses
    .map(([address, count]) => `${address} ×${count}`)
    .slice(0, MOST_ADDRESSES)
    .join(', ');
  const items = Object.fromEntries(services.map(([service, each]) => [service, evidenceWords(each, language)]));
  return { before, fields: { from }, items };
}

const MOST_ADDRESSES = 8;

function evidenceWords({ count, bytes, firstMs, lastMs }: Evidence, language: Language): string {
  const [first, last] = [dayWords(firstMs), dayWords(lastMs)];
  const amount = bytes === 0 ? '' : `, ${sizeWords(bytes, language)}`;
  if (language === 'fr') return `${count} fois${amount}, ${first === last ? `le ${first}` : `du ${first} au ${last}`}`;
  return `${count === 1 ? 'once' : `${count} times`}${amount}, ${first === last ? `on ${first}` : `${first} to ${last}`}`;
}

function dayWords(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** `12 kB`, `3.4 MB`: decimal units. */
function sizeWords(bytes: number, language: Language): string {
  const [value, unit] = bytes < 1e6 ? [bytes / 1e3, 'k'] : [bytes / 1e6, 'M'];
  const shown = value.toFixed(value < 10 ? 1 : 0);
  return language === 'fr' ? `${shown.replace('.', ',')} ${unit}o` : `${shown} ${unit}B`;
}
