import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

// One gateway, the real one, and the command line against it as a person uses it.

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const FOLDER = mkdtempSync(join(tmpdir(), 'leadglass-cli-'));
const HOME = join(FOLDER, 'home');
// The cache is the launcher's: what is measured here is the commands, not the compiler.
const CACHE = fileURLToPath(new URL('../../../node_modules/.cache/leadglass', import.meta.url));
const ENVIRONMENT = {
  NODE_COMPILE_CACHE: CACHE,
  ...process.env,
  LEADGLASS_HOME: HOME,
  LEADGLASS_LANG: 'en',
  NO_COLOR: '1',
};
const UID = '1.2.826.0.1.3680043.10.1';

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function start(words: readonly string[]): ChildProcess {
  return spawn(process.execPath, [MAIN, ...words], { env: ENVIRONMENT, stdio: ['ignore', 'pipe', 'pipe'] });
}

async function leadglass(...words: string[]): Promise<Ended> {
  const child = start(words);
  let [out, err] = ['', ''];
  child.stdout?.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    err += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, out, err };
}

/** Runs a command that must succeed, and parses its JSON. */
async function json(...words: string[]) {
  const { code, out, err } = await leadglass(...words, '--json');
  assert.equal(code, 0, err);
  return JSON.parse(out);
}

/** A Part 10 file: file meta and a secondary capture without pixels (PS3.10 §7.1), `comment` making its bytes its own. */
function part10(comment: string): Buffer {
  const element = (group: number, number: number, vr: string, value: string | Buffer) => {
    const raw = Buffer.from(value);
    const padded = raw.byteLength % 2 === 0 ? raw : Buffer.concat([raw, Buffer.from([vr === 'UI' ? 0 : 0x20])]);
    const long = vr === 'OB';
    const head = Buffer.alloc(long ? 12 : 8);
    head.writeUInt16LE(group, 0);
    head.writeUInt16LE(number, 2);
    head.write(vr, 4, 'latin1');
    if (long) head.writeUInt32LE(padded.byteLength, 8);
    else head.writeUInt16LE(padded.byteLength, 6);
    return Buffer.concat([head, padded]);
  };
  const secondaryCapture = '1.2.840.10008.5.1.4.1.1.7';
  const meta = Buffer.concat([
    element(2, 1, 'OB', Buffer.from([0, 1])),
    element(2, 2, 'UI', secondaryCapture),
    element(2, 3, 'UI', UID),
    element(2, 0x10, 'UI', '1.2.840.10008.1.2.1'),
    element(2, 0x12, 'UI', '1.2.3'),
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(meta.byteLength);
  const dataSet = Buffer.concat([
    element(8, 0x16, 'UI', secondaryCapture),
    element(8, 0x18, 'UI', UID),
    element(8, 0x60, 'CS', 'OT'),
    element(0x20, 0xd, 'UI', '1.2.3.4'),
    element(0x20, 0xe, 'UI', '1.2.3.4.5'),
    element(0x20, 0x4000, 'LT', comment),
  ]);
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), element(2, 0, 'UL', length), meta, dataSet]);
}

let gateway: ChildProcess;
let address = '';

before(async () => {
  gateway = start(['up', '--dimse', '127.0.0.1:0', '--http', '127.0.0.1:0']);
  let out = '';
  for await (const chunk of gateway.stdout ?? []) {
    out += chunk;
    address = /127\.0\.0\.1:[1-9][0-9]*/.exec(out)?.[0] ?? '';
    if (address !== '') break;
  }
  gateway.stdout?.resume();
  gateway.stderr?.resume();
  assert.notEqual(address, '', 'the gateway says where it listens');
});

after(async () => {
  if (gateway.exitCode === null && gateway.kill('SIGTERM')) await once(gateway, 'exit');
  rmSync(FOLDER, { recursive: true, force: true });
});

test('[CLI-9] exit codes: 2 for what is written wrongly, 3 without a gateway, 4 for what is not there', async () => {
  const wrong = [['nothing'], ['peer'], ['peer', 'add', 'CT1']].map((words) => leadglass(...words));
  assert.deepEqual(
    (await Promise.all(wrong)).map(({ code }) => code),
    [2, 2, 2],
  );
  const [elsewhere, absent] = await Promise.all([
    leadglass('status', '--home', join(FOLDER, 'nowhere')),
    leadglass('vault', 'open', '1.2.3', '-o', join(FOLDER, 'x')),
  ]);
  assert.equal(elsewhere.code, 3);
  assert.match(elsewhere.err, /No gateway is running in .*nowhere/);
  assert.equal(absent.code, 4);
});

test('[CLI-9] a failure with --json is JSON on the standard output too', async () => {
  const { code, out } = await leadglass('vault', 'open', '1.2.3', '-o', join(FOLDER, 'x'), '--json');
  assert.equal(code, 4);
  assert.equal(JSON.parse(out).error.code, 'control.not-found');
});

test('[CLI-10] a peer is unknown, then admitted, without a restart', async () => {
  const caller = ['echo', '--to', address, '--called', 'LEADGLASS', '--calling', 'CT1'];
  assert.equal((await leadglass(...caller)).code, 1);
  assert.equal((await leadglass('peer', 'add', 'CT1', '--from', '127.0.0.1', '--allow', 'echo,store')).code, 0);
  assert.equal((await leadglass(...caller)).code, 0);
  const { peers } = await json('peer', 'list');
  assert.equal(peers[0].from, '127.0.0.1/32');
});

test('[CLI-11] what is sent is in custody, opens byte for byte in its data set, and is exported', async () => {
  writeFileSync(join(FOLDER, 'one.dcm'), part10('one'));
  const sent = await json(
    'send',
    join(FOLDER, 'one.dcm'),
    '--to',
    address,
    '--called',
    'LEADGLASS',
    '--calling',
    'CT1',
  );
  assert.deepEqual([sent.found, sent.stored, sent.failed], [1, 1, 0]);
  const status = await json('status');
  assert.equal(status.custody.objects, 1);
  assert.ok(status.ledger.size > 0);

  const file = join(FOLDER, 'opened.dcm');
  const { object } = await json('vault', 'open', UID, '-o', file);
  const opened = readFileSync(file);
  assert.equal(createHash('sha256').update(opened).digest('hex'), object.sha256);
  assert.ok(opened.includes(part10('one').subarray(-60)));
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.equal((await leadglass('vault', 'open', UID, '-o', file)).code, 1, 'never overwrites unasked');

  const folder = join(FOLDER, 'export');
  assert.equal((await json('vault', 'export', folder)).objects, 1);
  const [entry] = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')).objects;
  assert.equal(entry.file, `objects/${object.sha256.slice(0, 2)}/${object.sha256}.dcm`);
  assert.deepEqual(readFileSync(join(folder, entry.file)), opened);
  assert.deepEqual(await json('vault', 'check'), { objects: 1, faults: [] });
});

test('[CLI-11] one UID with two contents is listed for the person to choose', async () => {
  writeFileSync(join(FOLDER, 'two.dcm'), part10('two'));
  await leadglass('send', join(FOLDER, 'two.dcm'), '--to', address, '--called', 'LEADGLASS', '--calling', 'CT1');
  const { code, err } = await leadglass('vault', 'open', UID, '-o', join(FOLDER, 'y'));
  assert.equal(code, 1);
  assert.equal(err.match(/[0-9a-f]{64}/g)?.length, 2);
  assert.equal(existsSync(join(FOLDER, 'y')), false);
});

test('[CLI-12] a configuration is shown, planned and applied as it was shown', async () => {
  const file = join(FOLDER, 'config.yaml');
  await leadglass('destination', 'add', 'PACS', '--to', '127.0.0.1:9', '--called', 'PACS');
  await leadglass('route', 'add', '--from', 'NOBODY', '--to', 'PACS');
  const shown = await leadglass('config', 'show');
  writeFileSync(file, shown.out);
  assert.deepEqual(await json('config', 'plan', file), { problems: [], changes: [] });
  writeFileSync(file, shown.out.replace('from: 127.0.0.1/32', 'from: 127.0.0.0/8'));
  assert.ok((await json('config', 'plan', file)).changes.length > 0);
  assert.equal((await leadglass('config', 'apply', file)).code, 0);
  assert.equal((await json('peer', 'list')).peers[0].from, '127.0.0.0/8');
  writeFileSync(file, 'peers: 3\nsurprise: true\n');
  const bad = await leadglass('config', 'apply', file);
  assert.equal(bad.code, 5);
  assert.ok(bad.err.trim().split('\n').length >= 2, 'all problems at once');
});

test('[CLI-104] a relay is added, listed, changed and removed; a destination it leads to stays', async () => {
  await leadglass('destination', 'add', 'RIS', '--to', '127.0.0.1:9', '--called', 'RIS');
  const add = (services: string, ...more: string[]) =>
    leadglass('relay', 'add', '--from', '*', '--services', services, '--to', 'RIS', ...more);
  assert.equal((await add('worklist,mpps')).code, 0);
  assert.equal((await add('worklist', '--as-peer')).code, 0);
  assert.deepEqual((await json('relay', 'list')).relays, [
    { from: '*', services: ['worklist'], to: 'RIS', calling: 'peer' },
  ]);
  assert.equal((await add('store')).code, 2);
  assert.notEqual((await leadglass('destination', 'remove', 'RIS', '--yes')).code, 0);
  assert.equal((await leadglass('relay', 'remove', '--from', '*', '--to', 'RIS')).code, 0);
  assert.equal((await leadglass('destination', 'remove', 'RIS')).code, 0);
});

test('[CLI-180] an upstream is declared down with a reason, listed so with exit code 5, and back at a word; only of what exists', async () => {
  await leadglass(
    'destination',
    'add',
    'OLD',
    '--to',
    '127.0.0.1:9',
    '--called',
    'OLD',
    '--give-back-per-minute',
    '60',
  );
  assert.equal((await leadglass('outage', 'declare', 'OLD')).code, 2);
  assert.notEqual((await leadglass('outage', 'declare', 'NOBODY', '--reason', 'x')).code, 0);
  assert.equal((await leadglass('outage', 'declare', 'OLD', '--reason', 'salle inondée')).code, 0);
  const listed = await leadglass('outage', 'list');
  assert.equal(listed.code, 5);
  assert.match(listed.out, /OLD .*declared down/);
  assert.equal((await leadglass('outage', 'end', 'OLD')).code, 0);
  assert.match((await leadglass('outage', 'end', 'OLD')).out, /was not down/);
  assert.match((await leadglass('log', '--kind', 'outage')).out, /declares “OLD” down: salle inondée/);
  assert.equal((await leadglass('destination', 'remove', 'OLD')).code, 0);
});

test('[CLI-181] isolation wants a reason, lists what stopped and why it is outside, and is one step back', async () => {
  await leadglass('destination', 'add', 'CLOUD', '--to', '203.0.113.9:104', '--called', 'CLOUD');
  assert.match((await leadglass('isolation', 'status')).out, /not isolated[\s\S]*CLOUD \(public address\)/);
  assert.equal((await leadglass('isolation', 'on')).code, 2);
  const on = await leadglass('isolation', 'on', '--reason', 'attaque');
  assert.equal(on.code, 0, on.err);
  assert.match(on.out, /Isolated since[\s\S]*attaque[\s\S]*to CLOUD: stopped, 0 objects wait/);
  assert.match((await leadglass('needs')).out, /isolated from the outside/);
  assert.match((await leadglass('isolation', 'off')).out, /not isolated/);
  assert.equal((await leadglass('destination', 'remove', 'CLOUD')).code, 0);
});

test('[CLI-13] the log is sentences, or events with --json', async () => {
  const { out } = await leadglass('log', '--kind', 'arrival');
  assert.match(out, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d.*CT1/m);
  const { entries } = await json('log', '--kind', 'association.rejected');
  assert.equal(entries[0].event.calling, 'CT1');
});

test('[CLI-14] an entry is proved and the proof checked; the whole ledger verifies while the gateway runs', async () => {
  const proved = await leadglass('ledger', 'prove', '#0');
  assert.equal(proved.code, 0, proved.err);
  assert.match(proved.out, /tlog-proof/);
  assert.equal((await json('ledger', 'verify')).isSound, true);
});

test('[CLI-15] inspect says what is clean and what is not, with the exit codes of scan', async () => {
  const file = join(FOLDER, 'cut.dcm');
  writeFileSync(file, part10('one').subarray(0, -10));
  assert.equal((await leadglass('inspect', join(FOLDER, 'one.dcm'))).code, 0);
  const { code, out } = await leadglass('inspect', file, '--json');
  assert.equal(code, 1);
  assert.notEqual(JSON.parse(out).verdict, 'clean');
});

test('[CLI-170] a feed is added, listed and removed; the tray and the charts are empty and say so', async () => {
  const added = await leadglass(
    'feed',
    'add',
    'labo',
    '--from',
    '192.0.2.30',
    '--kind',
    'lab',
    '--application',
    'LABO',
  );
  assert.equal(added.code, 0, added.err);
  const { feeds } = await json('feed', 'list');
  assert.deepEqual([feeds[0].feed.application, feeds[0].received], ['LABO', 0]);
  assert.equal((await leadglass('feed', 'add', 'labo', '--from', 'nowhere')).code, 2);
  assert.deepEqual((await json('messages', 'list')).messages, []);
  assert.deepEqual((await json('patients', '4711')).patients, []);
  assert.equal((await leadglass('patients', 'dupont')).code, 2);
  assert.equal((await leadglass('patients')).code, 2);
  assert.equal((await leadglass('chart', '1')).code, 4);
  assert.equal((await leadglass('chart', 'x')).code, 2);
  assert.equal((await leadglass('feed', 'remove', 'labo')).code, 0);
});

test('[CONT-189] a receiver of HL7 is added, shown in the settings, tried, told of and removed; each registration says what it was told', async () => {
  const to = ['hl7-destination', 'add', 'ris-hl7', '--to', '127.0.0.1:9'];
  assert.equal((await leadglass(...to, '--version', '2.3.1', '--messages', 'registrations,merges')).code, 0);
  assert.equal((await leadglass(...to, '--version', '3.0')).code, 2);
  assert.equal((await leadglass(...to, '--system', 'nobody')).code, 4);
  assert.equal((await leadglass('feed', 'add', 'ris', '--from', '192.0.2.31', '--kind', 'ris')).code, 0);
  const shown = await json('config', 'show');
  assert.deepEqual(shown.hl7Destinations[0].messages, ['registrations', 'merges']);
  assert.equal(shown.feeds[0].name, 'ris');
  assert.match((await leadglass('config', 'show')).out, /feeds:.*hl7Destinations:/s);
  assert.equal((await leadglass('feed', 'remove', 'ris')).code, 0);
  const tried = await leadglass('hl7-destination', 'test', 'ris-hl7');
  assert.equal(tried.code, 1);
  assert.match(tried.out, /No connection.*\n.*2575/s);
  const file = join(FOLDER, 'registration.txt');
  writeFileSync(file, 'familyName: LEFEVRE\nprocedure: Thorax\nmodality: CT\nstation: CT1\npriority: STAT\n');
  const { number } = (await json('registration', 'add', file)).registration;
  const { told } = await json('registration', 'show', number);
  assert.deepEqual([told.length, told[0].message, told[0].state], [1, 'ADT^A04', 'waiting']);
  assert.equal((await leadglass('registration', 'show', 'TQ7K263310001C')).code, 4);
  const list = await json('hl7-destination', 'list');
  assert.deepEqual([list.destinations[0].waiting, list.destinations[0].needsPerson], [1, 0]);
  assert.equal((await leadglass('hl7-destination', 'messages', '--state', 'lost')).code, 2);
  assert.equal((await leadglass('hl7-destination', 'retry', `${told[0].no}`)).code, 1);
  assert.equal((await leadglass('hl7-destination', 'skip', `${told[0].no}`)).code, 2);
  assert.equal((await leadglass('hl7-destination', 'skip', `${told[0].no}`, '--reason', 'typed in')).code, 0);
  assert.deepEqual((await json('hl7-destination', 'messages')).messages, []);
  assert.match((await leadglass('reconcile', 'report')).out, /ADT\^A04.*skipped/);
  assert.deepEqual(await json('hl7-destination', 'tell'), { registrations: 0, messages: 0 });
  assert.equal((await leadglass('hl7-destination', 'add', 'late', '--to', '127.0.0.1:9')).code, 0);
  assert.deepEqual(await json('hl7-destination', 'tell'), { registrations: 1, messages: 2 });
  assert.equal((await leadglass('hl7-destination', 'remove', 'late')).code, 0);
  assert.equal((await leadglass('hl7-destination', 'remove', 'ris-hl7')).code, 0);
  assert.equal((await leadglass('hl7-destination', 'test', 'ris-hl7')).code, 4);
});

test('[CLI-16] stopped and verified offline: sound as it is, not sound with one bit turned', async () => {
  gateway.kill('SIGTERM');
  gateway.kill('SIGTERM');
  gateway.kill('SIGINT');
  const [code] = await once(gateway, 'exit');
  assert.equal(code, 0, 'a gateway told to stop, even three times, ends well');
  assert.equal((await leadglass('status')).code, 3);
  assert.equal((await leadglass('ledger', 'verify')).code, 0);
  const tiles = readdirSync(join(HOME, 'ledger'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.includes('entries'),
  );
  const name = tiles.map((tile) => join(HOME, 'ledger', tile)).find((tile) => statSync(tile).isFile());
  assert.ok(name);
  copyFileSync(name, join(FOLDER, 'kept'));
  const bytes = readFileSync(name);
  bytes.writeUInt8(bytes.readUInt8(100) ^ 1, 100);
  writeFileSync(name, bytes);
  assert.equal((await leadglass('ledger', 'verify')).code, 5);
});

test('[CONTROL-14] told to stop while it starts, the gateway ends well once it has started', async () => {
  const words = ['up', '--dimse', '127.0.0.1:0', '--console', 'off', '--home', join(FOLDER, 'early')];
  const early = start(words);
  early.stderr?.resume();
  // The recovery key of a new home is the first thing said: nothing listens yet.
  await once(early.stdout ?? early, 'data');
  early.kill('SIGTERM');
  early.stdout?.resume();
  const [code] = await once(early, 'exit');
  assert.equal(code, 0);
});
