import { randomBytes } from 'node:crypto';
import type { RequestOf } from '@leadglass/contract';
import { text } from '@leadglass/kit';
import { type AeTitle, DEFAULT_AE_TITLE, isTestTitle, type Sha256, TEST_TITLE } from '@leadglass/model';
import { flowOf } from '@leadglass/policy';
import type { ControlClient } from '../client.ts';
import { CliFailure, EXIT, isCliFailure } from '../exits.ts';

/** Name of the destination that the command itself is, for as long as it runs. */
export const TEST_DESTINATION = TEST_TITLE;
const RECEIVER_TITLE = `${TEST_TITLE}-SCP` as AeTitle;
const TITLE = TEST_TITLE as AeTitle;
const FAR = `${TEST_TITLE}-FAR` as AeTitle;
const PINNED = `${TEST_TITLE}-PIN` as AeTitle;
/** TEST-NET-1 (RFC 5737): nobody calls from there. */
const NOWHERE = '192.0.2.1/32';
const MOST_HOLDS = 10_000;

/** What was taken away. */
export interface Cleared {
  readonly peers: number;
  readonly routes: number;
  readonly destinations: number;
  readonly holds: number;
  /** Held objects of the test that could not be destroyed: a rule of the site asks for more than this command. */
  readonly holdsLeft: number;
}

/** Whether nothing was. */
export function isNothing({ peers, routes, destinations, holds }: Cleared): boolean {
  return peers + routes + destinations + holds === 0;
}

/** The part of the control client that changes settings and holds. */
type Control = Pick<ControlClient, 'call'>;

/** How many an operation took away; none when there was nothing. */
async function removed(act: Promise<{ readonly removed: number }>): Promise<number> {
  try {
    return (await act).removed;
  } catch (thrown) {
    if (isCliFailure(thrown, EXIT.notFound)) return 0;
    throw thrown;
  }
}

/** Takes away the test callers, their route and destination, and destroys what of theirs is held. Each is an event of the ledger. */
export async function clearTest(client: Control, reason: string): Promise<Cleared> {
  const routes = await removed(client.call('route.remove', { from: TITLE, to: TEST_DESTINATION }));
  const destinations = await removed(client.call('destination.remove', { name: TEST_DESTINATION }));
  const { peers: all } = await client.call('peer.list', {});
  let peers = 0;
  for (const { aeTitle } of all.filter((peer) => isTestTitle(peer.aeTitle)))
    peers += await removed(client.call('peer.remove', { aeTitle }));
  return { peers, routes, destinations, ...(await destroyHolds(client, reason)) };
}

async function destroyHolds(client: Control, reason: string): Promise<Pick<Cleared, 'holds' | 'holdsLeft'>> {
  const { holds } = await client.call('hold.list', { state: 'held', limit: MOST_HOLDS });
  const ours = holds.filter(({ peer }) => isTestTitle(peer));
  let destroyed = 0;
  for (const { sha256 } of ours) {
    try {
      await client.call('hold.destroy', { id: sha256, reason });
      destroyed += 1;
    } catch (thrown) {
      // Refused by a rule, not cut off: the others may still go, and what stays is told.
      if (!isCliFailure(thrown, EXIT.failed)) throw thrown;
    }
  }
  return { holds: destroyed, holdsLeft: ours.length - destroyed };
}

/** What the test callers get of a peer that is there: how its objects are judged. */
async function choiceLike(client: Control, like: AeTitle | undefined): Promise<Partial<RequestOf<'peer.add'>>> {
  if (like === undefined) return {};
  const [{ peers }, { routes }] = await Promise.all([client.call('peer.list', {}), client.call('route.list', {})]);
  const peer = peers.find(({ aeTitle }) => aeTitle === like);
  if (peer === undefined) {
    throw new CliFailure(
      EXIT.usage,
      text(`Aucun correspondant ne s’appelle ${like}.`, `No peer is called ${like}.`),
      'cli.no-such-peer',
    );
  }
  const { strictness, whenUnfinished } = flowOf(peer, routes);
  const { whenHeld, privateSopClasses } = peer;
  return { strictness, whenHeld, privateSopClasses, ...(whenUnfinished === undefined ? {} : { whenUnfinished }) };
}

/** A route that somebody gave the test callers would lead what is made here to where it does not belong. */
async function refuseOtherRoutes(client: Control): Promise<void> {
  const { routes } = await client.call('route.list', {});
  const other = routes.find(({ from, to }) => isTestTitle(from) && to !== TEST_DESTINATION);
  if (other === undefined) return;
  const how = `route remove --from ${other.from} --to ${other.to}`;
  throw new CliFailure(
    EXIT.usage,
    text(
      `Une route mène les objets d’essai vers ${other.to} : retirez-la d’abord (./leadglass ${how}).`,
      `A route leads test objects to ${other.to}: remove it first (./leadglass ${how}).`,
    ),
    'cli.test-route',
  );
}

/** How the test callers call, and where what they send goes. */
export interface Admittance {
  /** This machine's own address as a range. */
  readonly from: string;
  /** The certificate they show, over TLS. */
  readonly certSha256: Sha256 | undefined;
  readonly receiverPort: number;
  readonly like: AeTitle | undefined;
}

/** Lets the test callers in: themselves from their address, one from nowhere, one bound to a certificate that nobody has. */
export async function admitTest(client: Control, { from, certSha256, receiverPort, like }: Admittance): Promise<void> {
  await refuseOtherRoutes(client);
  const choice = await choiceLike(client, like);
  await client.call('destination.add', {
    name: TEST_DESTINATION,
    host: '127.0.0.1',
    port: receiverPort,
    called: RECEIVER_TITLE,
    calling: DEFAULT_AE_TITLE,
  });
  await client.call('route.add', { from: TITLE, to: TEST_DESTINATION });
  const allow = ['echo', 'store'] as const;
  const shown = certSha256 === undefined ? {} : { certSha256 };
  await client.call('peer.add', { aeTitle: TITLE, from, allow: [...allow], ...shown, ...choice });
  await client.call('peer.add', { aeTitle: FAR, from: NOWHERE, allow: [...allow] });
  const nobodys = randomBytes(32).toString('hex') as Sha256;
  await client.call('peer.add', { aeTitle: PINNED, from, allow: [...allow], certSha256: nobodys });
}
