import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AeTitle, Peer, Sha256 } from '@leadglass/model';
import type { ReceivedFacts } from '@leadglass/relay';
import { withinRights } from './rights.ts';

const CT = '1.2.840.10008.5.1.4.1.1.2';
const peer = (more: Partial<Peer>): Peer => ({
  ...{ aeTitle: 'CT1' as AeTitle, from: '192.0.2.1/32', allow: ['echo', 'store'] },
  ...{ whenHeld: 'keep-sending', privateSopClasses: [], ...more },
});

function facts(sopClassUid: string, of: Peer): ReceivedFacts {
  return {
    ...{ sopClassUid, sopInstanceUid: '1.2.3', transferSyntaxUid: '1.2.840.10008.1.2.1', intakeId: 'a1' },
    ...{ associationId: 'a', peer: of, remoteAddress: '192.0.2.1', studyInstanceUid: '', seriesInstanceUid: '' },
    ...{
      modality: '',
      patient: '',
      findings: [],
      isUnreadable: false,
      failure: undefined,
      metaBytes: 1,
      plainBytes: 2,
    },
    kept: { sha256: 'ab' as Sha256, staged: { kind: 'staged', file: 'a1.1.staged', sealedBytes: 3 } },
  };
}

test('[GATE-2] what an intake says it took is refused when its peer may not store it', () => {
  const allowed = facts(CT, peer({}));
  assert.equal(withinRights(allowed), allowed);
  const priv = facts('1.3.6.1.4.1.5962.9', peer({ privateSopClasses: ['*'] }));
  assert.equal(withinRights(priv), priv);
  for (const denied of [
    facts(CT, peer({ allow: ['echo'] })),
    facts('1.2.840.10008.1.1', peer({})),
    facts('1.3.6.1.4.1.5962.9', peer({})),
    facts('', peer({})),
  ]) {
    const told = withinRights(denied);
    assert.equal(told.failure?.status, 0x0124);
    assert.equal(told.kept, denied.kept, 'so that its staging file is removed');
  }
});

test('[GATE-2] what the intake refused itself keeps its own reason', () => {
  const failure = { status: 0xa900, comment: 'x', why: { fr: 'x', en: 'x' } };
  assert.equal(withinRights({ ...facts('', peer({})), failure }).failure, failure);
});
