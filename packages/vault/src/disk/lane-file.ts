/** Objects begin on a block of their own, so that writing one never touches a block that holds another's acknowledged bytes. */
export const LANE_BLOCK_BYTES = 4096;
/** Length of a lane: some thirty CT slices, and the most that is ever copied for an object that outgrows it. */
export const LANE_BYTES = 16 * 2 ** 20;

/** One lane, as the intake sees it. */
export interface LaneFile {
  readonly file: string;
  readonly fd: number;
  /** Where the next object begins. */
  cursor: number;
  /** Objects told to the keeper and not yet settled. */
  unsettled: number;
  /** Whether an object is being written into it. */
  isHeld: boolean;
  /** Whether it waits for the keeper to recycle it. */
  isRetired: boolean;
}
