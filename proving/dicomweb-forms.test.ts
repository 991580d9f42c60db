import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dataSetOf } from './custody-check.ts';
import { Gateway } from './gateway.ts';
import { fileOf, multiFrame, WebClient } from './web.ts';

test('[PROVE-207] WADO-URI, HEAD, XML metadata, pictures of a study, thumbnails; what is not offered is refused', async (t) => {
  const gateway = await Gateway.start({ withWeb: 'plain' });
  t.after(() => gateway.dispose());
  const web = await WebClient.of(gateway);
  const object = multiFrame(3);
  assert.equal((await web.store([fileOf(object)])).status, 200);
  const { study, series, instance, path } = object;
  const uri = `${web.base.replace('/dicom-web', '')}/wado?requestType=WADO&studyUID=${study}&seriesUID=${series}&objectUID=${instance}`;
  const file = await web.ask(`${uri}&contentType=application%2Fdicom`);
  assert.equal(file.status, 200);
  assert.ok(dataSetOf(file.body).equals(object.dataSet));
  const picture = await web.ask(`${uri}&frameNumber=2&columns=60`);
  assert.deepEqual([picture.status, picture.headers.get('content-type')], [200, 'image/jpeg']);
  for (const refused of ['&anonymize=yes', '&region=0,0,1,1', '&presentationUID=1.2', '&frameNumber=0'])
    assert.equal((await web.ask(uri + refused)).status, 400, refused);
  assert.equal((await web.ask(`${uri}&frameNumber=4`)).status, 404);
  const head = await web.ask(path, 'application/dicom; transfer-syntax=*', { method: 'HEAD' });
  assert.deepEqual([head.status, head.body.length], [200, 0]);
  assert.equal(
    Number(head.headers.get('content-length')),
    (await web.ask(path, 'application/dicom; transfer-syntax=*')).body.length,
  );
  const xml = await web.ask(`/studies/${study}/metadata`, 'multipart/related; type="application/dicom+xml"');
  assert.match(
    xml.parts[0]?.data.toString() ?? '',
    /keyword="PatientName"><PersonName number="1"><Alphabetic><FamilyName>Prévert/,
  );
  const all = await web.ask(`/studies/${study}/rendered`, 'multipart/related; type="image/png"');
  assert.equal(all.parts.length, 3);
  const small = await web.ask(`/studies/${study}/series/${series}/thumbnail?viewport=16,16`, 'image/png');
  assert.deepEqual([small.body.readUInt32BE(16), small.body.readUInt32BE(20)], [16, 16]);
  for (const bad of ['?viewport=0,0', '?window=x', '?quality=200'])
    assert.equal((await web.ask(`${path}/rendered${bad}`)).status, 400, bad);
  assert.equal((await web.ask(`${path}/rendered`, 'image/gif')).status, 406);
  assert.equal(
    (await web.ask(path, 'multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.4.50')).status,
    406,
  );
  assert.equal((await web.ask(path, undefined, { method: 'DELETE' })).headers.get('allow'), 'GET, HEAD, OPTIONS');
  assert.equal((await web.ask('/studies/not-a-uid')).status, 400);
});
