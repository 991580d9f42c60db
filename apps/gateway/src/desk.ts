import { PREAMBLE_BYTES } from '@leadglass/dicom';
import { FileInspection, type FileInspectionResult } from '@leadglass/inspect';
import { assert, isFault, systemClock, type Text, text } from '@leadglass/kit';
import { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME } from '@leadglass/model';
import { CataloguedAttributes, type Landed } from '@leadglass/relay';
import {
  type Coercion,
  Disarmer,
  type DisarmPlan,
  type DisarmReceipt,
  planDisarm,
  Rehearsal,
  type Rehearsed,
  type RewritingSystem,
} from '@leadglass/rewrite';
import { LanePool, parseRecipient, SealKitPool } from '@leadglass/vault';
import type { FromDesk, ToDesk } from './desk-messages.ts';
import { Malware } from './malware.ts';
import { InlineSink } from './object-sink.ts';
import { RemoteServices } from './remote.ts';
import type { FromServed } from './served-messages.ts';

/**
 * The process in which disarmed copies are made. It reads held objects, so it is as sandboxed as an intake: it may write its own staging
 * folder and nothing else, and knows public recipients alone. An object comes twice through standard input, in the clear; the copy
 * leaves it sealed. One job at a time.
 */
type Configuration = ToDesk & { readonly t: 'configure' };
type JobMessage = ToDesk & { readonly t: 'job' };

const MAGIC_BYTES = 4;
/** Kits for seals made ahead: copies are rare. */
const KITS_AHEAD = 1;
const MOST_OBSTACLES = 16;
const MOST_FINDINGS = 64;
const MOST_CHANGES = 64;

interface ObstacleToTell {
  readonly code: string;
  readonly text: Text;
  readonly path: string;
}

/** What is being done: the object read once to nowhere, then a second time into its copy. */
type Step =
  | { readonly kind: 'rehearsing'; readonly plan: DisarmPlan; readonly rehearsal: Rehearsal }
  | { readonly kind: 'writing'; readonly writing: Writing };

/** A copy as it is written: sealed and inspected at once. */
interface Writing {
  readonly disarmer: Disarmer;
  readonly sink: InlineSink;
  readonly inspection: FileInspection;
  readonly catalogued: CataloguedAttributes;
}

class Desk {
  readonly #configuration: Configuration;
  readonly #lanes: LanePool;
  readonly #kits: SealKitPool;
  readonly #unsettled = new Map<number, Landed>();
  readonly #malware: Malware;
  #job: JobMessage | undefined;
  #step: Step | undefined;
  #read = 0;

  constructor(configuration: Configuration, malware: Malware) {
    this.#malware = malware;
    const { stagingDir, deskId, recipients } = configuration;
    this.#configuration = configuration;
    this.#lanes = new LanePool({
      folder: stagingDir,
      intakeId: deskId,
      clock: systemClock,
      // Copies are rare: each gets a file of its own.
      wantLane: () => setImmediate(() => this.#lanes.refuse()),
      retired: () => {},
      warm: 0,
      mostLanes: 0,
    });
    this.#kits = new SealKitPool({
      recipients: recipients.map((recipient) => {
        const parsed = parseRecipient(recipient);
        assert(parsed !== undefined, 'the keeper names recipients');
        return parsed;
      }),
      ready: KITS_AHEAD,
      later: (make) => setImmediate(make),
    });
  }

  begin(job: JobMessage): void {
    assert(this.#job === undefined, 'one job at a time');
    const plan = planDisarm(job.findings);
    this.#job = job;
    this.#read = 0;
    this.#step = { kind: 'rehearsing', plan, rehearsal: new Rehearsal(plan, undefined, coercionOf(job)) };
  }

  useRules(rules: Configuration['rules']): void {
    this.#malware.use(rules);
  }

  settled(job: number): void {
    this.#unsettled.get(job)?.settled();
    this.#unsettled.delete(job);
  }

  /** The next bytes of the object. A fault of one job ends that job alone. */
  take(bytes: Uint8Array): void {
    const job = this.#job;
    if (job === undefined) return;
    this.#read += bytes.length;
    this.#guarded(job, () => {
      this.#push(bytes);
      if (this.#read >= job.plainBytes) this.#passed(job);
    });
  }

  #push(bytes: Uint8Array): void {
    const step = this.#step;
    if (step?.kind === 'rehearsing') step.rehearsal.push(bytes);
    else if (step?.kind === 'writing') step.writing.disarmer.push(bytes);
  }

  #passed(job: JobMessage): void {
    const step = this.#step;
    this.#read = 0;
    if (step?.kind === 'rehearsing') this.#rehearsed(job, step.plan, step.rehearsal.end());
    else if (step?.kind === 'writing') void this.#written(job, step.writing);
  }

  #rehearsed(job: JobMessage, plan: DisarmPlan, rehearsed: Rehearsed): void {
    if (rehearsed.obstacles.length > 0) return this.#impossible(job, rehearsed.obstacles);
    if (rehearsed.sha256 !== job.sha256) return this.#failed(job, 'other bytes than those in custody');
    this.#step = { kind: 'writing', writing: this.#newWriting(job, plan, rehearsed) };
    tell({ t: 'again', job: job.job });
  }

  #newWriting(job: JobMessage, plan: DisarmPlan, rehearsed: Rehearsed): Writing {
    const sink = new InlineSink(this.#kits.take(), this.#lanes.lease().begin());
    const catalogued = new CataloguedAttributes();
    const inspection = new FileInspection({
      inspectors: [...this.#malware.inspectors, ...remote.inspectors, catalogued.maker],
    });
    const coercion = coercionOf(job);
    const system = systemOf(this.#configuration.version, job.epochMs);
    const disarmer = new Disarmer({
      plan,
      rehearsed,
      ...(coercion === undefined ? { system } : { coercion, system: { ...system, role: 'reconciling' } }),
      sink: (bytes) => {
        sink.write(bytes);
        inspection.push(bytes);
      },
    });
    return { disarmer, sink, inspection, catalogued };
  }

  async #written(job: JobMessage, { disarmer, sink, inspection, catalogued }: Writing): Promise<void> {
    try {
      const { obstacle, receipt } = disarmer.end();
      const inspected = await inspection.settled();
      if (obstacle !== undefined || inspected.verdict !== 'clean') {
        sink.discard();
        return this.#impossible(job, [obstacle ?? STILL_DOUBTFUL]);
      }
      const landed = await sink.finish();
      this.#unsettled.set(job.job, landed);
      this.#end();
      const metaBytes = PREAMBLE_BYTES + MAGIC_BYTES + (inspected.meta?.bytes.length ?? 0);
      tell({ ...copiedMessage(job, landed, metaBytes, receipt, inspected), attributes: catalogued.json.reveal() });
    } catch (thrown) {
      sink.discard();
      this.#thrown(job, thrown);
    }
  }

  #guarded(job: JobMessage, act: () => void): void {
    try {
      act();
    } catch (thrown) {
      if (this.#step?.kind === 'writing') this.#step.writing.sink.discard();
      this.#thrown(job, thrown);
    }
  }

  // The rewriting's own refusals are about the object and final; anything else may go better another time.
  #thrown(job: JobMessage, thrown: unknown): void {
    if (isFault(thrown) && thrown.code.startsWith('rewrite.') && thrown.retry === 'permanent')
      return this.#impossible(job, [{ code: thrown.code, text: thrown.text, path: '' }]);
    this.#failed(job, isFault(thrown) ? thrown.code : 'internal');
  }

  #impossible({ job }: JobMessage, obstacles: readonly ObstacleToTell[]): void {
    this.#end();
    const told = obstacles.slice(0, MOST_OBSTACLES).map(({ code, text, path }) => ({ code, text, path }));
    tell({ t: 'impossible', job, obstacles: told });
  }

  #failed({ job }: JobMessage, detail: string): void {
    this.#end();
    tell({ t: 'failed', job, detail });
  }

  #end(): void {
    this.#job = undefined;
    this.#step = undefined;
  }
}

const STILL_DOUBTFUL: ObstacleToTell = {
  code: 'rewrite.still-doubtful',
  path: '',
  text: text(
    'La copie désarmée a été contrôlée à son tour et reste douteuse ; elle est abandonnée.',
    'The disarmed copy was inspected in its turn and is still doubtful; it is dropped.',
  ),
};

/** A value that is not there crossed the channel as an absent one. */
function coercionOf({ coercion }: JobMessage): Coercion | undefined {
  if (coercion === undefined) return undefined;
  return { ...coercion, attributes: coercion.attributes.map(({ tag, value }) => ({ tag, value })) };
}

function systemOf(version: string, epochMs: number): RewritingSystem {
  return {
    name: 'LEADGLASS',
    manufacturer: 'Leadglass',
    model: 'Leadglass',
    version,
    epochMs,
    implementationClassUid: IMPLEMENTATION_CLASS_UID,
    implementationVersionName: IMPLEMENTATION_VERSION_NAME,
  };
}

function copiedMessage(
  { job }: JobMessage,
  landed: Landed,
  metaBytes: number,
  receipt: DisarmReceipt,
  { findings, unfinished }: FileInspectionResult,
): Omit<FromDesk & { readonly t: 'copied' }, 'attributes'> {
  return {
    t: 'copied',
    job,
    sha256: landed.sha256,
    staged: landed.staged,
    metaBytes,
    plainBytes: receipt.copy.bytes,
    sopInstanceUid: receipt.sopInstanceUid,
    findings: findings.slice(0, MOST_FINDINGS),
    unfinished: unfinished.slice(0, MOST_FINDINGS),
    changes: receipt.changes.slice(0, MOST_CHANGES).map(({ kind, path, times }) => ({ kind, path, times })),
    pixels: receipt.pixels.after,
  };
}

function tell(message: FromDesk | FromServed): void {
  process.send?.(message, undefined, undefined, () => {});
}

const remote = new RemoteServices(tell);
let desk: Desk | undefined;

async function open(configuration: Configuration): Promise<void> {
  const made = new Desk(configuration, await Malware.openKnown(configuration.rules, () => {}));
  desk = made;
  process.stdin.on('data', (bytes: Buffer) => made.take(bytes));
  tell({ t: 'ready' });
}

process.on('message', (message: ToDesk, handle: unknown) => {
  if (message.t === 'configure') {
    void open(message).catch(() => process.exit(1));
  } else if (message.t === 'job') desk?.begin(message);
  else if (message.t === 'rules') desk?.useRules(message.rules);
  else if (message.t === 'settled') desk?.settled(message.job);
  else remote.hear(message, handle);
});
// The keeper is gone: an unfinished copy is made anew by the next.
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
