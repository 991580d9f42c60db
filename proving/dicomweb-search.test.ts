import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Gateway } from './gateway.ts';
import { requirePeer, startOrthanc } from './peers.ts';
import { fileOf, multiFrame, WebClient } from './web.ts';

type Found = Record<string, { vr: string; Value?: unknown[] }>;
const PLUGIN = '/usr/share/orthanc/plugins/libOrthancDicomWeb.so';

test('[PROVE-205] QIDO-RS finds what Orthanc finds over the same objects, and says what was cut or not done', async (t) => {
  if (requirePeer(t, 'Orthanc') === undefined) return;
  const gateway = await Gateway.start({ withWeb: 'plain' });
  t.after(() => gateway.dispose());
  const orthanc = await startOrthanc({ extra: { Plugins: [PLUGIN], DicomWeb: { Enable: true, Root: '/dicom-web/' } } });
  t.after(() => orthanc.stop());
  const web = await WebClient.of(gateway);
  const objects = [multiFrame(1), multiFrame(1), multiFrame(1)];
  assert.equal((await web.store(objects.map((object) => fileOf(object)))).status, 200);
  for (const object of objects)
    await fetch(`http://127.0.0.1:${orthanc.httpPort}/instances`, { method: 'POST', body: fileOf(object) });
  const [first, second] = objects;
  assert.ok(first !== undefined && second !== undefined);
  const uids = (found: readonly Found[], tag: string) => found.map((one) => String(one[tag]?.Value?.[0])).sort();
  const both = async (query: string, tag: string): Promise<[string[], string[]]> => {
    const ours = await web.ask(query, 'application/dicom+json');
    const theirs = await fetch(`http://127.0.0.1:${orthanc.httpPort}/dicom-web${query}`, {
      headers: { accept: 'application/dicom+json' },
    });
    const found = ours.status === 204 ? [] : (JSON.parse(ours.body.toString()) as Found[]);
    return [uids(found, tag), uids((await theirs.json()) as Found[], tag)];
  };
  const [STUDY, SERIES, INSTANCE] = ['0020000D', '0020000E', '00080018'];
  for (const [query, tag, count] of [
    ['/studies?PatientID=WEB-1', STUDY, 3],
    ['/studies?PatientName=Pr*', STUDY, 3],
    [`/studies?StudyInstanceUID=${first.study}`, STUDY, 1],
    ['/studies?StudyDate=20260101-20260103&ModalitiesInStudy=OT', STUDY, 3],
    ['/studies?AccessionNumber=ACC-8', STUDY, 0],
    [`/studies/${first.study}/series`, SERIES, 1],
    [`/studies/${first.study}/instances`, INSTANCE, 1],
    [`/studies/${first.study}/series/${first.series}/instances`, INSTANCE, 1],
    ['/instances?PatientID=WEB-1', INSTANCE, 3],
  ] as const) {
    const [ours, theirs] = await both(query, tag);
    assert.deepEqual(ours, theirs, query);
    assert.equal(ours.length, count, query);
  }
  // What a list of studies shows without asking for it by name (PS3.18 Table 10.6.3-3).
  const [unasked] = JSON.parse((await web.ask('/studies?PatientID=WEB-1')).body.toString()) as Found[];
  assert.deepEqual(unasked?.['00080061']?.Value, ['OT']);
  const list = await web.ask(`/studies?StudyInstanceUID=${first.study},${second.study}&includefield=00081030`);
  assert.equal((JSON.parse(list.body.toString()) as Found[]).length, 2);
  const [match] = JSON.parse((await web.ask(`/studies?00100010=Prévert^Zoé&limit=1`)).body.toString()) as Found[];
  assert.deepEqual(match?.['00100010']?.Value, [{ Alphabetic: 'Prévert^Zoé' }]);
  assert.match(String(match?.['00081190']?.Value?.[0]), new RegExp(`^${web.base}/studies/`));
  const pages = await Promise.all(
    [0, 1, 2, 3].map((offset) => web.ask(`/studies?PatientID=WEB-1&limit=1&offset=${offset}`)),
  );
  assert.deepEqual(
    pages.map(({ status }) => status),
    [200, 200, 200, 204],
  );
  assert.equal(new Set(pages.slice(0, 3).map(({ body }) => body.toString())).size, 3);
  const fuzzy = await web.ask('/studies?PatientName=Prevert&fuzzymatching=true');
  assert.match(fuzzy.headers.get('warning') ?? '', /^299 .*fuzzymatching/);
  const xml = await web.ask('/studies?PatientID=WEB-1', 'multipart/related; type="application/dicom+xml"');
  assert.equal(xml.parts.length, 3);
  assert.match(xml.parts[0]?.data.toString() ?? '', /<FamilyName>Prévert<\/FamilyName>/);
  for (const bad of ['?Nobody=1', '?limit=x', '?PatientID=%ff'])
    assert.equal((await web.ask(`/studies${bad}`)).status, 400, bad);
  const log = await gateway.cli('log', '--kind', 'web', '-n', '100');
  assert.match(log, /searched over the web \(STUDY; PatientName wildcard\): 3 matches/);
  assert.ok(!/WEB-1|Pr.vert|ACC-8/.test(log + gateway.stderr));
});
