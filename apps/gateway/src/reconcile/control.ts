import type { AnswerInputOf, ParsedRequestOf } from '@leadglass/contract';
import type { ReconcileActs } from './reconcile-host.ts';

type Names = 'list' | 'show' | 'accept' | 'undo' | 'release' | 'report' | 'set';
type Acts = {
  [K in `reconcile.${Names}`]: (asked: ParsedRequestOf<K>) => Promise<AnswerInputOf<K>>;
};

/** Acts of the control socket on temporary identities. */
export function reconcileActs(reconcile: ReconcileActs): Acts {
  return {
    'reconcile.list': (asked) => reconcile.list(asked),
    'reconcile.show': (asked) => reconcile.show(asked),
    'reconcile.accept': (asked) => reconcile.accept(asked),
    'reconcile.undo': (asked) => reconcile.undo(asked),
    'reconcile.release': (asked) => reconcile.release(asked),
    'reconcile.report': (asked) => reconcile.report(asked),
    'reconcile.set': (asked) => reconcile.set(asked),
  };
}
