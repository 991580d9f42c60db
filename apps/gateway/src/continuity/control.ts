import type { AnswerInputOf, BoxStanding, OutageAnswer, ParsedRequestOf } from '@leadglass/contract';
import { type Text, text } from '@leadglass/kit';
import type { Relay, RelayedService } from '@leadglass/model';
import type { Owed } from '@leadglass/records';
import { by } from '../actor.ts';
import { controlFault } from '../control-faults.ts';
import type { ControlServices } from '../control-services.ts';
import type { UpstreamStanding } from './outage-host.ts';

/** How old a figure of what is owed may be: adding it up reads every row that waits. */
const OWED_MS = 5_000;
const WORST_FIRST = ['declared', 'down', 'returning', 'doubtful', 'up'] as const;

type Services = Pick<ControlServices, 'clock' | 'records' | 'continuity' | 'rules' | 'pulled'>;

/** What the control socket does about outages and isolation. */
export class ContinuityControl {
  readonly #services: Services;
  readonly #owed = new Map<string, { readonly atMs: number; readonly owed: Promise<Owed> }>();

  constructor(services: Services) {
    this.#services = services;
  }

  async state(): Promise<AnswerInputOf<'continuity.state'>> {
    const { clock, continuity } = this.#services;
    const [atMs, relays] = [clock.now(), await this.#services.records.relays()];
    const standings = inOrder(continuity.outages.standings());
    const down = standings.filter(({ name }) => continuity.outages.isDown(name));
    const upstreams = await Promise.all(
      standings.map(async ({ name, state, sinceMs, asOfMs }) => ({
        ...{ name, state, sinceMs, ...(asOfMs === undefined ? {} : { asOfMs }) },
        services: servicesOf(relays, name),
        owedObjects: (await this.#owedTo(name)).objects,
      })),
    );
    const { isOn: isIsolated, sinceMs } = continuity.isolation;
    const { box } = await this.#services.pulled.standing();
    const asOfMs = box === null ? asOf(down, atMs) : oldestOf(box);
    return {
      ...{ mode: down.length === 0 ? 'normal' : 'outage', atMs, asOfMs, isIsolated, upstreams },
      ...(sinceMs === undefined ? {} : { isolatedSinceMs: sinceMs }),
      missing: [
        ...(box?.missing ?? []),
        ...upstreams.flatMap((each) => missingOf(each, continuity.outages.isDown(each.name))),
      ],
      ...(box === null ? {} : { box }),
    };
  }

  async list(): Promise<AnswerInputOf<'outage.list'>> {
    const relays = await this.#services.records.relays();
    const standings = inOrder(this.#services.continuity.outages.standings());
    return { upstreams: await Promise.all(standings.map((each) => this.#told(each, relays))) };
  }

  async declare({ name, reason }: ParsedRequestOf<'outage.declare'>): Promise<AnswerInputOf<'outage.declare'>> {
    const { outages } = this.#services.continuity;
    this.#known(name);
    await outages.declare(name, by(), reason);
    return { state: outages.state(name) };
  }

  async end({ name }: ParsedRequestOf<'outage.end'>): Promise<AnswerInputOf<'outage.end'>> {
    const { outages } = this.#services.continuity;
    this.#known(name);
    const isEnded = await outages.end(name, by());
    return { isEnded, state: outages.state(name) };
  }

  showIsolation(): Promise<AnswerInputOf<'isolation.show'>> {
    return this.#services.continuity.isolation.show();
  }

  isolate({ reason }: ParsedRequestOf<'isolation.on'>): Promise<AnswerInputOf<'isolation.on'>> {
    return this.#services.continuity.isolation.on(by(), reason);
  }

  rejoin(): Promise<AnswerInputOf<'isolation.off'>> {
    return this.#services.continuity.isolation.off(by());
  }

  #known(name: string): void {
    if (!this.#services.rules().destinations.some((each) => each.name === name))
      throw controlFault('control.not-found', NO_DESTINATION);
  }

  async #told(standing: UpstreamStanding, relays: readonly Relay[]): Promise<OutageAnswer> {
    const { name, state, sinceMs, asOfMs, outage } = standing;
    const { objects, bytes, oldestAtMs } = await this.#owedTo(name);
    const giveBack = await this.#services.continuity.giveBacks.progress(name);
    const isDeclared = outage !== undefined && outage.by !== '';
    return {
      ...{ name, state, sinceMs, ...(asOfMs === undefined ? {} : { asOfMs }) },
      ...(outage === undefined ? {} : { how: outage.how }),
      ...(isDeclared ? { by: outage.by, reason: outage.reason } : {}),
      services: servicesOf(relays, name),
      owed: { objects, bytes, ...(oldestAtMs === undefined ? {} : { oldestAtMs }) },
      ...(giveBack === undefined ? {} : { giveBack }),
    };
  }

  #owedTo(name: string): Promise<Owed> {
    const { clock, records } = this.#services;
    const now = clock.monotonicMs();
    const known = this.#owed.get(name);
    if (known !== undefined && now - known.atMs < OWED_MS) return known.owed;
    const owed = records.outages.owed(name);
    this.#owed.set(name, { atMs: now, owed });
    // What failed once is read again by whoever asks next.
    owed.catch(() => this.#owed.delete(name));
    return owed;
  }
}

function inOrder(standings: readonly UpstreamStanding[]): readonly UpstreamStanding[] {
  return standings.toSorted(
    (a, b) => WORST_FIRST.indexOf(a.state) - WORST_FIRST.indexOf(b.state) || (a.name < b.name ? -1 : 1),
  );
}

function servicesOf(relays: readonly Relay[], name: string): RelayedService[] {
  return [...new Set(relays.filter(({ to }) => to === name).flatMap(({ services }) => services))];
}

/** As of when what is shown is true: when the first of those that are down was last known to be well. */
function asOf(down: readonly UpstreamStanding[], atMs: number): number | null {
  if (down.some(({ asOfMs }) => asOfMs === undefined)) return null;
  return Math.min(atMs, ...down.map(({ asOfMs }) => asOfMs ?? atMs));
}

/** What a box shows is as old as the oldest kind of it. */
function oldestOf({ kinds }: Pick<BoxStanding, 'kinds'>): number | null {
  return kinds.reduce<number | null>(
    (oldest, { asOfMs }) => (oldest === null || asOfMs === null ? null : Math.min(oldest, asOfMs)),
    Number.MAX_SAFE_INTEGER,
  );
}

function missingOf(
  {
    name,
    services,
    owedObjects,
  }: { readonly name: string; readonly services: readonly RelayedService[]; readonly owedObjects: number },
  isDown: boolean,
): Text[] {
  if (!isDown)
    return owedObjects === 0
      ? []
      : [
          text(
            `${name} n’a pas encore reçu ${owedObjects} objet${owedObjects < 2 ? '' : 's'} : ils sont ici.`,
            `${name} has not received ${owedObjects} object${owedObjects === 1 ? '' : 's'} yet: they are here.`,
          ),
        ];
  const images = services.some((each) => IMAGES.has(each));
  return [
    text(`${name} est en panne.`, `${name} is down.`),
    ...(images
      ? [
          text(
            `Les images que seul ${name} garde ne sont pas là : on voit ce qui est passé par Leadglass.`,
            `Images that ${name} alone keeps are not here: what is shown is what passed through Leadglass.`,
          ),
        ]
      : []),
    ...(services.includes('worklist')
      ? [
          text(
            `Ce qui a été planifié dans ${name} depuis la panne n’est pas connu ici.`,
            `What was scheduled in ${name} since it is down is not known here.`,
          ),
        ]
      : []),
  ];
}

const IMAGES: ReadonlySet<RelayedService> = new Set<RelayedService>(['find', 'move', 'get']);
const NO_DESTINATION = text('Aucune destination ne porte ce nom.', 'No destination has this name.');
