import { chmod, mkdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { configMeanings } from '@leadglass/config';
import {
  type AnswerInputOf,
  CONTROL,
  type ErrorAnswer,
  type Operation,
  type OperationOf,
  type ParsedRequestOf,
  PEOPLE_CONTROL,
  type PULLED_CONTROL,
  pathOf,
  SOCKET_PATH,
} from '@leadglass/contract';
import { type Fault, isFault, uuidv7 } from '@leadglass/kit';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { refuseUnlessAllowed } from './access.ts';
import { actFor, actorOf, by, stepsFor } from './actor.ts';
import { ContinuityControl } from './continuity/control.ts';
import { makeRoom } from './continuity/retention.ts';
import { ContinuityTake } from './continuity/take.ts';
import { ConfigControl } from './control-config.ts';
import { DecisionControl } from './control-decisions.ts';
import { controlFault, httpStatusOf } from './control-faults.ts';
import { ImportControl } from './control-imports.ts';
import { LogControl } from './control-log.ts';
import { ObjectControl } from './control-objects.ts';
import { newOperators, OperatorControl } from './control-operators.ts';
import { ReviewControl } from './control-review.ts';
import type { ControlServices } from './control-services.ts';
import { WebControl } from './control-web.ts';
import { DestinationTests } from './destination-test.ts';
import { drillActs, drillLines } from './drill/control.ts';
import { glassActs } from './emergency/glass.ts';
import { ChartControl, chartActs } from './feeds/control.ts';
import { hl7Acts } from './hl7/control.ts';
import { PolicyControl } from './learning/control.ts';
import { overviewActs } from './overview/control.ts';
import { FlowMap } from './overview/flow-map.ts';
import { reconcileActs } from './reconcile/control.ts';
import { scheduleActs } from './schedule/control.ts';

/** The control socket, open. */
export interface ControlServer {
  /** Absolute path of the socket. */
  readonly path: string;
  /** Ends open streams and removes the socket. */
  close(): Promise<void>;
}

type JsonActs = { [K in OperationOf<'json'>]: (request: ParsedRequestOf<K>) => Promise<AnswerInputOf<K>> };
type LineActs = {
  [K in OperationOf<'lines'>]: (request: ParsedRequestOf<K>, signal: AbortSignal) => AsyncIterable<AnswerInputOf<K>>;
};
type ByteActs = { [K in OperationOf<'bytes'>]: (request: ParsedRequestOf<K>) => Promise<AsyncIterable<Uint8Array>> };
/** Any act, once its request has been parsed by the schema it was registered with. */
type AnyAct = (request: unknown, signal: AbortSignal) => unknown;

const BODY_LIMIT_BYTES = 8 * 1024 * 1024;
/** A document that a box pulled, in base64. */
const DOCUMENT_LIMIT_BYTES = 34 * 1024 * 1024;

function jsonActs(services: ControlServices, imports: ImportControl): JsonActs {
  const config = new ConfigControl(services);
  const objects = new ObjectControl(services);
  const log = new LogControl(services);
  const review = new ReviewControl(services);
  const decisions = new DecisionControl(services);
  const operators = new OperatorControl(services);
  const policy = new PolicyControl(services, config, decisions);
  const continuity = new ContinuityControl(services);
  const { records } = services;
  const tests = new DestinationTests({ ...services, destinations: () => services.rules().destinations });
  return {
    status: () => status(services),
    'peer.list': async () => ({ peers: await records.peers() }),
    'peer.add': async (asked) => config.addPeer(asked),
    'peer.remove': async (asked) => config.removePeer(asked),
    'destination.list': async () => ({ destinations: await records.destinations() }),
    'destination.add': (asked) => config.addDestination(asked),
    'destination.remove': (asked) => config.removeDestination(asked),
    'destination.test': (asked) => tests.test(asked),
    'route.list': async () => ({ routes: await records.routes() }),
    'route.add': (asked) => config.addRoute(asked),
    'route.remove': (asked) => config.removeRoute(asked),
    'relay.list': async () => ({ relays: await records.relays() }),
    'relay.add': (asked) => config.addRelay(asked),
    'relay.remove': (asked) => config.removeRelay(asked),
    log: (asked) => log.log(asked),
    'import.end': (asked) => imports.end(asked),
    'hold.list': (asked) => objects.holds(asked),
    'hold.show': (asked) => objects.showHold(asked),
    'hold.attributes': (asked) => review.attributes(asked),
    'hold.hex': (asked) => review.hex(asked),
    'hold.compare': (asked) => review.compare(asked),
    'hold.challenge': async () => decisions.challenge(),
    'hold.release': (asked) => decisions.release(asked),
    'hold.destroy': (asked) => decisions.destroy(asked),
    'hold.approve': (asked) => decisions.approve(asked),
    'hold.withdraw': (asked) => decisions.withdraw(asked),
    'operator.list': () => operators.list(),
    'operator.add': (asked) => operators.add(asked),
    'operator.remove': (asked) => operators.remove(asked),
    'web.token.list': () => new WebControl(services).list(),
    'web.token.add': (asked) => new WebControl(services).add(asked),
    'web.token.remove': (asked) => new WebControl(services).remove(asked),
    'ledger.show': (asked) => log.showLedger(asked),
    'ledger.prove': (asked) => log.prove(asked),
    'vault.find': (asked) => objects.find(asked),
    'deliveries.list': (asked) => deliveries(services, asked),
    'deliveries.retry': (asked) => retry(services, asked),
    'continuity.state': () => continuity.state(),
    'outage.list': () => continuity.list(),
    'outage.declare': (asked) => continuity.declare(asked),
    'outage.end': (asked) => continuity.end(asked),
    'isolation.show': () => continuity.showIsolation(),
    'isolation.on': (asked) => continuity.isolate(asked),
    'isolation.off': () => continuity.rejoin(),
    'policy.show': () => policy.show(),
    'policy.observe': (asked) => policy.observe(asked),
    'policy.enforce': (asked) => policy.enforce(asked),
    'policy.propose': (asked) => policy.propose(asked),
    'policy.simulate': (asked) => policy.simulate(asked),
    'policy.allow': (asked) => policy.allow(asked),
    'policy.limit': (asked) => policy.limit(asked),
    'policy.readmit': (asked) => policy.readmit(asked),
    'rules.list': () => services.siteRules(),
    'rules.reload': () => services.reloadSiteRules(),
    'index.status': () => services.catalogue.status(),
    'index.rebuild': async () => ({ isBegun: await services.catalogue.rebuild() }),
    'config.show': () => config.show(),
    'config.meanings': async () => ({ sections: configMeanings() }),
    'config.plan': ({ source }) => config.plan(source),
    'config.apply': ({ source }) => config.apply(source),
    'continuity.gauge': () => services.continuitySet.gauge(),
    'continuity.node.list': () => services.continuitySet.nodes.list(),
    'continuity.node.add': (asked) => services.continuitySet.nodes.add(asked),
    'continuity.node.remove': (asked) => services.continuitySet.nodes.remove(asked),
    'continuity.text': (asked) => services.continuitySet.exports.text(asked),
    'continuity.retain': (asked) => makeRoom(services, asked),
    'continuity.missing': (asked) => new ContinuityTake(services).missing(asked),
    ...pulledActs(services),
    ...services.identity,
    ...overviewActs(services, config),
    ...glassActs(services),
    ...drillActs(services, config),
    ...chartActs(services, config),
    ...scheduleActs(services.schedule, services.clock, async (event) => {
      await records.appendEvents([event]);
      services.eventsAppended();
    }),
    ...reconcileActs(services.reconcile),
    ...hl7Acts(services.hl7, config),
    ...peopleActs(services),
  };
}

type PulledActs = Pick<JsonActs, keyof typeof PULLED_CONTROL>;

function pulledActs({ pulled }: ControlServices): PulledActs {
  return {
    'continuity.parts.begin': (asked) => pulled.begin(asked),
    'continuity.parts.missing': (asked) => pulled.missing(asked),
    'continuity.parts.take': (asked) => pulled.take(asked),
    'continuity.parts.document': (asked) => pulled.document(asked),
    'continuity.parts.done': (asked) => pulled.done(asked),
    'continuity.parts.end': (asked) => pulled.end(asked),
    'continuity.standing': () => pulled.standing(),
  };
}

type PeopleActs = Pick<JsonActs, keyof typeof PEOPLE_CONTROL>;

/** People are the console's: each is handed on, and its answer checked like any other. */
function peopleActs({ console }: ControlServices): PeopleActs {
  const names = Object.keys(PEOPLE_CONTROL) as (keyof PeopleActs)[];
  return Object.fromEntries(
    names.map((name) => [name, (asked: unknown) => console.asOwner(name, asked)]),
  ) as unknown as PeopleActs;
}

function streamActs(services: ControlServices, imports: ImportControl): LineActs & ByteActs {
  const objects = new ObjectControl(services);
  const log = new LogControl(services);
  const flows = new FlowMap(services);
  return {
    'log.follow': (asked, signal) => log.follow(asked, signal),
    'flows.follow': (asked, signal) => flows.follow(asked, signal),
    'import.begin': (asked, signal) => imports.begin(asked, signal),
    'hold.preview': (asked) => new ReviewControl(services).preview(asked),
    'chart.document': (asked) => new ChartControl(services).document(asked),
    'drill.run': () => drillLines(services),
    'continuity.take': (_, signal) => new ContinuityTake(services).open(signal),
    'continuity.export': (asked, signal) => services.continuitySet.exports.begin(asked, signal),
    'continuity.object': (asked) => services.continuitySet.exports.object(asked),
    'continuity.picture': (asked) => services.continuitySet.exports.picture(asked),
    'continuity.document': (asked) => services.continuitySet.exports.document(asked),
    'continuity.index': () => services.continuitySet.index(),
    'vault.check': () => objects.check(),
    'vault.open': (asked) => objects.open(asked),
    'vault.export': () => objects.export(),
  };
}

async function status(services: ControlServices): Promise<AnswerInputOf<'status'>> {
  const { records, ledger, home, version, startedAtMs } = services;
  const [counts, peers, destinations, routes] = await Promise.all([
    records.counts(),
    records.peers(),
    records.destinations(),
    records.routes(),
  ]);
  return {
    ...{ version, home, startedAtMs, ...services.load() },
    listeners: services.listeners(),
    peers: peers.length,
    destinations: destinations.length,
    routes: routes.length,
    custody: counts.custody,
    deliveries: counts.deliveries,
    holds: counts.holds,
    ledger: { size: ledger.size, waiting: counts.events.unsequenced },
    ...clamavOf(services),
    troubles: [...services.troubles(), ...(await newOperators(services))],
  };
}

function clamavOf(services: ControlServices): Pick<AnswerInputOf<'status'>, 'clamav'> {
  const state = services.clamav();
  if (state === undefined) return {};
  const { settings, isUp, sinceMs, health } = state;
  return { clamav: { address: settings.address, isUp, sinceMs, ...health } };
}

async function deliveries(
  services: ControlServices,
  asked: ParsedRequestOf<'deliveries.list'>,
): Promise<AnswerInputOf<'deliveries.list'>> {
  const { limit, state, destination, sha256 } = asked;
  const filter = {
    ...(state === undefined ? {} : { state }),
    ...(destination === undefined ? {} : { destination }),
    ...(sha256 === undefined ? {} : { sha256 }),
  };
  return { deliveries: await services.records.listDeliveries(filter, limit) };
}

async function retry(
  services: ControlServices,
  asked: ParsedRequestOf<'deliveries.retry'>,
): Promise<AnswerInputOf<'deliveries.retry'>> {
  const { records, clock } = services;
  const known = await records.destinations();
  if (!known.some((each) => each.name === asked.destination)) throw controlFault('control.not-found');
  const { destination, sha256 } = asked;
  const now = clock.now();
  const retried = await records.retryDeliveries(destination, now, sha256, (deliveries) => ({
    ...{ id: uuidv7(now), atMs: now, kind: 'delivery.requeued', by: by(), destination, deliveries },
    ...(sha256 === undefined ? {} : { sha256 }),
  }));
  services.eventsAppended();
  services.deliveriesDue(destination);
  return { retried };
}

/** The bytes of a stream of JSON lines, each checked before it leaves. */
async function* linesOf(name: Operation, lines: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const line of lines) yield encoder.encode(`${JSON.stringify(CONTROL[name].answer.parse(line))}\n`);
}

async function answer(name: Operation, act: AnyAct, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const parsed = CONTROL[name].request.safeParse(request.body ?? {});
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
    const { code, text } = controlFault('control.bad-request');
    return reply.code(400).send({ code, text, problems } satisfies ErrorAnswer);
  }
  const { form } = CONTROL[name];
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  const who = actorOf(request.headers);
  const made = await actFor(who, () => act(parsed.data, gone.signal));
  if (form === 'json') return CONTROL[name].answer.parse(made);
  const steps = stepsFor(who, made as AsyncIterable<unknown>);
  const bytes = form === 'lines' ? linesOf(name, steps) : (steps as AsyncIterable<Uint8Array>);
  reply.type(form === 'lines' ? 'application/x-ndjson' : 'application/octet-stream');
  return reply.send(Readable.from(bytes, { objectMode: false }));
}

/** A Fault as it is; fastify's own refusals (body too long, not JSON) as bad requests; anything else is our defect. */
function faultOf(services: ControlServices, thrown: unknown): Fault {
  if (isFault(thrown)) return thrown;
  const statusCode = (thrown as { statusCode?: number }).statusCode ?? 500;
  if (statusCode < 500) return controlFault('control.bad-request', undefined, { cause: thrown });
  services.logger.error('control.defect', { error: thrown });
  return controlFault('control.defect', undefined, { cause: thrown });
}

function build(services: ControlServices): FastifyInstance {
  const app = fastify({ bodyLimit: BODY_LIMIT_BYTES, forceCloseConnections: true, logger: false });
  app.setErrorHandler((thrown, _request, reply) => {
    const fault = faultOf(services, thrown);
    return reply.code(httpStatusOf(fault)).send({ code: fault.code, text: fault.text } satisfies ErrorAnswer);
  });
  app.setNotFoundHandler((_request, reply) => {
    const { code, text } = controlFault('control.unknown-operation');
    return reply.code(404).send({ code, text } satisfies ErrorAnswer);
  });
  const imports = new ImportControl(services);
  const acts: Readonly<Record<Operation, unknown>> = {
    ...jsonActs(services, imports),
    ...streamActs(services, imports),
  };
  for (const name of Object.keys(CONTROL) as Operation[]) {
    // Before the body is read: what the role may not ask is not looked at.
    const onRequest = async (request: FastifyRequest) => refuseUnlessAllowed(actorOf(request.headers), name);
    const bodyLimit = name === 'continuity.parts.document' ? DOCUMENT_LIMIT_BYTES : BODY_LIMIT_BYTES;
    app.post(pathOf(name), { onRequest, bodyLimit }, (request, reply) =>
      answer(name, acts[name] as AnyAct, request, reply),
    );
  }
  return app;
}

/** Whether somebody answers at `path`. */
function isAlive(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => [socket.destroy(), resolve(true)]);
    socket.once('error', () => resolve(false));
  });
}

async function listen(app: FastifyInstance, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  // Before the socket exists, so that nobody else can reach it even for an instant.
  await chmod(dirname(path), 0o700);
  if (await isAlive(path)) throw controlFault('control.already-running');
  // A socket nobody answers is what a killed gateway left behind.
  await rm(path, { force: true });
  await app.listen({ path });
  await chmod(path, 0o600);
}

/**
 * Opens the control socket in the gateway's home (`run/leadglass.sock`, reachable by its owner alone).
 * Throws Fault `control.already-running` when a living gateway has it, `control.socket` when it cannot be made.
 */
export async function startControl(services: ControlServices): Promise<ControlServer> {
  const path = join(services.home, SOCKET_PATH);
  const app = build(services);
  try {
    await listen(app, path);
  } catch (thrown) {
    await app.close();
    throw isFault(thrown) ? thrown : controlFault('control.socket', undefined, { cause: thrown });
  }
  return {
    path,
    async close() {
      await app.close();
      await rm(path, { force: true });
    },
  };
}
