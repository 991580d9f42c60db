import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, type TestContext, test } from 'node:test';
import { dataSetOf } from './custody-check.ts';
import { Gateway } from './gateway.ts';
import { requirePeer, startOrthanc } from './peers.ts';
import { newStudy, phantom } from './phantom.ts';
import { fileOf, frameBytes, multiFrame, WebClient } from './web.ts';

/** What is used of dicomweb-client, which is made for browsers. */
interface Client {
  storeInstances(options: { datasets: ArrayBuffer[] }): Promise<unknown>;
  retrieveStudy(options: object): Promise<ArrayBuffer[]>;
  retrieveInstance(options: object): Promise<ArrayBuffer>;
  retrieveStudyMetadata(options: object): Promise<Found[]>;
  searchForStudies(options: object): Promise<Found[]>;
  searchForSeries(options: object): Promise<Found[]>;
  searchForInstances(options: object): Promise<Found[]>;
  retrieveInstanceFrames(options: object): Promise<ArrayBuffer[]>;
  retrieveInstanceRendered(options: object): Promise<ArrayBuffer[]>;
  retrieveBulkData(options: object): Promise<ArrayBuffer[]>;
}

type Found = Record<string, { vr: string; Value?: unknown[]; BulkDataURI?: string }>;

let made: Promise<Gateway> | undefined;
after(async () => (await made)?.dispose());

/** One gateway for all. */
function site(): Promise<Gateway> {
  made ??= Gateway.start({ withWeb: 'plain' });
  return made;
}

/** An XMLHttpRequest over fetch, as far as dicomweb-client goes: Node has none. */
class FetchedRequest {
  status = 0;
  readyState = 0;
  response: unknown;
  responseType = '';
  onreadystatechange: (() => void) | undefined;
  onloadend: (() => void) | undefined;
  #method = '';
  #url = '';
  readonly #headers: Record<string, string> = {};
  #answered: Headers | undefined;

  open(method: string, url: string): void {
    [this.#method, this.#url] = [method.toUpperCase(), url];
  }
  setRequestHeader(name: string, value: string): void {
    this.#headers[name] = value;
  }
  getResponseHeader(name: string): string | null {
    return this.#answered?.get(name) ?? null;
  }
  getAllResponseHeaders(): string {
    return [...(this.#answered ?? new Headers())].map(([name, value]) => `${name}: ${value}\r\n`).join('');
  }
  send(data?: unknown): void {
    void this.#send(data);
  }
  async #send(data: unknown): Promise<void> {
    const answer = await fetch(this.#url, {
      method: this.#method,
      headers: this.#headers,
      ...(data ? { body: data as ArrayBuffer } : {}),
    });
    const bytes = await answer.arrayBuffer();
    const text = this.responseType === 'arraybuffer' ? '' : Buffer.from(bytes).toString('utf8');
    this.response =
      this.responseType === 'arraybuffer' ? bytes : this.responseType === 'json' ? JSON.parse(text || 'null') : text;
    [this.status, this.readyState, this.#answered] = [answer.status, 4, answer.headers];
    this.onreadystatechange?.();
    this.onloadend?.();
  }
}

const bytes = (file: Uint8Array): ArrayBuffer => new Uint8Array(file).buffer;

/** dicomweb-client with a token of its own. */
async function clientOf(t: TestContext, name: string): Promise<Client> {
  const { secret, base } = await WebClient.of(await site(), name);
  const globals = globalThis as { XMLHttpRequest?: unknown };
  globals.XMLHttpRequest = FetchedRequest;
  t.after(() => delete globals.XMLHttpRequest);
  const { api } = createRequire(import.meta.url)('dicomweb-client') as {
    api: { DICOMwebClient: new (options: object) => Client };
  };
  return new api.DICOMwebClient({ url: base, headers: { Authorization: `Bearer ${secret}` } });
}

test('[PROVE-203] dicomweb-client, the client of OHIF, stores, reads, and gets frames, bulk data and pictures', async (t) => {
  const client = await clientOf(t, 'READER');
  const object = multiFrame(3);
  const { study: studyInstanceUID, series: seriesInstanceUID, instance: sopInstanceUID } = object;
  const one = { studyInstanceUID, seriesInstanceUID, sopInstanceUID };
  await client.storeInstances({ datasets: [bytes(fileOf(object))] });
  const [whole] = await client.retrieveStudy({ studyInstanceUID });
  assert.ok(dataSetOf(Buffer.from(whole ?? new ArrayBuffer(0))).equals(object.dataSet));
  assert.ok(dataSetOf(Buffer.from(await client.retrieveInstance(one))).equals(object.dataSet));
  const [metadata] = await client.retrieveStudyMetadata({ studyInstanceUID });
  assert.deepEqual(metadata?.['00100010']?.Value, [{ Alphabetic: 'Prévert^Zoé' }]);
  const frames = await client.retrieveInstanceFrames({ ...one, frameNumbers: [1, 3] });
  assert.deepEqual(
    frames.map((frame, at) => Buffer.from(frame).equals(frameBytes(at === 0 ? 1 : 3, 8192))),
    [true, true],
  );
  const [bulk] = await client.retrieveBulkData({ BulkDataURI: metadata?.['7FE00010']?.BulkDataURI });
  assert.ok(
    Buffer.from(bulk ?? new ArrayBuffer(0)).equals(Buffer.concat([1, 2, 3].map((frame) => frameBytes(frame, 8192)))),
  );
  const [picture] = await client.retrieveInstanceRendered(one);
  assert.equal(Buffer.from(picture ?? new ArrayBuffer(2)).readUInt16BE(0), 0xffd8);
});

test('[PROVE-209] dicomweb-client finds what it has stored: studies, series, instances, by attributes and by pages', async (t) => {
  const client = await clientOf(t, 'SEARCHER');
  const objects = [1, 2].map((series) => phantom({ study: newStudy(), series, slice: 1, description: 'Coupe' }));
  const [first] = objects;
  assert.ok(first !== undefined);
  await client.storeInstances({ datasets: objects.map((object) => bytes(fileOf(object))) });
  const studies = (queryParams: object) => client.searchForStudies({ queryParams });
  const uids = (found: readonly Found[], tag: string) => found.map((one) => one[tag]?.Value?.[0]).sort();
  const both = objects.map(({ study }) => study).sort();
  assert.deepEqual(uids(await studies({ PatientID: 'PHANTOM-1' }), '0020000D'), both);
  assert.deepEqual(
    uids(
      await studies({ PatientName: 'prevert*', AccessionNumber: 'ACC-9', StudyDate: '20260101-20260103' }),
      '0020000D',
    ),
    both,
  );
  const page = (offset: number) => studies({ PatientID: 'PHANTOM-1', limit: 1, offset });
  const pages = [await page(0), await page(1)];
  assert.equal(new Set(pages.map(([only]) => only?.['0020000D']?.Value?.[0])).size, 2);
  const [study] = await studies({ StudyInstanceUID: first.study, includefield: 'StudyDescription' });
  assert.deepEqual(study?.['00081030']?.Value, ['Fantôme']);
  assert.deepEqual(study?.['00080061']?.Value, ['CT']);
  const [series] = await client.searchForSeries({ studyInstanceUID: first.study });
  assert.deepEqual([series?.['0020000E']?.Value, series?.['00080060']?.Value], [[first.series], ['CT']]);
  const where = { studyInstanceUID: first.study, seriesInstanceUID: first.series };
  const [instance] = await client.searchForInstances(where);
  assert.deepEqual([instance?.['00080018']?.Value, instance?.['00280010']?.Value], [[first.instance], [256]]);
  assert.deepEqual(await client.searchForInstances({ queryParams: { SOPInstanceUID: '1.2.3' } }), []);
});

const PLUGIN = '/usr/share/orthanc/plugins/libOrthancDicomWeb.so';

test('[PROVE-204] Orthanc’s DICOMweb plugin stores to us and retrieves from us; what it says of an object we say too', async (t) => {
  if (requirePeer(t, 'Orthanc') === undefined) return;
  const gateway = await site();
  const web = await WebClient.of(gateway, 'ORTHANC');
  const servers = {
    leadglass: {
      Url: `${web.base}/`,
      HttpHeaders: { Authorization: `Bearer ${web.secret}` },
      HasDelete: false,
      ChunkedTransfers: true,
      HasWadoRsUniversalTransferSyntax: true,
    },
  };
  const orthanc = await startOrthanc({
    extra: { Plugins: [PLUGIN], DicomWeb: { Enable: true, Root: '/dicom-web/', Servers: servers } },
  });
  t.after(() => orthanc.stop());
  const [sent, asked] = [multiFrame(2), multiFrame(2)];
  const upload = await fetch(`http://127.0.0.1:${orthanc.httpPort}/instances`, { method: 'POST', body: fileOf(sent) });
  const { ID } = (await upload.json()) as { ID: string };
  await orthanc.post('/dicom-web/servers/leadglass/stow', { Resources: [ID], Synchronous: true });
  const kept = await web.ask(
    `/studies/${sent.study}`,
    'multipart/related; type="application/dicom"; transfer-syntax=*',
  );
  assert.ok(kept.parts[0] !== undefined && dataSetOf(kept.parts[0].data).equals(sent.dataSet));
  assert.equal((await web.store([fileOf(asked)])).status, 200);
  await orthanc.post('/dicom-web/servers/leadglass/retrieve', {
    Resources: [{ Study: asked.study }],
    Synchronous: true,
  });
  const found = (await orthanc.post('/tools/find', {
    Level: 'Instance',
    Query: { SOPInstanceUID: asked.instance },
  })) as string[];
  assert.equal(found.length, 1);
  const file = await orthanc.getBytes(`/instances/${found[0]}/file`);
  assert.ok(dataSetOf(Buffer.from(file)).equals(asked.dataSet));
  const theirs = (await orthanc.get(`/dicom-web${asked.path}/metadata`)) as Record<
    string,
    { vr: string; Value?: unknown }
  >[];
  const ours = JSON.parse((await web.ask(`${asked.path}/metadata`)).body.toString()) as typeof theirs;
  for (const [tag, element] of Object.entries(ours[0] ?? {})) {
    if (tag === '7FE00010') continue;
    assert.equal(theirs[0]?.[tag]?.vr, element.vr, tag);
    assert.deepEqual(theirs[0]?.[tag]?.Value, element.Value, tag);
  }
});
