import type { Seeded } from './seeded.ts';

// Who the objects of the pack say they are about: nobody, and marked as such wherever a person or a program may look.

export const TEST_PATIENT = 'LEADGLASS^PROVE-IT';
export const TEST_PATIENT_ID = 'LG-PROVE-IT';
export const TEST_STUDY = 'TEST OBJECT';

/** "LGPROV" in ASCII: the first 48 bits of the UUID of every object that is made here. */
const MARKER = 0x4c47_5052_4f56n;

/**
 * UIDs of made objects: 2.25 and a UUID (PS3.5 §B.2) of version 8 (RFC 9562 §5.8), whose bits are ours to choose: the marker above, the run,
 * a count. So all of them begin alike, and no two runs share one.
 */
export class TestUids {
  readonly #run: bigint;
  #count = 0n;

  /** @param run number of the run, 32 bits. */
  constructor(run: number) {
    this.#run = BigInt(run >>> 0);
  }

  next(): string {
    this.#count += 1n;
    const uuid = (MARKER << 80n) | (8n << 76n) | (2n << 62n) | (this.#run << 30n) | this.#count;
    return `2.25.${uuid}`;
  }
}

/** How the UID of everything made here begins. */
export const TEST_UID_PREFIX = `2.25.${MARKER << 80n}`.slice(0, 17);

/** What one attack is made with. */
export interface Maker {
  readonly random: Seeded;
  uid(): string;
}
