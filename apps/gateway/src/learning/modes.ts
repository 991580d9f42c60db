import type { AnswerInputOf, ParsedRequestOf } from '@leadglass/contract';
import { type Text, text, uuidv7 } from '@leadglass/kit';
import { DEFAULT_AE_TITLE, type Event, type Observation, type Peer, type PeerMode } from '@leadglass/model';
import { formatCidr, isObserved, parseCidr, shellWord, simulate } from '@leadglass/policy';
import { by } from '../actor.ts';
import type { ConfigControl } from '../control-config.ts';
import { controlFault } from '../control-faults.ts';
import type { ControlServices, GatewayConfig } from '../control-services.ts';
import { noPeer } from './binding.ts';
import { OBSERVATION_SETTING, observationOf } from './observation.ts';

const DAY_MS = 24 * 3600 * 1000;
/** Longest that a range or the site is observed at a time: it ends, or somebody decides again. */
const LONGEST_MS = 92 * DAY_MS;
const MOST_RANGES = 100;
/** A range this wide or wider is the world, or an Internet provider. */
const WIDEST = { 4: 16, 16: 48 } as const;

type Done = AnswerInputOf<'policy.observe'>;

/** Who is observed and who enforced. Each change is one sentence in the ledger, and comes with the command that takes it back. */
export class ModeControl {
  readonly #services: ControlServices;
  readonly #config: ConfigControl;

  constructor(services: ControlServices, config: ConfigControl) {
    this.#services = services;
    this.#config = config;
  }

  async observe(asked: ParsedRequestOf<'policy.observe'>): Promise<Done> {
    const { peers, from, site } = asked;
    if (peers.length + from.length === 0 && !site) throw controlFault('control.bad-request', WHOM);
    const done: Done[] = [];
    if (from.length > 0 || site) done.push(await this.#observeUntil(asked));
    if (peers.length > 0) done.push(await this.#setMode(peers, 'observe'));
    return { changes: done.flatMap(({ changes }) => changes), undo: done.flatMap(({ undo }) => undo) };
  }

  async enforce(asked: ParsedRequestOf<'policy.enforce'>): Promise<AnswerInputOf<'policy.enforce'>> {
    const { all, dryRun } = asked;
    if (asked.peers.length === 0 && !all) throw controlFault('control.bad-request', WHOM);
    const config = await this.#config.current();
    const titles = all ? config.peers.map(({ aeTitle }) => aeTitle) : asked.peers;
    refuseUnknown(titles, config);
    const replayed = await this.#replay(config, all ? undefined : new Set<string>(titles));
    if (dryRun) return { ...(await this.#wouldEnforce(config, titles, all)), ...replayed };
    const ended = all ? await this.#endObservation() : { changes: [], undo: [] };
    const set = await this.#setMode(titles, 'enforce');
    return { changes: [...ended.changes, ...set.changes], undo: [...set.undo, ...ended.undo], ...replayed };
  }

  /** What was seen of these titles, or of all, against the rules as they are. */
  async #replay({ peers, destinations, relays = [] }: GatewayConfig, titles: ReadonlySet<string> | undefined) {
    await this.#services.flushSightings();
    const seen = await this.#services.records.sightings(0);
    const theirs = titles === undefined ? seen : seen.filter(({ peer }) => titles.has(peer));
    const { kinds, count, differences } = simulate(theirs, { peers, destinations, relays }, DEFAULT_AE_TITLE);
    // What was refused and still is not at stake here; what would be admitted now is another question.
    return { kinds, count, differences: differences.filter(({ now }) => now === 'refused') };
  }

  async #wouldEnforce(config: GatewayConfig, titles: readonly string[], all: boolean): Promise<Done> {
    const observation = await observationOf(this.#services.records);
    const now = this.#services.clock.now();
    const changed = config.peers.filter((peer) => titles.includes(peer.aeTitle) && isObserved(peer, observation, now));
    return {
      changes: [...(all ? endWords(observation) : []), ...changed.map((peer) => modeWords(peer, 'enforce'))],
      undo: [],
    };
  }

  async #observeUntil({ from, site, untilMs }: ParsedRequestOf<'policy.observe'>): Promise<Done> {
    const now = this.#services.clock.now();
    if (untilMs === undefined || untilMs <= now || untilMs > now + LONGEST_MS)
      throw controlFault('control.bad-request', BAD_END);
    const ranges = from.map(rangeOf);
    const before = await observationOf(this.#services.records);
    const kept = before.ranges.filter((range) => !ranges.includes(range.from) && range.untilMs > now);
    const added = ranges.map((range) => ({ from: range, sinceMs: now, untilMs }));
    if (kept.length + added.length > MOST_RANGES) throw controlFault('control.bad-request', TOO_MANY_RANGES);
    const siteUntilMs = site ? untilMs : before.siteUntilMs;
    const changes = [...ranges.map((range) => rangeWords(range, untilMs)), ...(site ? [siteWords(untilMs)] : [])];
    await this.#store({ ranges: [...kept, ...added], ...(siteUntilMs === undefined ? {} : { siteUntilMs }) }, changes);
    return { changes, undo: ['./leadglass policy enforce --all'] };
  }

  async #endObservation(): Promise<Done> {
    const before = await observationOf(this.#services.records);
    const changes = endWords(before);
    if (changes.length === 0) return { changes, undo: [] };
    await this.#store({ ranges: [] }, changes);
    const now = this.#services.clock.now();
    const ranges = before.ranges.filter(({ untilMs }) => untilMs > now);
    const undo = ranges.map(
      ({ from, untilMs }) => `./leadglass policy observe --from ${from} --until ${dayOf(untilMs)}`,
    );
    const { siteUntilMs = 0 } = before;
    return {
      changes,
      undo: siteUntilMs > now ? [...undo, `./leadglass policy observe --site --until ${dayOf(siteUntilMs)}`] : undo,
    };
  }

  async #store(observation: Observation, changes: readonly Text[]): Promise<void> {
    const { records, clock } = this.#services;
    const now = clock.now();
    const events = changes.map(
      (change): Event => ({ id: uuidv7(now), atMs: now, kind: 'config.changed', by: by(), change }),
    );
    await records.setSetting(OBSERVATION_SETTING, JSON.stringify(observation), events);
    this.#services.eventsAppended();
    await this.#services.configChanged();
  }

  async #setMode(titles: readonly string[], mode: PeerMode): Promise<Done> {
    const changed: Peer[] = [];
    await this.#config.changeBy((config) => {
      refuseUnknown(titles, config);
      changed.push(...config.peers.filter((peer) => titles.includes(peer.aeTitle) && peer.mode !== mode));
      const peers = config.peers.map((peer) => (changed.includes(peer) ? { ...peer, mode } : peer));
      return { config: { ...config, peers }, changes: changed.map((peer) => modeWords(peer, mode)) };
    });
    const names = [...new Set(changed.map(({ aeTitle }) => shellWord(aeTitle)))];
    const verb = mode === 'observe' ? 'enforce' : 'observe';
    const undo = names.length === 0 ? [] : [`./leadglass policy ${verb} ${names.join(' ')}`];
    return { changes: changed.map((peer) => modeWords(peer, mode)), undo };
  }
}

function refuseUnknown(titles: readonly string[], { peers }: GatewayConfig): void {
  const unknown = titles.find((title) => !peers.some(({ aeTitle }) => aeTitle === title));
  if (unknown !== undefined) throw controlFault('control.not-found', noPeer(unknown));
}

function rangeOf(from: string): string {
  const range = parseCidr(from);
  if (range === undefined) throw controlFault('control.bad-request', BAD_RANGE);
  const widest = range.base.length === 4 ? WIDEST[4] : WIDEST[16];
  if (range.prefix < widest) throw controlFault('control.bad-request', TOO_WIDE);
  return formatCidr(range);
}

function modeWords({ aeTitle, from }: Peer, mode: PeerMode): Text {
  return mode === 'observe'
    ? text(
        `${aeTitle} (${from}) est observé : ce qui dépasse ses règles passe et est noté`,
        `${aeTitle} (${from}) is observed: what goes beyond its rules passes and is recorded`,
      )
    : text(`les règles de ${aeTitle} (${from}) s’appliquent`, `the rules of ${aeTitle} (${from}) are enforced`);
}

function rangeWords(range: string, untilMs: number): Text {
  const day = dayOf(untilMs);
  return text(
    `les adresses ${range} sont observées jusqu’au ${day} : un titre inconnu y passe et est noté`,
    `the addresses ${range} are observed until ${day}: an unknown title passes from there and is recorded`,
  );
}

function siteWords(untilMs: number): Text {
  const day = dayOf(untilMs);
  return text(
    `tout correspondant sans mode propre est observé jusqu’au ${day}`,
    `every peer without a mode of its own is observed until ${day}`,
  );
}

function endWords({ ranges, siteUntilMs }: Observation): Text[] {
  return [
    ...ranges.map(({ from }) =>
      text(`les adresses ${from} ne sont plus observées`, `the addresses ${from} are no longer observed`),
    ),
    ...(siteUntilMs === undefined ? [] : [text('le site n’est plus observé', 'the site is no longer observed')]),
  ];
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

const WHOM = text(
  'Dites qui : un titre AE, --from PLAGE, --site ou --all.',
  'Say whom: an AE title, --from RANGE, --site or --all.',
);
const BAD_END = text(
  'Une observation a une fin : --until DATE, dans 92 jours au plus.',
  'An observation has an end: --until DATE, within 92 days.',
);
const BAD_RANGE = text('Une plage s’écrit 192.0.2.0/24.', 'A range is written 192.0.2.0/24.');
const TOO_WIDE = text(
  'Plage trop large pour être observée : /16 au plus (IPv6 : /48). Donnez celles des appareils.',
  'Range too wide to be observed: /16 at most (IPv6: /48). Give those of the devices.',
);
const TOO_MANY_RANGES = text(
  `Au plus ${MOST_RANGES} plages observées à la fois.`,
  `At most ${MOST_RANGES} ranges under observation at once.`,
);
