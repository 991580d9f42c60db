import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AssociateAc, type AssociateRq, acceptanceOf, negotiate, requestOf } from '@leadglass/dimse';
import { acceptanceWith, relayedContexts, type UpstreamOutcome, upstreamRequest, withRelayed } from './contexts.ts';

const IMPLEMENTATION = { implementationClassUid: '1.2', implementationVersionName: 'T' };
const [FIND, WORKLIST, ECHO] = ['1.2.840.10008.5.1.4.1.2.2.1', '1.2.840.10008.5.1.4.31', '1.2.840.10008.1.1'];
const [IMPLICIT, EXPLICIT] = ['1.2.840.10008.1.2', '1.2.840.10008.1.2.1'];
const TITLES = { called: 'RIS', calling: 'LEADGLASS' };

function device(more: Partial<AssociateRq['user']> = {}): AssociateRq {
  const contexts = [FIND, ECHO, WORKLIST].map((abstractSyntax) => ({
    abstractSyntax,
    transferSyntaxes: [EXPLICIT, IMPLICIT],
  }));
  const request = requestOf({ called: 'LEADGLASS', calling: 'CT1', contexts, ...IMPLEMENTATION });
  return { ...request, user: { ...request.user, ...more } };
}

const proposedFor = (uid: string, request = device()): AssociateRq =>
  upstreamRequest(request, (each) => each === uid, TITLES, IMPLEMENTATION) as AssociateRq;

/** An upstream that accepts, with `change` made to what it says. */
function accepting(proposed: AssociateRq, change: (ac: AssociateAc) => AssociateAc = (ac) => ac): UpstreamOutcome {
  const negotiated = negotiate(proposed, {
    acceptsAbstractSyntax: () => true,
    choosesTransferSyntax: () => IMPLICIT,
    grantsRole: (role) => role,
  });
  return { proposed, accepted: change(acceptanceOf(proposed, negotiated, IMPLEMENTATION)) };
}

const own = () => negotiate(device(), { acceptsAbstractSyntax: (uid) => uid === ECHO });

test('[RELAY-74] an upstream is asked for its own classes alone, under the same ids, and nothing when there is none', () => {
  const proposed = proposedFor(WORKLIST);
  assert.deepEqual(
    proposed.contexts.map(({ id, abstractSyntax }) => [id, abstractSyntax]),
    [[5, WORKLIST]],
  );
  assert.deepEqual([proposed.called, proposed.calling], ['RIS', 'LEADGLASS']);
  assert.equal(
    upstreamRequest(device(), () => false, TITLES, IMPLEMENTATION),
    undefined,
  );
});

test('[RELAY-75] a context is promised as the upstream accepted it, whichever upstream, and ours stay ours', () => {
  const relayed = relayedContexts([accepting(proposedFor(FIND)), accepting(proposedFor(WORKLIST))]);
  const all = withRelayed(own(), relayed);
  assert.deepEqual(
    all.contexts.map(({ id, result, transferSyntax }) => [id, result, transferSyntax]),
    [
      [1, 0, IMPLICIT],
      [3, 0, EXPLICIT],
      [5, 0, IMPLICIT],
    ],
  );
  assert.deepEqual([...all.accepted.keys()].sort(), [1, 3, 5]);
});

test('[RELAY-76] what an upstream refuses, does not mention, or answers with a syntax nobody offered, is refused', () => {
  const said = (contexts: AssociateAc['contexts']) =>
    relayedContexts([accepting(proposedFor(FIND), (ac) => ({ ...ac, contexts }))]).results.get(1)?.result;
  assert.equal(said([{ id: 1, result: 4, transferSyntax: IMPLICIT }]), 4);
  assert.equal(said([{ id: 1, result: 0, transferSyntax: '1.2.840.10008.1.2.5' }]), 2);
  assert.equal(said([{ id: 9, result: 0, transferSyntax: IMPLICIT }]), 2);
  const down = relayedContexts([{ proposed: proposedFor(FIND), result: 2 }]);
  assert.equal(down.results.get(1)?.result, 2);
  assert.equal(down.accepted.size, 0);
});

test('[RELAY-77] roles and extended negotiation are granted as the upstream granted them and never beyond what was asked', () => {
  const information = Uint8Array.from([1]);
  const request = device({
    roleSelections: [{ sopClassUid: FIND, scu: true, scp: false }],
    extendedNegotiations: [{ sopClassUid: FIND, information }],
  });
  const outcome = accepting(proposedFor(FIND, request), (ac) => ({
    ...ac,
    user: {
      ...ac.user,
      roleSelections: [
        { sopClassUid: FIND, scu: true, scp: true },
        { sopClassUid: WORKLIST, scu: true, scp: true },
      ],
      extendedNegotiations: [
        { sopClassUid: FIND, information },
        { sopClassUid: WORKLIST, information },
      ],
    },
  }));
  const relayed = relayedContexts([outcome]);
  assert.deepEqual(relayed.roles, [{ sopClassUid: FIND, scu: true, scp: false }]);
  const acceptance = acceptanceWith(acceptanceOf(request, withRelayed(own(), relayed), IMPLEMENTATION), relayed);
  assert.deepEqual(acceptance.user.extendedNegotiations, [{ sopClassUid: FIND, information }]);
});

test('[RELAY-78] the asynchronous window is the narrowest of all upstreams within ours, and one operation when one does not speak of it', () => {
  const request = device({ asynchronousOperations: { invoked: 0, performed: 3 } });
  const granting = (uid: string, window: { invoked: number; performed: number } | undefined) =>
    accepting(proposedFor(uid, request), (ac) => ({
      ...ac,
      user: { ...ac.user, ...(window === undefined ? {} : { asynchronousOperations: window }) },
    }));
  const both = relayedContexts([
    granting(FIND, { invoked: 0, performed: 2 }),
    granting(WORKLIST, { invoked: 5, performed: 0 }),
  ]);
  assert.deepEqual(both.window, { invoked: 5, performed: 2 });
  assert.equal(
    relayedContexts([granting(FIND, { invoked: 4, performed: 1 }), granting(WORKLIST, undefined)]).window,
    undefined,
  );
});
