import { join } from 'node:path';
import { assert, type Clock, type Fault } from '@leadglass/kit';
import { writeFault } from './durable.ts';
import { FILE_MODE, type FileOps, OPEN, systemFileOps } from './file-ops.ts';
import { LANE_BYTES, type LaneFile } from './lane-file.ts';
import { LaneObject, type WriteTarget } from './lane-object.ts';
import { parseStagingName, stagingName } from './staging-name.ts';

/** A free lane with less room than this share of its length is given back at once. */
const LEAST_ROOM_SHARE = 1 / 64;
const ASK_AGAIN_MS = 1000;

export interface LanePoolOptions {
  /** The intake's own staging folder, which exists. */
  readonly folder: string;
  readonly intakeId: string;
  readonly clock: Clock;
  /** Asks the keeper for one more lane; it answers with `add` or `refuse`. Called while fewer than `warm` lanes are empty. */
  readonly wantLane: () => void;
  /** Tells the keeper that nothing will be written to this lane again until it says `recycle`, and that nothing in it is unsettled. */
  readonly retired: (file: string) => void;
  /** Told of what the pool survived: a lane that cannot be opened. */
  readonly onFault?: (fault: Fault) => void;
  /** Empty lanes kept ahead. */
  readonly warm?: number;
  /** Most lanes at once, whatever their state. */
  readonly mostLanes?: number;
  readonly laneBytes?: number;
  readonly ops?: FileOps;
}

/** The intake's lanes: which are empty, which have room, which wait for the keeper. Never waits: without a lane an object gets a file of its own. */
export class LanePool {
  readonly #options: LanePoolOptions;
  readonly ops: FileOps;
  readonly laneBytes: number;
  readonly #lanes = new Map<string, LaneFile>();
  readonly #empty: LaneFile[] = [];
  readonly #roomy = new Set<LaneFile>();
  #stagedFiles = 0;
  #isAsking = false;
  #askAgainAtMs = 0;

  constructor(options: LanePoolOptions) {
    this.#options = options;
    this.ops = options.ops ?? systemFileOps;
    this.laneBytes = options.laneBytes ?? LANE_BYTES;
    this.#askForLane();
  }

  /** A lease for one association. */
  lease(): Lane {
    return new Lane(this);
  }

  /** The keeper made this lane, empty and synced. */
  add(file: string): void {
    assert(parseStagingName(file)?.kind === 'lane' && !this.#lanes.has(file), 'the keeper names new lanes');
    this.#isAsking = false;
    try {
      const fd = this.ops.openSync(join(this.#options.folder, file), OPEN.update);
      const lane: LaneFile = { file, fd, cursor: 0, unsettled: 0, isHeld: false, isRetired: false };
      this.#lanes.set(file, lane);
      this.#empty.push(lane);
      this.#askForLane();
    } catch (thrown) {
      this.refuse();
      this.#options.onFault?.(writeFault(thrown));
    }
  }

  /** The keeper could not make a lane (disk full): objects get files of their own; it is asked again in a while. */
  refuse(): void {
    this.#isAsking = false;
    this.#askAgainAtMs = this.#options.clock.monotonicMs() + ASK_AGAIN_MS;
  }

  /** The keeper says that nothing points into this lane any more. */
  recycle(file: string): void {
    const lane = this.#lanes.get(file);
    assert(lane?.isRetired && lane.unsettled === 0, 'only a retired and settled lane is recycled');
    lane.cursor = 0;
    lane.isRetired = false;
    this.#empty.push(lane);
  }

  /** The keeper removed or distrusts this lane (a failed sync): it is closed and forgotten. */
  forget(file: string): void {
    const lane = this.#lanes.get(file);
    if (lane === undefined) return;
    this.#lanes.delete(file);
    this.#roomy.delete(lane);
    const at = this.#empty.indexOf(lane);
    if (at >= 0) this.#empty.splice(at, 1);
    lane.isRetired = true;
    // An object being written keeps the descriptor open until it ends: a closed number may soon be another file's.
    if (!lane.isHeld) this.#close(lane);
    this.#askForLane();
  }

  /** Lanes by state, for metrics. */
  get counts(): { readonly all: number; readonly empty: number; readonly roomy: number } {
    return { all: this.#lanes.size, empty: this.#empty.length, roomy: this.#roomy.size };
  }

  /** Takes a lane with room for `bytes`: `preferred`, another that has been begun, or an empty one; undefined when there is none. */
  take(preferred: LaneFile | undefined, bytes: number): LaneFile | undefined {
    const candidate = preferred !== undefined && this.#roomy.has(preferred) ? preferred : [...this.#roomy][0];
    if (candidate === undefined || bytes > this.laneBytes) return bytes > this.laneBytes ? undefined : this.takeEmpty();
    this.#roomy.delete(candidate);
    if (this.laneBytes - candidate.cursor >= bytes) {
      candidate.isHeld = true;
      return candidate;
    }
    // Passed over for lack of room: retired, or lanes too small for what arrives would pile up.
    this.retire(candidate);
    return this.takeEmpty();
  }

  /** Takes an empty lane, if there is one. */
  takeEmpty(): LaneFile | undefined {
    const lane = this.#empty.pop();
    if (lane !== undefined) lane.isHeld = true;
    this.#askForLane();
    return lane;
  }

  /** Takes a lane back after an object. */
  giveBack(lane: LaneFile): void {
    lane.isHeld = false;
    if (!this.#lanes.has(lane.file)) this.#close(lane);
    else if (this.laneBytes - lane.cursor < this.laneBytes * LEAST_ROOM_SHARE) this.retire(lane);
    else if (lane.cursor === 0) this.#empty.push(lane);
    else this.#roomy.add(lane);
  }

  /** Nothing more is written to this lane until the keeper recycles it. */
  retire(lane: LaneFile): void {
    lane.isHeld = false;
    if (!this.#lanes.has(lane.file)) {
      this.#close(lane);
      return;
    }
    lane.isRetired = true;
    this.#tellRetired(lane);
    this.#askForLane();
  }

  /** The keeper has answered for an object in this lane. */
  settled(lane: LaneFile): void {
    lane.unsettled -= 1;
    this.#tellRetired(lane);
  }

  /** Opens a new file for one object of its own. Throws Fault `vault.disk-full` or `vault.unwritable`. */
  openStaged(): WriteTarget {
    const file = stagingName({ intakeId: this.#options.intakeId, number: this.#stagedFiles, kind: 'staged' });
    this.#stagedFiles += 1;
    try {
      return { file, fd: this.ops.openSync(this.pathOf(file), OPEN.create, FILE_MODE), start: 0 };
    } catch (thrown) {
      throw writeFault(thrown);
    }
  }

  /** Where a file of this intake lies. */
  pathOf(file: string): string {
    return join(this.#options.folder, file);
  }

  #close(lane: LaneFile): void {
    try {
      this.ops.closeSync(lane.fd);
    } catch (thrown) {
      this.#options.onFault?.(writeFault(thrown));
    }
  }

  #tellRetired(lane: LaneFile): void {
    if (lane.isRetired && lane.unsettled === 0 && this.#lanes.has(lane.file)) this.#options.retired(lane.file);
  }

  #askForLane(): void {
    const { warm = 2, mostLanes = 32, clock } = this.#options;
    if (this.#isAsking || this.#empty.length >= warm || this.#lanes.size >= mostLanes) return;
    if (clock.monotonicMs() < this.#askAgainAtMs) return;
    this.#isAsking = true;
    this.#options.wantLane();
  }
}

/** One association's lease: remembers which lane it wrote to last and how large its objects are. One object at a time. */
export class Lane {
  readonly #pool: LanePool;
  #last: LaneFile | undefined;
  #lastBytes = 0;
  #current: LaneObject | undefined;

  constructor(pool: LanePool) {
    this.#pool = pool;
  }

  /** Begins an object. Throws Fault `vault.disk-full` or `vault.unwritable` when it needs a file of its own and cannot have one. */
  begin(): LaneObject {
    assert(this.#current === undefined, 'a lane takes one object at a time');
    // Slices of a series have nearly the same size: the last one tells where the next one fits.
    const lane = this.#pool.take(this.#last, this.#lastBytes);
    this.#current = new LaneObject(this.#pool, lane, (usedLane, bytes) => {
      this.#current = undefined;
      this.#last = usedLane;
      this.#lastBytes = bytes;
    });
    return this.#current;
  }

  /** Ends the lease; an unfinished object is discarded. */
  release(): void {
    this.#current?.discard();
  }
}
