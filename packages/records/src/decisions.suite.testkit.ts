import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFault } from '@leadglass/kit';
import type { AeTitle, Operator, Peer } from '@leadglass/model';
import type { HoldRequest, Records } from './api.ts';
import { commitOf, destinationCalled, finding, gatewayEvent, nextId, sha, T0 } from './records.testkit.ts';

type Context = { after(done: () => Promise<void> | void): void };
type OpenFresh = (t: Context) => Promise<{ readonly records: Records }>;

const HELD = { kind: 'hold', verdict: 'suspicious', findings: [finding] } as const;
const ANNE: Operator = { name: 'anne', publicKey: 'aa'.repeat(32), addedAtMs: T0, inForceAtMs: T0 };
const faulty = (code: string) => (thrown: unknown) => isFault(thrown, code);

function requestOf(name: string, changes: Partial<HoldRequest> = {}): HoldRequest {
  const asked = { act: 'release', operator: 'anne', publicKey: ANNE.publicKey, reason: 'seen' } as const;
  return { sha256: sha(name), id: nextId(), ...asked, askedAtMs: T0, untilMs: T0 + 1000, ...changes };
}

/** What every backend must keep of decisions that take two people. */
export function decisionsSuite(backend: string, openFresh: OpenFresh): void {
  const rule = (name: string, act: (records: Records) => Promise<void>): void => {
    test(name.replace(/^(\[[^\]]+\]) /, `$1 ${backend}: `), async (t) => act((await openFresh(t)).records));
  };
  requestRules(rule);
  operatorRules(rule);
  passkeyRules(rule);
  choiceRules(rule);
}

type Rule = (name: string, act: (records: Records) => Promise<void>) => void;

function requestRules(rule: Rule): void {
  rule('[REC-90] what the first of two asked is kept with its event, and the object stays held', async (records) => {
    await records.commitArrivals([commitOf('a', HELD)]);
    const request = requestOf('a');
    await records.askDecision(request, [gatewayEvent()]);
    assert.deepEqual(await records.holdRequest(sha('a')), request);
    assert.deepEqual(await records.holdRequests(), [request]);
    assert.equal((await records.hold(sha('a')))?.state, 'held');
    assert.equal((await records.counts()).events.total, 2);
  });
  rule('[REC-90] one request a hold, until it stands no more; none of what is not held', async (records) => {
    await records.commitArrivals([commitOf('a', HELD), commitOf('b')]);
    await records.askDecision(requestOf('a'), []);
    const again = records.askDecision(requestOf('a', { askedAtMs: T0 + 999 }), [gatewayEvent()]);
    await assert.rejects(again, faulty('records.already-asked'));
    const later = requestOf('a', { askedAtMs: T0 + 1000, untilMs: T0 + 2000 });
    await records.askDecision(later, []);
    assert.deepEqual(await records.holdRequest(sha('a')), later);
    await assert.rejects(records.askDecision(requestOf('b'), []), faulty('records.not-held'));
    assert.equal((await records.counts()).events.total, 2);
  });
  rule('[REC-91] a decision answers the request it was made on, or nothing happens', async (records) => {
    await records.commitArrivals([commitOf('a', HELD)]);
    const request = requestOf('a');
    await records.askDecision(request, []);
    const other = records.releaseHold(sha('a'), 'ben', 'seen', T0, ['pacs'], [gatewayEvent()], nextId());
    await assert.rejects(other, faulty('records.request-gone'));
    assert.deepEqual(await records.holdRequest(sha('a')), request);
    await records.releaseHold(sha('a'), 'ben', 'seen', T0, ['pacs'], [], request.id);
    assert.equal(await records.holdRequest(sha('a')), undefined);
    assert.equal((await records.hold(sha('a')))?.state, 'released');
  });
  rule('[REC-91] what was withdrawn cannot be approved, nor withdrawn twice', async (records) => {
    await records.commitArrivals([commitOf('a', HELD)]);
    const request = requestOf('a', { act: 'destroy' });
    await records.askDecision(request, []);
    await records.withdrawRequest(sha('a'), request.id, [gatewayEvent()]);
    await assert.rejects(records.withdrawRequest(sha('a'), request.id, []), faulty('records.request-gone'));
    const late = records.destroyHold(sha('a'), 'ben', 'bad', T0, [], request.id);
    await assert.rejects(late, faulty('records.request-gone'));
    assert.ok((await records.custody(sha('a'))) !== undefined);
  });
  rule('[REC-91] a request goes with its hold: decided, held anew for something else, or lost', async (records) => {
    await records.commitArrivals([commitOf('a', HELD), commitOf('b', HELD), commitOf('c', HELD)]);
    for (const name of ['a', 'b', 'c']) await records.askDecision(requestOf(name), []);
    await records.destroyHold(sha('a'), 'op', 'bad', T0 + 1000, []);
    await records.destroyCustody(sha('b'), []);
    await records.releaseHold(sha('c'), 'op', 'seen', T0 + 1000, [], []);
    await records.commitArrivals([commitOf('c', { ...HELD, verdict: 'malicious' })]);
    assert.deepEqual(await records.holdRequests(), []);
  });
}

function operatorRules(rule: Rule): void {
  rule('[REC-92] an operator has a name and a key that are nobody else’s', async (records) => {
    const ben = { ...ANNE, name: 'ben', publicKey: 'bb'.repeat(32), inForceAtMs: T0 + 5 };
    assert.equal(await records.addOperator(ben, [gatewayEvent()]), true);
    assert.equal(await records.addOperator(ANNE, [gatewayEvent()]), true);
    assert.equal(await records.addOperator({ ...ANNE, name: 'carl' }, [gatewayEvent()]), false);
    assert.equal(await records.addOperator({ ...ANNE, publicKey: 'cc'.repeat(32) }, [gatewayEvent()]), false);
    assert.deepEqual(await records.operators(), [ANNE, ben]);
    assert.equal(await records.removeOperator('ben', [gatewayEvent()]), true);
    assert.equal(await records.removeOperator('ben', [gatewayEvent()]), false);
    assert.deepEqual(await records.operators(), [ANNE]);
    assert.equal((await records.counts()).events.total, 3);
  });
}

function passkeyRules(rule: Rule): void {
  const passkey = { credentialId: 'AQID', rpId: 'console.example', account: 'anne' };
  const annes: Operator = { ...ANNE, publicKey: 'a501', passkey, inForceAtMs: T0 + 7 };
  rule(
    '[REC-92] a person may have a passkey beside a key; name, key and credential are nobody else’s',
    async (records) => {
      assert.equal(await records.addOperator(ANNE, []), true);
      assert.equal(await records.addOperator(annes, [gatewayEvent()]), true);
      assert.deepEqual(await records.operators(), [ANNE, annes]);
      const taken = [
        { ...annes, publicKey: 'a502', passkey: { ...passkey, credentialId: 'BBBB' } },
        { ...annes, name: 'ben', publicKey: 'a502' },
        { ...annes, name: 'ben', passkey: { ...passkey, credentialId: 'BBBB' } },
      ];
      for (const each of taken) assert.equal(await records.addOperator(each, [gatewayEvent()]), false);
      assert.equal((await records.counts()).events.total, 1);
    },
  );
  rule('[REC-92] striking off a person takes all their keys', async (records) => {
    await records.addOperator(annes, []);
    assert.equal(await records.removeOperator('anne', [gatewayEvent()]), true);
    await records.addOperator(ANNE, []);
    await records.addOperator(annes, []);
    assert.equal(await records.removeOperator('anne', [gatewayEvent()]), true);
    assert.deepEqual(await records.operators(), []);
    assert.equal((await records.counts()).events.total, 2);
  });
}

function choiceRules(rule: Rule): void {
  rule(
    '[REC-93] how many people it takes is kept of peers, routes, and of the hold as it was then',
    async (records) => {
      const peer: Peer = {
        ...{ aeTitle: 'CT1' as AeTitle, from: '192.0.2.1/32', allow: ['store'], whenHeld: 'keep-sending' },
        ...{ privateSopClasses: [], release: 'two-persons' },
      };
      const routes = [{ from: '*', to: 'pacs', destroy: 'two-persons' }] as const;
      await records.replaceConfig({ peers: [peer], destinations: [destinationCalled('pacs')], routes }, []);
      assert.deepEqual([await records.peers(), await records.routes()], [[peer], routes]);
      const decisions = { release: 'two-persons', destroy: 'one-person' } as const;
      await records.commitArrivals([{ ...commitOf('a', HELD), decisions }, commitOf('b', HELD)]);
      assert.deepEqual((await records.hold(sha('a')))?.decisions, decisions);
      assert.deepEqual((await records.hold(sha('b')))?.decisions, {});
    },
  );
}
