import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { dataSetOf } from './custody-check.ts';
import { Gateway } from './gateway.ts';
import { makeObject } from './objects.ts';
import { requirePeer } from './peers.ts';
import { fileOf, frameBytes, madeBy, multiFrame, pixelsOf, WebClient } from './web.ts';

const ANY = 'multipart/related; type="application/dicom"; transfer-syntax=*';
const EXPLICIT = 'multipart/related; type="application/dicom"';
const OCTETS = 'multipart/related; type="application/octet-stream"';

interface Site {
  readonly gateway: Gateway;
  /** With every right. */
  readonly web: WebClient;
}
let made: Promise<Site> | undefined;
after(async () => (await made)?.gateway.dispose());

/** One gateway for all: each test stores what it asks for. */
function site(): Promise<Site> {
  made ??= Gateway.start({ withWeb: 'plain' }).then(async (gateway) => ({ gateway, web: await WebClient.of(gateway) }));
  return made;
}

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'leadglass-web-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test('[PROVE-196] what STOW-RS keeps WADO-RS gives back bit for bit, after a kill too; what is not kept is told', async () => {
  const { gateway, web } = await site();
  const { objects: before } = (await gateway.status()).custody;
  const objects = [multiFrame(3), multiFrame(1)];
  const stored = await web.store(objects.map((object) => fileOf(object)));
  assert.equal(stored.status, 200);
  // Stored means stored: the answer is out, and nobody gets to tidy up.
  await gateway.kill('SIGKILL');
  await gateway.restart();
  for (const { study, path, dataSet, instance } of objects) {
    const { status, parts } = await web.ask(`/studies/${study}`, ANY);
    assert.equal(status, 200);
    assert.deepEqual(
      parts.map(({ data }) => dataSetOf(data).equals(dataSet)),
      [true],
    );
    const alone = await web.ask(path, 'application/dicom; transfer-syntax=*');
    assert.ok(dataSetOf(alone.body).equals(dataSet));
    const ranged = await web.ask(path, 'application/dicom; transfer-syntax=*', { headers: { range: 'bytes=100-299' } });
    assert.equal(ranged.status, 206);
    assert.ok(ranged.body.equals(alone.body.subarray(100, 300)));
    const known = { 'if-none-match': alone.headers.get('etag') ?? '' };
    assert.equal((await web.ask(path, 'application/dicom; transfer-syntax=*', { headers: known })).status, 304);
    assert.ok(stored.body.includes(instance));
  }
  const [first, second] = objects;
  assert.ok(first !== undefined && second !== undefined);
  const some = await web.store([fileOf(first), Buffer.from('no DICOM at all'.repeat(20))]);
  assert.equal(some.status, 202);
  assert.deepEqual(JSON.parse(some.body.toString())['00081198'].Value[0]['00081197'].Value, [0xc000]);
  assert.equal((await web.store([Buffer.alloc(500)])).status, 409);
  const elsewhere = await web.store([fileOf(multiFrame(1))], `/studies/${first.study}`);
  assert.equal(elsewhere.status, 409);
  assert.deepEqual(JSON.parse(elsewhere.body.toString())['00081198'].Value[0]['00081197'].Value, [0xa900]);
  assert.equal((await gateway.status()).custody.objects, before + 2);
  const form = (type: string, body: string) =>
    web.ask('/studies', undefined, { method: 'POST', body, headers: { 'content-type': type } });
  assert.equal((await form('application/json', '{}')).status, 415);
  assert.equal((await form('multipart/related; type="application/dicom+json"; boundary=x', '--x--')).status, 415);
  assert.equal((await form('multipart/related; type="application/dicom"; boundary=x', 'nothing')).status, 400);
  assert.match(await gateway.cli('log', '--kind', 'web', '-n', '50'), /2 objects kept \(HTTP 200\)/);
  await gateway.cli('vault', 'check');
});

test('[PROVE-197] nobody without a token or a known certificate; each with its own rights; what is refused is in the log', async () => {
  const { gateway } = await site();
  const [reader, sender] = [
    await WebClient.of(gateway, 'READER', 'wado'),
    await WebClient.of(gateway, 'SENDER', 'stow'),
  ];
  const object = multiFrame(1);
  assert.equal((await sender.store([fileOf(object)])).status, 200);
  const path = `/studies/${object.study}`;
  assert.equal((await reader.ask(path, ANY)).status, 200);
  assert.equal((await sender.ask(path, ANY)).status, 403);
  assert.equal((await reader.store([fileOf(object)])).status, 403);
  assert.equal((await reader.ask('/studies?PatientName=DUPONT')).status, 403);
  const stranger = await new WebClient(gateway, `lgw_${'x'.repeat(43)}`).ask(path, ANY);
  assert.equal(stranger.status, 401);
  assert.match(stranger.headers.get('www-authenticate') ?? '', /Bearer/);
  assert.equal((await fetch(reader.base + path)).status, 401);
  await gateway.cli('web', 'token', 'remove', 'READER');
  assert.equal((await reader.ask(path, ANY)).status, 401);
  const log = await gateway.cli('log', '--kind', 'web', '-n', '50');
  assert.match(log, /“SENDER” .* was refused a web request: it does not have the “wado” right/);
  assert.match(await gateway.cli('log', '--kind', 'connection', '-n', '50'), /web .*token/);
  const everything = log + gateway.stderr + (await gateway.cli('log', '--json', '-n', '200'));
  assert.ok(!everything.includes('DUPONT') && !everything.includes('Prévert') && !everything.includes(reader.secret));
});

test('[PROVE-198] frames, bulk data and pictures; compressed ones as they lie or decoded as DCMTK decodes them', async (t) => {
  if (requirePeer(t, 'dcmcjpeg') === undefined || requirePeer(t, 'dcmcrle') === undefined) return;
  const { web } = await site();
  const native = multiFrame(4);
  const temporary = folder(t);
  const others = [
    ['dcmcjpeg', '+e1'],
    ['dcmcrle'],
    ['dcmconv', '+ti'],
    ['dcmconv', '+tb'],
    ['dcmconv', '+td'],
  ] as const;
  const frame = (number: number) => frameBytes(number, 64 * 64 * 2);
  for (const [tool, ...options] of [['cp'], ...others] as const) {
    const file = tool === 'cp' ? fileOf(native) : madeBy(tool, temporary, fileOf(native), ...options);
    const copy = multiFrame(4);
    // The same pixels under UIDs of their own.
    const renamed = Buffer.from(
      file
        .toString('latin1')
        .replaceAll(native.study, copy.study.slice(0, native.study.length).padEnd(native.study.length, '1')),
      'latin1',
    );
    const isDeflated = options.includes('+td' as never);
    const sent = isDeflated || renamed.length !== file.length ? file : renamed;
    const stored = await web.store([sent]);
    assert.equal(stored.status, 200, tool);
    const url = JSON.parse(stored.body.toString())['00081199'].Value[0]['00081190'].Value[0] as string;
    const plain = await web.ask(`${url}/frames/2,4`, OCTETS);
    assert.equal(plain.status, 200, `${tool} ${options}`);
    assert.deepEqual(
      plain.parts.map(({ data }) =>
        data.equals(frame(plain.parts.length === 2 && data === plain.parts[0]?.data ? 2 : 4)),
      ),
      [true, true],
      `${tool} ${options}`,
    );
    const anew = await web.ask(url, EXPLICIT);
    assert.equal(anew.status, 200, `${tool} ${options}`);
    const [part] = anew.parts;
    assert.ok(
      part !== undefined && pixelsOf(part.data).equals(Buffer.concat([1, 2, 3, 4].map(frame))),
      `${tool} ${options}`,
    );
    const asStored = await web.ask(url, ANY);
    assert.ok(
      asStored.parts[0] !== undefined && dataSetOf(asStored.parts[0].data).equals(dataSetOf(sent)),
      `${tool} ${options}`,
    );
    const picture = await web.ask(`${url}/frames/3/rendered`, 'image/jpeg');
    assert.equal(picture.status, isDeflated ? 406 : 200, `${tool} ${options}`);
    assert.equal((await web.ask(`${url}/frames/5`, OCTETS)).status, 404);
    const metadata = JSON.parse((await web.ask(`${url}/metadata`)).body.toString())[0];
    assert.equal(metadata['00100010'].Value[0].Alphabetic, 'Prévert^Zoé');
    const bulk = await web.ask(metadata['7FE00010'].BulkDataURI, '*/*');
    assert.equal(bulk.status, 200);
    if (tool === 'cp') assert.ok(bulk.body.equals(Buffer.concat([1, 2, 3, 4].map(frame))));
  }
});

test('[PROVE-199] a held object is given to nobody; its disarmed copy is, once there is one', async () => {
  const { gateway, web } = await site();
  const [made, disguised] = [makeObject('ct'), multiFrame(1)];
  const object = { ...made, dataSet: Buffer.concat([made.dataSet, Buffer.alloc(64, 'inert')]) };
  const program = Buffer.concat([Buffer.from('MZ'), Buffer.alloc(58), Buffer.from([0x80, 0, 0, 0]), Buffer.alloc(64)]);
  assert.equal((await web.store([fileOf(object), fileOf(disguised, program)])).status, 200);
  const sent = [object.sopInstanceUid, disguised.instance];
  const listed = JSON.parse(await gateway.cli('hold', 'list', '--json')) as { holds: Hold[] };
  const holds = listed.holds.filter(({ sopInstanceUid }) => sent.includes(sopInstanceUid));
  assert.equal(holds.length, 2);
  const held = holds.find(({ sopInstanceUid }) => sopInstanceUid === disguised.instance);
  assert.match(held?.findings[0]?.code ?? '', /^preamble\./);
  assert.equal((await web.ask(`/studies/${disguised.study}`, ANY)).status, 404);
  const study = /\x0d\x00UI..([0-9.]+)/.exec(made.dataSet.toString('latin1'))?.[1] ?? '';
  let given = await web.ask(`/studies/${study}`, ANY);
  for (let tries = 0; given.status === 404 && tries < 200; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    given = await web.ask(`/studies/${study}`, ANY);
  }
  assert.equal(given.status, 200);
  assert.deepEqual(
    given.parts.map(({ data }) => data.includes('inert')),
    [false],
  );
  assert.deepEqual(
    given.parts.map(({ data }) => data.includes(made.sopInstanceUid)),
    [true],
  );
});

interface Hold {
  readonly sha256: string;
  readonly sopInstanceUid: string;
  readonly findings: readonly { readonly code: string }[];
}
