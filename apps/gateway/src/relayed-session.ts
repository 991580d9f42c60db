import type { Socket } from 'node:net';
import { EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN } from '@leadglass/dicom';
import {
  type AssociateRq,
  acceptedContexts,
  type Command,
  type MessageOutbox,
  type OutMessage,
  responseTo,
  STATUS,
  STORAGE_COMMITMENT_PUSH_MODEL,
} from '@leadglass/dimse';
import { type Clock, Fault, isFault, type Text, text } from '@leadglass/kit';
import { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME } from '@leadglass/model';
import { type OperationDecision, type ServiceClass, serviceClassOf } from '@leadglass/policy';
import {
  type ContextServer,
  type DevicePort,
  type OperationClerk,
  type RelayedContext,
  type RelayedContexts,
  RelayedOperations,
  relayedContexts,
  type UpstreamAsker,
  UpstreamChannel,
  type UpstreamOutcome,
  upstreamRequest,
} from '@leadglass/relay';
import { garbledFault, openUpstream, type ScuTls, type UpstreamLink } from '@leadglass/wire';
import { isTurnedAway } from './continuity/turned-away.ts';
import type { UpstreamFailedMessage, UpstreamPlan } from './relay-messages.ts';

/** Bounds on every wait for an upstream, milliseconds. The device waits for its association meanwhile. */
export const TIMEOUTS = {
  connectMs: 5_000,
  associateMs: 10_000,
  responseMs: 120_000,
  writeStallMs: 60_000,
  releaseMs: 5_000,
};
export const MAXIMUM_LENGTH = 128 * 1024;
const IMPLEMENTATION = {
  implementationClassUid: IMPLEMENTATION_CLASS_UID,
  implementationVersionName: IMPLEMENTATION_VERSION_NAME,
};
/** PS3.8 Table 9-18: user-rejection; no-reason (provider rejection). */
const RESULT = { refused: 1, unreachable: 2 } as const;
/** PS3.7 §C.5.6. */
const SOP_CLASS_NOT_SUPPORTED = 0x0122;

export interface RelayedSessionOptions {
  readonly request: AssociateRq;
  readonly plans: readonly UpstreamPlan[];
  readonly device: DevicePort;
  readonly clerk: OperationClerk;
  readonly clock: Clock;
  readonly nextSeq: () => number;
  /** An upstream is of no use to this association. */
  readonly failed: (upstream: string, how: UpstreamFailedMessage['how']) => void;
  /** Answers here what an upstream was asked and did not live to answer: whether we do. */
  readonly takeOver: (contextId: number, command: Command, dataSet: Uint8Array) => boolean;
  /** Called once, when every upstream has answered or failed. */
  readonly negotiated: (contexts: RelayedContexts) => void;
}

interface Upstream {
  readonly plan: UpstreamPlan;
  readonly proposed: AssociateRq | undefined;
  readonly channel: UpstreamChannel;
  link: UpstreamLink | undefined;
  outcome: UpstreamOutcome | undefined;
  asker: UpstreamAsker | undefined;
  isPaused: boolean;
  /** It is there, and says what nobody asked: nobody answers in its place what it was asked. */
  isGarbled: boolean;
}

/**
 * The upstreams of one association: asked for what the device proposes before it is promised anything, then joined to its operations.
 * Lives in the intake; the keeper opens the connections and hands them over.
 */
export class RelayedSession implements ContextServer {
  readonly #options: RelayedSessionOptions;
  readonly #upstreams = new Map<string, Upstream>();
  #operations: RelayedOperations | undefined;
  /** Contexts whose upstream is gone, and whose service we answer ourselves. */
  readonly #ours = new Set<number>();
  #isOver = false;

  constructor(options: RelayedSessionOptions) {
    this.#options = options;
    for (const plan of options.plans) this.#upstreams.set(plan.name, this.#newUpstream(plan));
  }

  get isQuiet(): boolean {
    return this.#operations?.isQuiet ?? true;
  }

  get target(): { readonly outbox: MessageOutbox; readonly message: OutMessage | undefined } | undefined {
    return this.#operations?.target;
  }

  /** A connection to the upstream of that name, from the keeper. */
  async opened(name: string, socket: Socket, tls: ScuTls | undefined): Promise<void> {
    const upstream = this.#upstreams.get(name);
    if (upstream === undefined || upstream.outcome !== undefined || this.#isOver) return void socket.destroy();
    const { plan, proposed } = upstream;
    if (proposed === undefined) {
      socket.destroy();
      return this.#settle(upstream, undefined);
    }
    try {
      const { host, port, called, calling } = plan;
      const link = await openUpstream({
        ...{ socket, target: { host, port, called, calling }, request: proposed, maximumLength: MAXIMUM_LENGTH },
        ...{ timeouts: TIMEOUTS, clock: this.#options.clock, user: this.#userOf(upstream) },
        ...(tls === undefined ? {} : { tls }),
      });
      this.#joined(upstream, proposed, link);
    } catch (thrown) {
      socket.destroy();
      this.#failed(upstream, isFault(thrown) ? thrown.text : INTERNAL, isTurnedAway(thrown));
      if (!isFault(thrown)) throw thrown;
    }
  }

  /** The keeper has none, or none any more: it is down. */
  unreachable(name: string, why: Text): void {
    const upstream = this.#upstreams.get(name);
    if (upstream === undefined) return;
    if (upstream.outcome === undefined) this.#failed(upstream, why, false);
    else upstream.link?.abort(new Fault('continuity.down', 'transient', why));
  }

  /** Whether what is asked from now on in a context is ours to answer: its upstream is gone. */
  hasLeft(contextId: number): boolean {
    return this.#ours.has(contextId);
  }

  command(contextId: number, command: Command): void {
    this.#operations?.command(contextId, command);
  }

  dataSet(contextId: number, view: Uint8Array, isLast: boolean): void {
    this.#operations?.dataSet(contextId, view, isLast);
  }

  decided(seq: number, decision: OperationDecision): boolean {
    return this.#operations?.decided(seq, decision) ?? false;
  }

  /** The device's association is over: upstreams are released, and aborted where something was still under way. */
  ended(): void {
    this.#isOver = true;
    for (const { link, channel } of this.#upstreams.values()) {
      if (link === undefined) continue;
      if (channel.underWay > 0) link.abort();
      else void link.release();
    }
    this.#operations?.ended();
  }

  #newUpstream(plan: UpstreamPlan): Upstream {
    const { request } = this.#options;
    const isFor = (uid: string): boolean => {
      const service = serviceClassOf(uid)?.service;
      return service !== undefined && plan.services.includes(service) && !isReportOfCommitment(request, uid);
    };
    let upstream: Upstream | undefined;
    const port = {
      get outbox(): MessageOutbox {
        return (upstream as Upstream & { link: UpstreamLink }).link.outbox;
      },
      await: (isAwaiting: boolean) => upstream?.link?.await(isAwaiting),
      garbled: (why: Text) => {
        if (upstream === undefined) return;
        upstream.isGarbled = true;
        upstream.link?.abort(garbledFault(upstream.link.target, why));
      },
    };
    upstream = {
      plan,
      proposed: upstreamRequest(request, isFor, plan, IMPLEMENTATION),
      channel: new UpstreamChannel(
        port,
        this.#askerFor(() => upstream),
      ),
      ...{ link: undefined, outcome: undefined, asker: undefined, isPaused: false },
      isGarbled: false,
    };
    return upstream;
  }

  /** What an upstream asks goes to the device's operations, once there are some. */
  #askerFor(upstream: () => Upstream | undefined): UpstreamAsker {
    return {
      get out() {
        return upstream()?.asker?.out;
      },
      request: (contextId, command) => {
        const { asker, channel } = upstream() ?? {};
        if (asker !== undefined) asker.request(contextId, command);
        else channel?.respond(contextId, responseTo(command, STATUS.processingFailure));
      },
      dataSet: (contextId, view, isLast) => upstream()?.asker?.dataSet(contextId, view, isLast),
    };
  }

  #userOf(upstream: Upstream) {
    const { channel } = upstream;
    return {
      command: (contextId: number, command: Command) => channel.command(contextId, command),
      dataSet: (contextId: number, view: Uint8Array, isLast: boolean) => channel.dataSet(contextId, view, isLast),
      received: () => this.#holdBack(upstream),
      ended: (fault: Fault) => this.#lost(upstream, fault),
    };
  }

  #joined(upstream: Upstream, proposed: AssociateRq, link: UpstreamLink): void {
    upstream.link = link;
    if (this.#isOver) return link.abort();
    this.#settle(upstream, { proposed, accepted: link.accepted });
  }

  #failed(upstream: Upstream, why: Text, isTurned: boolean): void {
    const { plan } = upstream;
    this.#options.failed(plan.name, isTurned ? 'refused' : 'unreached');
    // Whom an upstream does not want we do not serve in its place, nor where it is not who it should be; where it cannot be asked, we do what we can.
    const proposed = isTurned ? upstream.proposed : withoutFallback(upstream);
    for (const { uid, service } of classesOf(proposed))
      this.#options.clerk.refused({
        ...{ service, sopClassUid: uid, upstream: plan.name, status: SOP_CLASS_NOT_SUPPORTED, why },
      });
    const result = isTurned ? RESULT.refused : RESULT.unreachable;
    this.#settle(upstream, proposed === undefined ? undefined : { proposed, result });
  }

  #settle(upstream: Upstream, outcome: UpstreamOutcome | undefined): void {
    upstream.outcome = outcome ?? NOTHING_ASKED;
    const all = [...this.#upstreams.values()];
    if (this.#isOver || all.some((each) => each.outcome === undefined)) return;
    const outcomes = all.flatMap(({ outcome: each }) => (each === undefined || each === NOTHING_ASKED ? [] : [each]));
    const contexts = relayedContexts(outcomes);
    this.#join(contexts);
    this.#options.negotiated(contexts);
  }

  /** From now on the device's operations have somewhere to go. */
  #join({ accepted, roles }: RelayedContexts): void {
    const { device, clerk, clock, nextSeq } = this.#options;
    const contexts = new Map<number, RelayedContext>();
    for (const upstream of this.#upstreams.values()) {
      const { plan, proposed, channel } = upstream;
      const takeOver: RelayedContext['takeOver'] = (...asked) =>
        !upstream.isGarbled && this.#options.takeOver(...asked);
      for (const { id, abstractSyntax } of proposed?.contexts ?? []) {
        const [context, serviceClass] = [accepted.get(id), serviceClassOf(abstractSyntax)];
        if (context === undefined || serviceClass === undefined) continue;
        const isReporter = roles.some(({ sopClassUid, scp }) => sopClassUid === abstractSyntax && scp);
        const { transferSyntax } = context;
        const isOurs = OURS_TO_READ.has(transferSyntax) && plan.fallback.includes(serviceClass.service);
        contexts.set(id, {
          ...{ serviceClass, transferSyntax, upstream: plan.name, channel, isReporter },
          ...(isOurs ? { takeOver } : {}),
        });
      }
    }
    const operations = new RelayedOperations({ contexts, device, clerk, clock, nextSeq });
    for (const upstream of this.#upstreams.values()) upstream.asker = operations.askerOf(() => upstream.channel);
    this.#operations = operations;
  }

  /** The device reads too slowly for what this upstream says: it is not read either. */
  #holdBack(upstream: Upstream): void {
    const { link, channel } = upstream;
    const { outbox } = this.#options.device;
    if (link === undefined || upstream.isPaused || outbox.mayGoOn(channel.out)) return;
    upstream.isPaused = true;
    link.pause();
    outbox.whenRoom(channel.out, () => {
      upstream.isPaused = false;
      link.resume();
    });
  }

  #lost(upstream: Upstream, fault: Fault): void {
    if (upstream.link === undefined || this.#isOver) return;
    const hadWork = upstream.channel.underWay > 0;
    upstream.channel.ended(fault.text);
    this.#options.failed(upstream.plan.name, hadWork ? 'failed' : 'gone');
    const left = this.#leave(upstream);
    if (left > 0) this.#operations?.upstreamEnded(hadWork, fault.text);
  }

  /** What an upstream that is gone was asked is ours from now on, as far as it can be; how many contexts are nobody's. */
  #leave({ plan, proposed, link }: Upstream): number {
    if (proposed === undefined || link === undefined) return 0;
    const contexts = [...acceptedContexts(proposed, link.accepted).values()];
    const ours = contexts.filter(({ abstractSyntax, transferSyntax }) => {
      const service = serviceClassOf(abstractSyntax)?.service;
      return service !== undefined && plan.fallback.includes(service) && OURS_TO_READ.has(transferSyntax);
    });
    for (const { id } of ours) this.#ours.add(id);
    return contexts.length - ours.length;
  }
}

/** In which we read and write identifiers of queries, whoever agreed on them. */
const OURS_TO_READ: ReadonlySet<string> = new Set([IMPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN]);

/** What is left of a proposal that nobody answers; undefined when we answer all of it ourselves. */
function withoutFallback({ plan, proposed }: Upstream): AssociateRq | undefined {
  const contexts = (proposed?.contexts ?? []).filter(({ abstractSyntax }) => {
    const service = serviceClassOf(abstractSyntax)?.service;
    return service === undefined || !plan.fallback.includes(service);
  });
  return proposed === undefined || contexts.length === 0 ? undefined : { ...proposed, contexts };
}

/** An upstream that nothing was to be asked of after all. */
const NOTHING_ASKED = {} as UpstreamOutcome;

function classesOf(proposed: AssociateRq | undefined): readonly ServiceClass[] {
  const classes = new Set((proposed?.contexts ?? []).map(({ abstractSyntax }) => serviceClassOf(abstractSyntax)));
  return [...classes].filter((each) => each !== undefined);
}

/** PS3.4 §J.3.3: whoever reports on a commitment we asked for proposes to be its SCP, and asks nothing of an upstream. */
function isReportOfCommitment({ user }: AssociateRq, uid: string): boolean {
  const role = user.roleSelections.find(({ sopClassUid }) => sopClassUid === uid);
  return uid === STORAGE_COMMITMENT_PUSH_MODEL && role?.scp === true && !role.scu;
}

const INTERNAL = text('défaut interne pendant la demande à l’amont', 'internal fault while asking the upstream');
