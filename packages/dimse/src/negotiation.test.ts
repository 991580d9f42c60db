import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AssociateRq } from './api.ts';
import { acceptanceOf, acceptedContexts, negotiate, requestOf } from './negotiation.ts';

const CT = '1.2.840.10008.5.1.4.1.1.2';
const MR = '1.2.840.10008.5.1.4.1.1.4';
const IMPLICIT = '1.2.840.10008.1.2';
const EXPLICIT = '1.2.840.10008.1.2.1';
const JPEG = '1.2.840.10008.1.2.4.70';

const request = (
  contexts: Parameters<typeof requestOf>[0]['contexts'],
  roles: AssociateRq['user']['roleSelections'] = [],
): AssociateRq =>
  requestOf({
    called: 'A',
    calling: 'B',
    implementationClassUid: '1.2',
    implementationVersionName: 'X',
    contexts,
    roleSelections: roles,
  });

test('[DIMSE-32] the first proposed transfer syntax is taken, whatever it is', () => {
  const { contexts } = negotiate(
    request([
      { abstractSyntax: CT, transferSyntaxes: [JPEG, EXPLICIT] },
      { abstractSyntax: MR, transferSyntaxes: ['1.2.999.7'] },
    ]),
    { acceptsAbstractSyntax: () => true },
  );
  assert.deepEqual(contexts, [
    { id: 1, result: 0, transferSyntax: JPEG },
    { id: 3, result: 0, transferSyntax: '1.2.999.7' },
  ]);
});

test('[DIMSE-32] a rule chooses among what was proposed and nothing else', () => {
  const proposed = request([{ abstractSyntax: CT, transferSyntaxes: [JPEG, EXPLICIT] }]);
  const chosen = (uid: string | undefined): unknown =>
    negotiate(proposed, { acceptsAbstractSyntax: () => true, choosesTransferSyntax: () => uid }).contexts[0];
  assert.deepEqual(chosen(EXPLICIT), { id: 1, result: 0, transferSyntax: EXPLICIT });
  assert.deepEqual(chosen(IMPLICIT), { id: 1, result: 4, transferSyntax: IMPLICIT });
  assert.deepEqual(chosen(undefined), { id: 1, result: 4, transferSyntax: IMPLICIT });
});

test('[DIMSE-33] an abstract syntax not accepted, or no UID at all, gets result 3; no syntax proposed gets 4', () => {
  const asked: string[] = [];
  const acceptsAbstractSyntax = (uid: string): boolean => {
    asked.push(uid);
    return uid !== MR;
  };
  const { contexts, accepted } = negotiate(
    request([
      { abstractSyntax: MR, transferSyntaxes: [IMPLICIT] },
      { abstractSyntax: '../../etc', transferSyntaxes: [IMPLICIT] },
      { abstractSyntax: CT, transferSyntaxes: [] },
      { abstractSyntax: CT, transferSyntaxes: ['?', EXPLICIT] },
    ]),
    { acceptsAbstractSyntax },
  );
  assert.deepEqual(
    contexts.map(({ result }) => result),
    [3, 3, 4, 0],
  );
  assert.deepEqual([...accepted.keys()], [7]);
  assert.deepEqual(asked, [MR, CT, CT]);
});

test('[DIMSE-34] roles: never more than proposed, only where a context was accepted, once', () => {
  const roles = [
    { sopClassUid: CT, scu: false, scp: true },
    { sopClassUid: CT, scu: true, scp: true },
    { sopClassUid: MR, scu: true, scp: true },
  ];
  const proposed = request([{ abstractSyntax: CT, transferSyntaxes: [IMPLICIT] }], roles);
  const generous = negotiate(proposed, {
    acceptsAbstractSyntax: () => true,
    grantsRole: (role) => ({ ...role, scu: true, scp: true }),
  });
  assert.deepEqual(generous.roles, [{ sopClassUid: CT, scu: false, scp: true }]);
  assert.deepEqual(negotiate(proposed, { acceptsAbstractSyntax: () => true }).roles, [
    { sopClassUid: CT, scu: false, scp: false },
  ]);
});

test('[DIMSE-35] an answer about what was not proposed counts for nothing', () => {
  const proposed = request([
    { abstractSyntax: CT, transferSyntaxes: [EXPLICIT] },
    { abstractSyntax: MR, transferSyntaxes: [EXPLICIT] },
  ]);
  const accepted = acceptedContexts(proposed, {
    contexts: [
      { id: 1, result: 0, transferSyntax: EXPLICIT },
      { id: 3, result: 0, transferSyntax: JPEG },
      { id: 5, result: 0, transferSyntax: EXPLICIT },
    ],
  });
  assert.deepEqual([...accepted.values()], [{ id: 1, abstractSyntax: CT, transferSyntax: EXPLICIT }]);
});

test('[DIMSE-33] 128 contexts are answered in order', () => {
  const contexts = Array.from({ length: 128 }, () => ({ abstractSyntax: CT, transferSyntaxes: [IMPLICIT] }));
  const proposed = request(contexts);
  const negotiated = negotiate(proposed, { acceptsAbstractSyntax: () => true });
  const acceptance = acceptanceOf(proposed, negotiated, {
    implementationClassUid: '1.2',
    implementationVersionName: 'X',
  });
  assert.equal(acceptance.contexts.length, 128);
  assert.equal(acceptance.contexts.at(-1)?.id, 255);
});
