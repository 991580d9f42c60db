import { CONTROL, type NeedAnswer, type Operation } from '@leadglass/contract';
import { call, type Name } from '../client/index.ts';

/** What a need proposes to do. */
export type Act = NonNullable<NeedAnswer['act']>;

/** Whether the button can do it: at once, after a reason was given, or not from here. */
export type Readiness = 'ready' | 'reason' | 'not-here';

/** An operation of the contract that is answered with JSON; whatever else an answer may name is not done. */
export function operationOf(act: Act): (Operation & Name) | undefined {
  const shape = Object.hasOwn(CONTROL, act.operation) ? CONTROL[act.operation as Operation] : undefined;
  return shape?.form === 'json' ? (act.operation as Operation & Name) : undefined;
}

/** Whether the request is whole, or lacks nothing but a reason. */
export function readinessOf(act: Act): Readiness {
  const operation = operationOf(act);
  if (operation === undefined) return 'not-here';
  const { request } = CONTROL[operation];
  if (request.safeParse(act.request).success) return 'ready';
  return request.safeParse({ ...act.request, reason: 'x' }).success ? 'reason' : 'not-here';
}

type Undo = (() => Promise<unknown>) | undefined;

/** What takes an act back, for those that one other act takes back whole. */
export function undoOf(act: Act, answer: unknown): Undo {
  const { aeTitle, from, peers } = act.request;
  const change = (answer as { readonly change?: unknown }).change;
  if (act.operation === 'peer.add' && change === 'added' && typeof aeTitle === 'string' && typeof from === 'string') {
    return () => call('peer.remove', { aeTitle: aeTitle as never, from });
  }
  if (!Array.isArray(peers)) return undefined;
  if (act.operation === 'policy.enforce') return () => call('policy.observe', { peers: peers as never });
  if (act.operation === 'policy.observe') return () => call('policy.enforce', { peers: peers as never, dryRun: false });
  return undefined;
}

/** Does it. @param reason of the person, where one is asked for. @throws ApiError */
export async function doAct(act: Act, reason?: string): Promise<unknown> {
  const operation = operationOf(act);
  if (operation === undefined) throw new RangeError('not an operation of the contract');
  const request = reason === undefined ? act.request : { ...act.request, reason };
  return call(operation, request as never);
}
