import { call, queryClient, type Request } from '../client/index.ts';
import { toast } from '../kit/index.ts';
import { keyOf, type Peer } from './facts.ts';
import { PEERS } from './words.ts';

type NewPeer = Request<'peer.add'>;

async function add(peer: NewPeer): Promise<void> {
  await call('peer.add', peer);
  await queryClient.invalidateQueries();
}

async function remove(peer: Pick<Peer, 'aeTitle' | 'from'>): Promise<void> {
  await call('peer.remove', { aeTitle: peer.aeTitle, from: peer.from });
  await queryClient.invalidateQueries();
}

/** Lets somebody in, or changes a rule; the toast takes it back. @param known the rules until now */
export async function admit(peer: Peer, known: readonly Peer[]): Promise<void> {
  const before = known.find((each) => keyOf(each) === keyOf(peer));
  await add(peer);
  toast({ text: PEERS.admitted(peer.aeTitle), undo: () => (before === undefined ? remove(peer) : add(before)) });
}

/** No longer lets somebody in; the toast takes it back. */
export async function dismiss(peer: Peer): Promise<void> {
  await remove(peer);
  toast({ text: PEERS.removed(peer.aeTitle), undo: () => add(peer) });
}

/** Gives a title one more right; the toast takes it away again. */
export async function give(aeTitle: Peer['aeTitle'], service: Peer['allow'][number], said: string): Promise<void> {
  const change = async (revoke: boolean) => {
    await call('policy.allow', { aeTitle, services: [service], revoke });
    await queryClient.invalidateQueries();
  };
  await change(false);
  toast({ text: PEERS.given(aeTitle, said), undo: () => change(true) });
}

/** Observes a title, or enforces its rules; the toast takes it back. */
export async function setMode(aeTitle: Peer['aeTitle'], mode: 'observe' | 'enforce'): Promise<void> {
  const set = async (wanted: 'observe' | 'enforce') => {
    if (wanted === 'observe') await call('policy.observe', { peers: [aeTitle] });
    else await call('policy.enforce', { peers: [aeTitle], dryRun: false });
    await queryClient.invalidateQueries();
  };
  await set(mode);
  const other = mode === 'observe' ? 'enforce' : 'observe';
  toast({ text: mode === 'observe' ? PEERS.observing(aeTitle) : PEERS.enforcing(aeTitle), undo: () => set(other) });
}
