import { CARRIED_ATTACKS } from './carried.ts';
import { ATTACK_CLASSES, type AttackClass } from './classes.ts';
import { CONTROLS } from './controls.ts';
import { FILE_ATTACKS, type FileAttack } from './files.ts';
import { type Maker, TestUids } from './identity.ts';
import type { ObjectAttack } from './made.ts';
import { PIXEL_ATTACKS } from './pixels.ts';
import { PROTOCOL_ATTACKS, type ProtocolAttack, SPOOF_ATTACKS } from './protocol.ts';
import { Seeded } from './seeded.ts';
import { STRUCTURE_ATTACKS } from './structure.ts';
import { VALUE_ATTACKS } from './values.ts';
import { WATCH_ATTACKS, type WatchAttack } from './watches.ts';

export type Attack = ProtocolAttack | ObjectAttack | FileAttack | WatchAttack;

/** An attack with its name in the pack: `B5-3`, `control-1`. */
export type Numbered = Attack & { readonly id: string };

const EVERY: readonly Attack[] = [
  ...CONTROLS,
  ...SPOOF_ATTACKS,
  ...PROTOCOL_ATTACKS,
  ...VALUE_ATTACKS,
  ...STRUCTURE_ATTACKS,
  ...PIXEL_ATTACKS,
  ...CARRIED_ATTACKS,
  ...FILE_ATTACKS,
  ...WATCH_ATTACKS,
];

/** Controls first, then by class in their order. */
function numbered(): Numbered[] {
  const byClass = Map.groupBy(EVERY, (one) => one.class);
  const order: readonly AttackClass[] = ['control', ...ATTACK_CLASSES.filter((name) => name !== 'control')];
  return order.flatMap((name) => (byClass.get(name) ?? []).map((one, at) => ({ ...one, id: `${name}-${at + 1}` })));
}

/** The whole pack. Nothing of it is made before it is asked for. */
export const PACK: readonly Numbered[] = numbered();

/**
 * What one attack of a run is made with: the same for the same seed, whichever others are made.
 * @param run 32 bits that no other run has: UIDs follow it alone, for what a gateway was sent before it need not deliver again.
 */
export function makerOf({ id }: Numbered, seed: number, run: number): Maker {
  const uids = new TestUids(new Seeded(`${run} ${id}`).int(0, 0xffffffff));
  return { random: new Seeded(`${seed} ${id}`), uid: () => uids.next() };
}
