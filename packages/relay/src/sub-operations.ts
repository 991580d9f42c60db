import { COMMAND_FIELD, STATUS, statusClass } from '@leadglass/dimse';

/** Counts of the sub-operations of a C-MOVE or C-GET (PS3.7 §9.1.3.1.6 to §9.1.3.1.9). */
export interface Counts {
  readonly remaining: number;
  readonly completed: number;
  readonly failed: number;
  readonly warning: number;
}

/** PS3.4 §C.4.2.1.5, §C.4.3.1.4. */
export const RETRIEVE_STATUS = {
  success: 0x0000,
  someFailed: 0xb000,
  cancelled: 0xfe00,
  pending: 0xff00,
  outOfResourcesMatches: 0xa701,
  outOfResourcesSubOperations: 0xa702,
  moveDestinationUnknown: 0xa801,
  identifierDoesNotMatch: 0xa900,
  notAuthorized: 0x0124,
  unableToProcess: 0xc000,
} as const;

/** What sub-operations came to, counted truthfully: an object counts as completed once whoever takes it has said so. */
export class SubOperations {
  #completed = 0;
  #warning = 0;
  #remaining: number;
  readonly #failed: string[];

  /** @param withheld SOP Instance UIDs that fail from the start: they are not given out. */
  constructor(remaining: number, withheld: readonly string[] = []) {
    this.#remaining = remaining;
    this.#failed = [...withheld];
  }

  get counts(): Counts {
    const [remaining, completed, warning] = [this.#remaining, this.#completed, this.#warning];
    return { remaining, completed, failed: this.#failed.length, warning };
  }

  /** Failed SOP Instance UID List (0008,0058). */
  get failed(): readonly string[] {
    return this.#failed;
  }

  /** What the receiver said of one. A duplicate (0111) is there, and a warning says that it was so before. */
  answered(sopInstanceUid: string, status: number): void {
    this.#remaining -= 1;
    const means = status === STATUS.duplicateSopInstance ? 'warning' : statusClass(status, COMMAND_FIELD.cStoreRsp);
    if (means === 'success') this.#completed += 1;
    else if (means === 'warning') this.#warning += 1;
    else this.#failed.push(sopInstanceUid);
  }

  /** One did not reach its receiver, or nobody knows that it did. */
  lost(sopInstanceUid: string): void {
    this.#remaining -= 1;
    this.#failed.push(sopInstanceUid);
  }

  /** The final status when nothing cut them short: success when each was completed, a warning when not, a refusal when none was. */
  get status(): number {
    const { completed, failed, warning } = this.counts;
    if (failed === 0) return warning === 0 ? RETRIEVE_STATUS.success : RETRIEVE_STATUS.someFailed;
    return completed + warning === 0 ? RETRIEVE_STATUS.outOfResourcesSubOperations : RETRIEVE_STATUS.someFailed;
  }
}
