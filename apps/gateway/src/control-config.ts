import type { AnswerInputOf, ParsedRequestOf } from '@leadglass/contract';
import { type Text, text, uuidv7 } from '@leadglass/kit';
import type { Event, Feed, Hl7Destination, Peer, Relay, Route } from '@leadglass/model';
import { formatCidr, parseCidr } from '@leadglass/policy';
import type { SettingsChange } from '@leadglass/records';
import { by } from './actor.ts';
import { asOne } from './change-words.ts';
import { controlFault } from './control-faults.ts';
import type { GatewayConfig as Config, ControlServices } from './control-services.ts';

type ListName = 'peers' | 'destinations' | 'routes' | 'relays' | 'feeds' | 'hl7Destinations';
type Item<K extends ListName> = NonNullable<Config[K]>[number];
type Change = 'added' | 'changed' | 'unchanged';
type Removed = { removed: number };

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Peers, destinations, routes and relays: one change at a time, each with its event in the same transaction, in force when it resolves. */
export class ConfigControl {
  readonly #services: ControlServices;
  #last: Promise<unknown> = Promise.resolve();

  constructor(services: ControlServices) {
    this.#services = services;
  }

  async current(): Promise<Config> {
    const { records } = this.#services;
    const [peers, destinations, routes, relays, quirks, clamav, feeds] = await Promise.all([
      records.peers(),
      records.destinations(),
      records.routes(),
      records.relays(),
      records.quirks(),
      records.clamav(),
      records.feeds(),
    ]);
    const [hl7Destinations, continuity, retention] = await Promise.all([
      records.hl7Destinations(),
      records.continuity(),
      records.retention(),
    ]);
    return {
      ...{ peers, destinations, routes },
      ...(relays.length === 0 ? {} : { relays }),
      ...(quirks.length === 0 ? {} : { quirks }),
      ...(clamav === undefined ? {} : { clamav }),
      ...(feeds.length === 0 ? {} : { feeds }),
      ...(hl7Destinations.length === 0 ? {} : { hl7Destinations }),
      ...(continuity === undefined ? {} : { continuity }),
      ...(retention === undefined ? {} : { retention }),
    };
  }

  /** Runs `act` after every change before it. */
  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(act, act);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #replace(before: Config, config: Config, changes: readonly Text[]): Promise<void> {
    const { records, clock } = this.#services;
    const events = changes.map(
      (change): Event => ({ id: uuidv7(clock.now()), atMs: clock.now(), kind: 'config.changed', by: by(), change }),
    );
    await records.replaceConfig(config, events, this.#past(before, config, changes));
    this.#services.eventsAppended();
    await this.#services.configChanged();
  }

  /** The change as it is remembered, for it to be undone. */
  #past(before: Config, config: Config, changes: readonly Text[]): SettingsChange {
    const { renderConfig, clock } = this.#services;
    return {
      atMs: clock.now(),
      by: by(),
      change: asOne(changes),
      before: renderConfig(before),
      source: renderConfig(config),
    };
  }

  /** Changes the configuration as `act` says, after every change before it; nothing when it has nothing to say. */
  changeBy(act: (config: Config) => { readonly config: Config; readonly changes: readonly Text[] }): Promise<void> {
    return this.#inTurn(async () => {
      const before = await this.current();
      const { config, changes } = act(before);
      if (changes.length > 0) await this.#replace(before, config, changes);
    });
  }

  addPeer(asked: ParsedRequestOf<'peer.add'>): Promise<{ change: Change }> {
    const range = parseCidr(asked.from);
    if (range === undefined) {
      throw controlFault(
        'control.bad-request',
        text(
          `« ${asked.from} » n’est pas une plage d’adresses (exemple : 192.0.2.0/24).`,
          `"${asked.from}" is not an address range (for example 192.0.2.0/24).`,
        ),
      );
    }
    const peer: Peer = { ...asked, from: formatCidr(range), allow: [...new Set(asked.allow)] };
    const rights = peer.allow.join(', ');
    return this.#put(
      'peers',
      (old) => ({ ...boundAs(old), ...peer }),
      (each) => each.aeTitle === peer.aeTitle && each.from === peer.from,
      (isNew) =>
        isNew
          ? text(
              `correspondant ${peer.aeTitle} admis depuis ${peer.from} (${rights})`,
              `peer ${peer.aeTitle} admitted from ${peer.from} (${rights})`,
            )
          : text(
              `correspondant ${peer.aeTitle} depuis ${peer.from} modifié (${rights})`,
              `peer ${peer.aeTitle} from ${peer.from} changed (${rights})`,
            ),
    );
  }

  addDestination(asked: ParsedRequestOf<'destination.add'>): Promise<{ change: Change }> {
    const { name, host, port, called } = asked;
    return this.#put(
      'destinations',
      asked,
      (each) => each.name === name,
      (isNew) =>
        isNew
          ? text(
              `destination ${name} ajoutée (${called} à ${host}:${port})`,
              `destination ${name} added (${called} at ${host}:${port})`,
            )
          : text(
              `destination ${name} modifiée (${called} à ${host}:${port})`,
              `destination ${name} changed (${called} at ${host}:${port})`,
            ),
    );
  }

  addRoute(asked: Route): Promise<{ change: Change }> {
    const isIt = (each: Route) => each.from === asked.from && each.to === asked.to;
    const said = text(
      `route de ${asked.from} vers ${asked.to} ajoutée`,
      `route from ${asked.from} to ${asked.to} added`,
    );
    return this.#put(
      'routes',
      asked,
      isIt,
      () => said,
      (config) => knowsDestination(config, asked.to),
    );
  }

  addRelay(asked: Relay): Promise<{ change: Change }> {
    const { from, to, calling } = asked;
    const chosen = calling === undefined ? {} : { calling };
    const services = [...new Set(asked.services)];
    const list = services.join(', ');
    return this.#put(
      'relays',
      { from, services, to, ...chosen },
      (each) => each.from === from && each.to === to,
      () => text(`relais de ${from} vers ${to} pour ${list}`, `relay from ${from} to ${to} for ${list}`),
      (config) => knowsDestination(config, to),
    );
  }

  addFeed(feed: Feed, say: (isNew: boolean) => Text): Promise<{ change: Change }> {
    return this.#put('feeds', feed, (each) => each.name === feed.name, say);
  }

  removeFeed(name: string, said: Text): Promise<Removed> {
    return this.#remove(
      'feeds',
      (each) => each.name === name,
      () => said,
    );
  }

  addHl7Destination(destination: Hl7Destination, say: (isNew: boolean) => Text): Promise<{ change: Change }> {
    const { name, system } = destination;
    return this.#put(
      'hl7Destinations',
      destination,
      (each) => each.name === name,
      say,
      (config) => {
        if (system !== undefined) knowsDestination(config, system);
      },
    );
  }

  removeHl7Destination(name: string, said: Text): Promise<Removed> {
    return this.#remove(
      'hl7Destinations',
      (each) => each.name === name,
      () => said,
    );
  }

  /** Replaces the item of `list` that `isIt` finds, or appends it. */
  #put<K extends ListName>(
    list: K,
    made: Item<K> | ((old: Item<K> | undefined) => Item<K>),
    isIt: (each: Item<K>) => boolean,
    say: (isNew: boolean) => Text,
    check: (config: Config) => void = () => {},
  ): Promise<{ change: Change }> {
    return this.#inTurn(async () => {
      const config = await this.current();
      check(config);
      const items: readonly Item<K>[] = config[list] ?? [];
      const old = items.find(isIt);
      const item = typeof made === 'function' ? made(old) : made;
      if (old !== undefined && isSame(sorted(old), sorted(item))) return { change: 'unchanged' as const };
      const replaced = old === undefined ? [...items, item] : items.map((each) => (each === old ? item : each));
      await this.#replace(config, { ...config, [list]: replaced }, [say(old === undefined)]);
      return { change: old === undefined ? ('added' as const) : ('changed' as const) };
    });
  }

  removePeer(asked: ParsedRequestOf<'peer.remove'>): Promise<Removed> {
    const range = asked.from === undefined ? undefined : parseCidr(asked.from);
    if (asked.from !== undefined && range === undefined) throw controlFault('control.bad-request');
    const from = range === undefined ? undefined : formatCidr(range);
    return this.#remove(
      'peers',
      (each) => each.aeTitle === asked.aeTitle && (from === undefined || each.from === from),
      (each) =>
        text(
          `correspondant ${each.aeTitle} depuis ${each.from} retiré`,
          `peer ${each.aeTitle} from ${each.from} removed`,
        ),
    );
  }

  removeDestination({ name }: ParsedRequestOf<'destination.remove'>): Promise<Removed> {
    const check = ({ routes, relays, hl7Destinations }: Config) => {
      if (routes.some((each) => each.to === name)) throw controlFault('control.conflict', stillRouted(name));
      if (relays?.some((each) => each.to === name)) throw controlFault('control.conflict', stillRelayed(name));
      if (hl7Destinations?.some(({ system }) => system === name))
        throw controlFault('control.conflict', stillItsSystem(name));
    };
    const said = text(`destination ${name} retirée`, `destination ${name} removed`);
    return this.#remove(
      'destinations',
      (each) => each.name === name,
      () => said,
      check,
    );
  }

  removeRoute(asked: Route): Promise<Removed> {
    return this.#remove(
      'routes',
      (each) => each.from === asked.from && each.to === asked.to,
      () => text(`route de ${asked.from} vers ${asked.to} retirée`, `route from ${asked.from} to ${asked.to} removed`),
    );
  }

  removeRelay(asked: Pick<Relay, 'from' | 'to'>): Promise<Removed> {
    return this.#remove(
      'relays',
      (each) => each.from === asked.from && each.to === asked.to,
      ({ from, to }) => text(`relais de ${from} vers ${to} retiré`, `relay from ${from} to ${to} removed`),
    );
  }

  #remove<K extends ListName>(
    list: K,
    isIt: (each: Item<K>) => boolean,
    say: (each: Item<K>) => Text,
    check: (config: Config) => void = () => {},
  ): Promise<Removed> {
    return this.#inTurn(async () => {
      const config = await this.current();
      check(config);
      const items: readonly Item<K>[] = config[list] ?? [];
      const gone = items.filter(isIt);
      if (gone.length === 0) throw controlFault('control.not-found');
      await this.#replace(config, { ...config, [list]: items.filter((each) => !isIt(each)) }, gone.map(say));
      return { removed: gone.length };
    });
  }

  async show(): Promise<AnswerInputOf<'config.show'>> {
    const config = await this.current();
    return { config, source: this.#services.renderConfig(config) };
  }

  async plan(source: string): Promise<AnswerInputOf<'config.plan'>> {
    return this.#services.readConfig(source, await this.current());
  }

  /** Applies all of it or, with problems, nothing. */
  apply(source: string, say: (change: Text) => Text = (change) => change): Promise<AnswerInputOf<'config.apply'>> {
    return this.#inTurn(async () => {
      const before = await this.current();
      const reading = this.#services.readConfig(source, before);
      const { config, changes } = reading;
      if (config !== undefined && changes.length > 0) {
        const told = changes.map((change) => say(change.text));
        await this.#replace(before, config, told);
      }
      return reading;
    });
  }
}

/** What binds a peer is not taken away by admitting it again. */
function boundAs(old: Peer | undefined): Pick<Peer, 'mode' | 'queryLimits'> {
  const { mode, queryLimits } = old ?? {};
  return { ...(mode === undefined ? {} : { mode }), ...(queryLimits === undefined ? {} : { queryLimits }) };
}

const noDestination = (name: string): Text =>
  text(
    `Aucune destination « ${name} » : ajoutez-la d’abord avec destination add.`,
    `No destination "${name}": add it first with destination add.`,
  );

const stillRouted = (name: string): Text =>
  text(
    `Une route mène encore à « ${name} » : retirez-la d’abord avec route remove.`,
    `A route still leads to "${name}": remove it first with route remove.`,
  );

const stillRelayed = (name: string): Text =>
  text(
    `Un relais mène encore à « ${name} » : retirez-le d’abord avec relay remove.`,
    `A relay still leads to "${name}": remove it first with relay remove.`,
  );

const stillItsSystem = (name: string): Text =>
  text(
    `Un destinataire HL7 dit que « ${name} » est son système : modifiez-le d’abord avec hl7-destination add.`,
    `An HL7 receiver says that "${name}" is its system: change it first with hl7-destination add.`,
  );

function knowsDestination({ destinations }: Config, name: string): void {
  if (!destinations.some((each) => each.name === name)) throw controlFault('control.not-found', noDestination(name));
}

/** The same object with its keys in order, for comparison. */
function sorted(value: object): object {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
