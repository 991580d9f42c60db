import { isDrillTitle } from '@leadglass/model';
import type { Retrievable } from '@leadglass/records';
import { isGivenOut } from '@leadglass/relay';

/**
 * Of everything in custody under the UIDs asked for, what is given out: nothing that is held or destroyed, its disarmed copy instead;
 * neither originals of imports nor what test callers sent; one object a SOP Instance UID, what a person released before a copy made meanwhile, and of several contents the one that came last. In order
 * of series and instance.
 * @param isPerson asked by a page of the console: what a drill made is shown there and nowhere else, and says on its face what it is.
 */
export function given(found: readonly Retrievable[], isPerson = false): readonly Retrievable[] {
  const chosen = new Map<string, Retrievable>();
  for (const object of found) {
    if (object.hold === 'held' || object.hold === 'destroyed' || !isFor(object.peer, isPerson)) continue;
    const before = chosen.get(object.sopInstanceUid);
    if (before === undefined || isBetter(object, before)) chosen.set(object.sopInstanceUid, object);
  }
  return [...chosen.values()].sort(
    (a, b) => compare(a.seriesInstanceUid, b.seriesInstanceUid) || compare(a.sopInstanceUid, b.sopInstanceUid),
  );
}

function isFor(peer: string, isPerson: boolean): boolean {
  return isGivenOut(peer) || (isPerson && isDrillTitle(peer));
}

function isBetter(object: Retrievable, than: Retrievable): boolean {
  const [released, before] = [object.hold === 'released', than.hold === 'released'];
  if (released !== before && (object.isCopy || than.isCopy)) return released;
  return object.receivedAtMs >= than.receivedAtMs;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
