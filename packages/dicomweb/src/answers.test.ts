import assert from 'node:assert/strict';
import { test } from 'node:test';
import { capabilitiesJson, capabilitiesXml, resourceOf, storeResponse, storeStatus, WEB_ROOT } from './index.ts';

const part = (status: number, sopInstanceUid = '1.2.3') => ({
  ...{
    sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
    sopInstanceUid,
    studyInstanceUid: '1.2',
    seriesInstanceUid: '1.2.1',
    status,
  },
});

test('[DICOMWEB-12] the status of a store follows its parts', () => {
  assert.equal(storeStatus([part(0), part(0)]), 200);
  assert.equal(storeStatus([part(0), part(0xb007)]), 202);
  assert.equal(storeStatus([part(0), part(0xa700)]), 202);
  assert.equal(storeStatus([part(0xa700), part(0x0122)]), 409);
});

test('[DICOMWEB-12] each part is told of', () => {
  const parts = [part(0, '1.2.3'), part(0xb007, '1.2.4'), part(0x0122, '1.2.5')];
  const response = JSON.parse(storeResponse(parts, 'https://h/dicom-web', undefined, false));
  assert.equal(response['00081190'].Value[0], 'https://h/dicom-web/studies/1.2');
  assert.deepEqual(response['00081198'].Value, [
    {
      '00081150': { vr: 'UI', Value: [part(0).sopClassUid] },
      '00081155': { vr: 'UI', Value: ['1.2.5'] },
      '00081197': { vr: 'US', Value: [0x0122] },
    },
  ]);
  assert.deepEqual(
    response['00081199'].Value.map((one: Record<string, { Value: unknown[] }>) => [
      one['00081155']?.Value[0],
      one['00081196']?.Value[0],
    ]),
    [
      ['1.2.3', undefined],
      ['1.2.4', 0xb007],
    ],
  );
  assert.match(storeResponse(parts, '', '1.2', true), /keyword="FailedSOPSequence"/);
});

test('[DICOMWEB-1] the capabilities name resources that there are', () => {
  const { resources } = JSON.parse(capabilitiesJson('https://h/dicom-web'));
  for (const { path, methods } of resources)
    for (const { name } of methods) {
      const filled = path
        .replace('{frames}', '1')
        .replace('{path}', '7FE00010')
        .replace(/\{\w+\}/g, '1.2');
      assert.ok(!('status' in resourceOf(name, WEB_ROOT + filled)), `${name} ${path}`);
    }
  assert.equal(
    (capabilitiesXml('x').match(/<method /g) ?? []).length,
    resources.flatMap(({ methods }: { methods: unknown[] }) => methods).length,
  );
});
