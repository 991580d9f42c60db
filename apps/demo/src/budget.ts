import { bytesBelow } from './home.ts';

const MB = 1_000_000;
/** New studies are sent until so much is kept; then those of before are sent again, which the vault keeps once. */
export const NEW_UNTIL_BYTES = 600 * MB;
/** Nothing at all is sent beyond this: what is left is for what the gateway writes of itself. */
export const SILENT_FROM_BYTES = 850 * MB;

export type Means = 'new' | 'again' | 'nothing';

/** How much the demonstration may still send: its folder stays under a gigabyte however long it runs. */
export class Budget {
  readonly #folder: string;
  #bytes = 0;
  /** Sent since the folder was looked at: counts at once. */
  #underWay = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  get bytes(): number {
    return this.#bytes + this.#underWay;
  }

  get means(): Means {
    return this.bytes < NEW_UNTIL_BYTES ? 'new' : this.bytes < SILENT_FROM_BYTES ? 'again' : 'nothing';
  }

  sent(bytes: number): void {
    this.#underWay += bytes;
  }

  /** Looks at the folder. */
  measure(): void {
    this.#bytes = bytesBelow(this.#folder);
    this.#underWay = 0;
  }
}
