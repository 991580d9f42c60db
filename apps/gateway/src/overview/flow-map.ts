import type { AnswerInputOf, ParsedRequestOf } from '@leadglass/contract';
import { type Text, text } from '@leadglass/kit';
import type { Destination } from '@leadglass/model';
import type { ControlServices } from '../control-services.ts';
import type { Way } from './flows.ts';

type Answer = AnswerInputOf<'flows'>;
type Node = Answer['nodes'][number];
type Edge = Answer['edges'][number];

const TICK_MS = 1000;
/** How old the numbers of waiting deliveries may be: they alone come from the records. */
const WAITING_MS = 5000;
const GATEWAY = 'leadglass';
const NO_COUNTS = { objects: 0, bytes: 0, questions: 0, refusals: 0, holds: 0 } as const;

/** What goes on, as nodes and ways between them. */
export class FlowMap {
  readonly #services: ControlServices;
  #waiting: { readonly atMs: number; readonly counts: Promise<ReadonlyMap<string, number>> } | undefined;

  constructor(services: ControlServices) {
    this.#services = services;
  }

  async now({ windowMs }: ParsedRequestOf<'flows'>): Promise<Answer> {
    const { clock, flows } = this.#services;
    const { peers, destinations } = this.#services.rules();
    const waiting = await this.#waitingOf(destinations);
    const ways = flows.ways(windowMs);
    const titles = new Set([...peers.map(({ aeTitle }) => aeTitle as string), ...ways.from.map(({ name }) => name)]);
    const [from, to] = [byName(ways.from), byName(ways.to)];
    const sum = (field: 'objects' | 'bytes') => ways.from.reduce((total, { counts }) => total + counts[field], 0);
    return {
      ...{ atMs: clock.now(), windowMs, associations: this.#services.load().associations },
      objectsPerSecond: (sum('objects') * 1000) / windowMs,
      bytesPerSecond: (sum('bytes') * 1000) / windowMs,
      nodes: [
        this.#gateway(),
        ...[...titles].map((name) => peerNode(name, from.get(name))),
        ...this.#destinations(destinations, to),
        ...ways.strange.filter(isMoving).map(strangerNode),
      ],
      edges: [
        ...ways.from.map((way) => edge(`peer:${way.name}`, `gateway:${GATEWAY}`, way)),
        ...destinations.map(({ name }) =>
          edge(`gateway:${GATEWAY}`, `destination:${name}`, to.get(name), waiting.get(name)),
        ),
        ...ways.given
          .filter(({ name }) => titles.has(name))
          .map((way) => edge(`gateway:${GATEWAY}`, `peer:${way.name}`, way)),
        ...ways.strange.filter(isMoving).map((way) => edge(`stranger:${way.name}`, `gateway:${GATEWAY}`, way)),
      ].filter(isTold),
    };
  }

  /** The same each second, until `signal` says that nobody listens. */
  async *follow(asked: ParsedRequestOf<'flows.follow'>, signal: AbortSignal): AsyncGenerator<Answer> {
    while (!signal.aborted) {
      yield await this.now(asked);
      await this.#pause(signal);
    }
  }

  #pause(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#services.clock.after(TICK_MS, resolve);
      signal.addEventListener('abort', () => [timer.cancel(), resolve()], { once: true });
      if (signal.aborted) resolve();
    });
  }

  /** Asked of the records once for everybody, and not at each tick. */
  #waitingOf(destinations: readonly Destination[]): Promise<ReadonlyMap<string, number>> {
    const now = this.#services.clock.now();
    if (this.#waiting === undefined || now - this.#waiting.atMs >= WAITING_MS || now < this.#waiting.atMs)
      this.#waiting = { atMs: now, counts: this.#count(destinations) };
    return this.#waiting.counts;
  }

  async #count(destinations: readonly Destination[]): Promise<ReadonlyMap<string, number>> {
    const { overview } = this.#services.records;
    const counts = new Map<string, number>();
    for (const { name } of destinations) counts.set(name, await overview.countDeliveries('pending', name));
    return counts;
  }

  #gateway(): Node {
    const fault = this.#services.gate();
    if (fault !== undefined) return { kind: 'gateway', name: GATEWAY, state: 'trouble', why: fault.text };
    return { kind: 'gateway', name: GATEWAY, state: 'active' };
  }

  #destinations(destinations: readonly Destination[], to: ReadonlyMap<string, Way>): readonly Node[] {
    const faults = new Map(this.#services.destinationStates().map((each) => [each.destination, each.fault]));
    return destinations.map(({ name }) => destinationNode(name, faults.get(name), to.get(name)));
  }
}

function byName(ways: readonly Way[]): ReadonlyMap<string, Way> {
  return new Map(ways.map((way) => [way.name, way]));
}

function isMoving({ counts }: Way): boolean {
  return counts.objects + counts.questions + counts.refusals > 0;
}

/** A way over which nothing went and nothing waits says nothing. */
function isTold({ objects, questions, refusals, holds, waiting }: Edge): boolean {
  return objects + questions + refusals + holds + waiting > 0;
}

function edge(from: string, to: string, way: Way | undefined, waiting = 0): Edge {
  return { from, to, ...(way?.counts ?? NO_COUNTS), waiting };
}

const seen = (way: Way | undefined) => (way === undefined ? {} : { lastSeenAtMs: way.lastAtMs });

function peerNode(name: string, way: Way | undefined): Node {
  const node = { kind: 'peer', name, ...seen(way) } as const;
  if (way === undefined || !isMoving(way)) return { ...node, state: 'quiet' };
  const { objects, questions, refusals } = way.counts;
  if (refusals > 0 && objects + questions <= refusals) return { ...node, state: 'refused', ...because(way.why) };
  return { ...node, state: 'active' };
}

function destinationNode(name: string, fault: string | undefined, way: Way | undefined): Node {
  const node = { kind: 'destination', name, ...seen(way) } as const;
  if (fault !== undefined) return { ...node, state: 'trouble', why: unreachable(name, fault) };
  return { ...node, state: way !== undefined && isMoving(way) ? 'active' : 'quiet' };
}

function strangerNode(way: Way): Node {
  return { kind: 'stranger', name: way.name, state: 'refused', ...seen(way), ...because(way.why) };
}

const because = (why: Text | undefined) => (why === undefined ? {} : { why });

/** Why a destination has what waits for it wait. */
export function unreachable(name: string, fault: string): Text {
  return text(
    `La destination ${name} ne peut pas être jointe (${fault}) ; les livraisons attendent et sont retentées.`,
    `The destination ${name} cannot be reached (${fault}); deliveries wait and are tried again.`,
  );
}
