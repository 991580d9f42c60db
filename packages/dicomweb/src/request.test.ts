import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import {
  parameter,
  parseParameters,
  parseRendering,
  parseSearch,
  parseUriRendering,
  pathTo,
  resourceName,
  resourceOf,
  returnedTags,
} from './index.ts';

const [S, E, I] = ['1.2', '1.2.3', '1.2.3.4'];
const ROOT = '/dicom-web';

test('[DICOMWEB-1] every resource that is offered is named', () => {
  const one = { study: S, series: E, instance: I };
  const expected: readonly (readonly [method: string, path: string, resource: object])[] = [
    ['GET', '/studies', { kind: 'search', level: 'STUDY' }],
    ['GET', '/series', { kind: 'search', level: 'SERIES' }],
    ['GET', '/instances', { kind: 'search', level: 'IMAGE' }],
    ['GET', `/studies/${S}/series`, { kind: 'search', level: 'SERIES', study: S }],
    ['GET', `/studies/${S}/instances`, { kind: 'search', level: 'IMAGE', study: S }],
    ['GET', `/studies/${S}/series/${E}/instances`, { kind: 'search', level: 'IMAGE', study: S, series: E }],
    ['POST', '/studies', { kind: 'store' }],
    ['POST', `/studies/${S}`, { kind: 'store', study: S }],
    ['GET', `/studies/${S}`, { kind: 'objects', ids: { study: S } }],
    ['HEAD', `/studies/${S}/series/${E}`, { kind: 'objects', ids: { study: S, series: E } }],
    ['GET', `/studies/${S}/series/${E}/instances/${I}`, { kind: 'objects', ids: one }],
    ['GET', `/studies/${S}/metadata`, { kind: 'metadata', ids: { study: S } }],
    ['GET', `/studies/${S}/series/${E}/instances/${I}/frames/1,3`, { kind: 'frames', ids: one, frames: [1, 3] }],
    [
      'GET',
      `/studies/${S}/series/${E}/instances/${I}/frames/1%2C3/rendered`,
      { kind: 'rendered', ids: one, frames: [1, 3] },
    ],
    ['GET', `/studies/${S}/series/${E}/thumbnail`, { kind: 'thumbnail', ids: { study: S, series: E } }],
    [
      'GET',
      `/studies/${S}/series/${E}/instances/${I}/bulkdata/00400275.0.00420011`,
      { kind: 'bulkdata', ids: one, path: '00400275.0.00420011' },
    ],
    ['OPTIONS', '/studies', { kind: 'capabilities' }],
    ['GET', '', { kind: 'capabilities' }],
  ];
  for (const [method, path, resource] of expected)
    assert.deepEqual(resourceOf(method, ROOT + path), resource, `${method} ${path}`);
  assert.deepEqual(resourceOf('GET', '/wado'), { kind: 'uri' });
  assert.equal(pathTo('x', one), `x/studies/${S}/series/${E}/instances/${I}`);
});

test('[DICOMWEB-1] nothing else is', () => {
  const status = (method: string, path: string) => {
    const resource = resourceOf(method, path);
    return 'status' in resource ? resource.status : resource.kind;
  };
  for (const path of [
    '/',
    '/x',
    `${ROOT}/patients`,
    `${ROOT}/studies/${S}/x`,
    `${ROOT}/studies/${S}/frames/1`,
    `${ROOT}/studies/${S}/metadata/x`,
  ])
    assert.equal(status('GET', path), 404, path);
  for (const bad of ['abc', '1.2.x', '%31', '1'.repeat(65), '..', 'é'])
    assert.equal(status('GET', `${ROOT}/studies/${bad}`), 400, bad);
  for (const frames of ['0', 'x', '1,,2', '-1', ''])
    assert.equal(status('GET', `${ROOT}/studies/${S}/series/${E}/instances/${I}/frames/${frames}`), 400, frames);
  assert.deepEqual(resourceOf('DELETE', `${ROOT}/studies/${S}`), { status: 405, allow: 'GET, HEAD, OPTIONS' });
  assert.equal(status('GET', `${ROOT}/${'studies/'.repeat(1000)}`), 400);
});

test('[DICOMWEB-1] the name of a request holds none of its values', () => {
  const resource = resourceOf('GET', `${ROOT}/studies/${S}/series/${E}/instances/${I}/frames/1`);
  assert.ok(!('status' in resource));
  assert.equal(resourceName(resource), 'frames instance');
});

const search = (query: string) => parseSearch(parseParameters(query) ?? []);

test('[DICOMWEB-10] a search is read with its paths, lists and flags', () => {
  const found = search(
    'PatientName=D%C3%BCr*&00100020=A+1&RequestAttributesSequence.ScheduledProcedureStepID=7&StudyInstanceUID=1.2,1.3&StudyInstanceUID=1.4&includefield=00081030,StudyID&includefield=Nobody&limit=10&offset=5&fuzzymatching=true',
  );
  assert.deepEqual(found, {
    keys: [
      { path: [0x00100010], value: 'Dür*' },
      { path: [0x00100020], value: 'A 1' },
      { path: [0x00400275, 0x00400009], value: '7' },
      { path: [0x0020000d], value: '1.2,1.3,1.4' },
    ],
    include: [[0x00081030], [0x00200010]],
    ...{ limit: 10, offset: 5, isFuzzy: true, isEmptyValueMatched: false, isMultipleValueMatched: false },
  });
  const all = search('includefield=all');
  assert.ok(!('parameter' in all) && all.include === 'all');
});

test('[DICOMWEB-10] what is wrong is told, and no value with it', () => {
  assert.deepEqual(search('Dupont=1'), { parameter: '', why: 'unknown-attribute' });
  assert.deepEqual(search('limit=x'), { parameter: 'limit', why: 'bad-number' });
  assert.deepEqual(search('fuzzymatching=maybe'), { parameter: 'fuzzymatching', why: 'bad-flag' });
  assert.deepEqual(search('PatientID=1&PatientID=2'), { parameter: 'PatientID', why: 'twice' });
  assert.deepEqual(search(`PatientID=${'x'.repeat(5000)}`), { parameter: 'PatientID', why: 'value-too-long' });
  assert.ok('parameter' in search('a.b.c.d.e.f=1'));
  assert.equal(parseParameters('a=%ff'), undefined);
  assert.equal(parseParameters('a&'.repeat(200)), undefined);
});

test('[DICOMWEB-10] the levels above are returned where the address does not name them', () => {
  assert.ok(
    returnedTags('SERIES', false, false).includes(0x00100020) &&
      !returnedTags('SERIES', true, false).includes(0x00100020),
  );
  assert.ok(
    returnedTags('IMAGE', true, false).includes(0x00080060) && !returnedTags('IMAGE', true, true).includes(0x00080060),
  );
});

test('[DICOMWEB-11] renderings are read within bounds', () => {
  const of = (query: string) => parseRendering(parseParameters(query) ?? []);
  assert.deepEqual(of('window=40,400,linear&viewport=512,256,0,10,100,200&quality=50'), {
    window: { center: 40, width: 400 },
    viewport: { columns: 512, rows: 256 },
    region: { left: 0, top: 10, columns: 100, rows: 200 },
    quality: 50,
  });
  for (const bad of [
    'window=40',
    'window=a,b',
    'window=1,2,sigmoid',
    'viewport=0,1',
    'viewport=1,2,3',
    'viewport=99999,1',
    'quality=0',
    'quality=1e2',
    'presentationUID=1.2',
  ])
    assert.ok('parameter' in of(bad), bad);
  const uri = parseUriRendering(parseParameters('windowCenter=40&windowWidth=400&columns=100') ?? []);
  assert.deepEqual(uri, { window: { center: 40, width: 400 }, viewport: { columns: 100, rows: 16384 }, quality: 90 });
});

test('[DICOMWEB-13] random requests never throw', () => {
  for (let round = 0; round < 2000; round += 1) {
    const noise = randomBytes(round % 200).toString('latin1');
    resourceOf('GET', `${ROOT}/studies/${noise}`);
    const parameters = parseParameters(noise) ?? [];
    parseSearch(parameters);
    parseRendering(parameters);
    parameter(parameters, 'x');
  }
});
