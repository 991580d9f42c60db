import type { Sealer } from '@leadglass/catalogue';
import type { Records } from '@leadglass/records';
import { openAccepted } from '../reconcile/accepted.ts';
import type { Hl7Owings, OfRegistration } from './owing.ts';

const MOST_REGISTERED = 20_000;

export interface LateTools {
  readonly records: Pick<Records, 'hl7' | 'schedule' | 'reconciliation'>;
  readonly sealer: Sealer;
  readonly owings: Hl7Owings;
}

/**
 * What was registered before a receiver was declared is told to it: each registration that stands, of which it knows nothing yet, and whose it turned
 * out to be. Whoever was told of one is not told again. @param from, to days, YYYYMMDD; both belong.
 */
export async function tellLate(
  { records, sealer, owings }: LateTools,
  { from, to }: { readonly from: number; readonly to: number },
  atMs: number,
): Promise<{ readonly registrations: number; readonly messages: number }> {
  let [registrations, messages] = [0, 0];
  for (const { number, state, sealed } of await records.schedule.registered(from, to, MOST_REGISTERED)) {
    if (state !== 'open') continue;
    // A long downtime has many: others have their turn.
    await new Promise((resolve) => setImmediate(resolve));
    const of = sealer.openJson('registered', number, sealed) as OfRegistration;
    const identity = await records.reconciliation.identity(number);
    const accepted =
      identity?.state === 'accepted' && identity.sealed !== undefined
        ? openAccepted(sealer, number, identity.sealed).identity
        : undefined;
    const owing = owings.late(of, accepted, atMs);
    let added = 0;
    await records.hl7.owe({
      ...owing,
      decide: (told) => {
        const change = owing.decide(told);
        added = change.added.length;
        return change;
      },
    });
    registrations += added > 0 ? 1 : 0;
    messages += added;
  }
  return { registrations, messages };
}
