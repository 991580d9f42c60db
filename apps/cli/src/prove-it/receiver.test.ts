import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '@leadglass/kit';
import { DEFAULT_SCU_TIMEOUTS, openAssociation } from '@leadglass/wire';
import { makerOf, PACK } from './pack/pack.ts';
import { Receiver } from './receiver.ts';

test('[CLI-67] the receiver takes what is delivered byte for byte, whatever its class and syntax, and answers a C-ECHO', async (t) => {
  const receiver = await Receiver.listen();
  t.after(() => receiver.close());
  const control = PACK.find(({ id }) => id === 'control-2');
  assert.ok(control?.kind === 'object');
  const { sopClassUid, sopInstanceUid, transferSyntaxUid, dataSet } = control.make(makerOf(control, 7, 1));
  const association = await openAssociation({
    ...{ host: '127.0.0.1', port: receiver.port, called: 'LG-PROVEIT-SCP', calling: 'LEADGLASS' },
    contexts: [
      { abstractSyntax: '1.2.840.10008.1.1', transferSyntaxes: ['1.2.840.10008.1.2'] },
      { abstractSyntax: sopClassUid, transferSyntaxes: [transferSyntaxUid] },
    ],
    ...{ maximumLength: 65_536, timeouts: DEFAULT_SCU_TIMEOUTS, clock: systemClock },
  });
  assert.equal((await association.echo()).status, 0);
  const object = { sopClassUid, sopInstanceUid, transferSyntax: transferSyntaxUid };
  assert.equal((await association.store({ ...object, dataSet: [dataSet] })).status, 0);
  await association.release();
  const delivered = await receiver.taken(sopInstanceUid, 5_000);
  assert.ok(delivered?.dataSet.equals(dataSet));
  assert.equal(delivered?.transferSyntaxUid, transferSyntaxUid);
  assert.equal(await receiver.taken(sopInstanceUid, 0), undefined, 'taken once');
});
