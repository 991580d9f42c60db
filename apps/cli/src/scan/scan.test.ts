import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ScanPool } from './pool.ts';
import { walk } from './walk.ts';
import { workerFlags } from './worker-flags.ts';
import { zip } from './zip.testkit.ts';

// The command as a person uses it, without a gateway.

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
const FOLDER = realpathSync(mkdtempSync(join(tmpdir(), 'leadglass-scan-')));
const ENVIRONMENT = { ...process.env, LEADGLASS_LANG: 'en', NO_COLOR: '1' };
after(() => rmSync(FOLDER, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

async function scan(words: readonly string[], input?: Uint8Array): Promise<Ended> {
  const child = spawn(process.execPath, [MAIN, 'scan', ...words], { env: ENVIRONMENT, cwd: FOLDER });
  child.stdin.on('error', () => {});
  child.stdin.end(input ?? '');
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, out, err };
}

const lines = (out: string) =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

function folder(name: string, files: Readonly<Record<string, string | Uint8Array>>): string {
  const path = join(FOLDER, name);
  for (const [file, bytes] of Object.entries(files)) {
    mkdirSync(join(path, file, '..'), { recursive: true });
    writeFileSync(join(path, file), bytes);
  }
  return path;
}

test('[CLI-26] exit codes: 0 clean, 1 findings, 2 could not look, and the help says so', async () => {
  folder('clean', { 'a.txt': 'text' });
  folder('found', { 'a.bat': '@echo off' });
  const [clean, found, absent, both, wrong, help] = await Promise.all([
    scan(['clean']),
    scan(['found']),
    scan(['nowhere', 'clean']),
    scan(['nowhere', 'found', '--json']),
    scan(['clean', '--unknown']),
    scan(['--help']),
  ]);
  assert.deepEqual(
    [clean, found, absent, both, wrong, help].map(({ code }) => code),
    [0, 1, 2, 2, 2, 0],
  );
  assert.match(absent.err, /nowhere : does not exist/);
  assert.match(absent.out, /1 clean/, 'the others are looked at');
  assert.deepEqual(
    lines(both.out).map(({ path, verdict }) => [path, verdict]),
    [
      ['nowhere', null],
      ['found/a.bat', 'suspicious'],
    ],
  );
  assert.match(help.out, /Exit codes: 0 all is clean, 1 something was found, 2 /);
});

test('[CLI-15] inspect is scan under its older name', async () => {
  folder('older', { 'a.bat': '@echo off' });
  const { status, stdout } = spawnSync(process.execPath, [MAIN, 'inspect', 'older', '--json'], {
    cwd: FOLDER,
    env: ENVIRONMENT,
  });
  assert.equal(status, 1);
  assert.equal(JSON.parse(stdout.toString()).verdict, 'suspicious');
});

test('[CLI-25] --json: one object a line, clean ones too, in the order of the input whatever the number of processes', async () => {
  const files = Object.fromEntries(Array.from({ length: 700 }, (_, at) => [`f${at % 7}/${at}.txt`, `text ${at}`]));
  folder('many', { ...files, 'z.zip': zip({ name: 'a.bat', data: Buffer.from('@echo off') }) });
  const [one, three] = await Promise.all([
    scan(['many', '--json', '--jobs', '1']),
    scan(['many', '--json', '--jobs', '3']),
  ]);
  assert.equal(one.out, three.out);
  const told = lines(one.out);
  assert.equal(told.length, 702);
  const paths = told.slice(0, 700).map(({ path }) => path);
  assert.deepEqual(paths, paths.toSorted());
  assert.deepEqual(
    told.slice(-2).map(({ path, verdict }) => [path, verdict]),
    [
      ['many/z.zip!/a.bat', 'suspicious'],
      ['many/z.zip', 'suspicious'],
    ],
  );
  for (const { findings } of told) assert.ok(Array.isArray(findings));
});

test('[CLI-28] links and special files are passed over; what cannot be read is said, and the others are looked at', async () => {
  const path = folder('odd', { 'a.txt': 'text', 'closed.txt': 'text' });
  symlinkSync('/etc', join(path, 'link'));
  symlinkSync('/etc/passwd', join(path, 'passwd'));
  assert.equal(spawnSync('mkfifo', [join(path, 'pipe')]).status, 0);
  writeFileSync(
    Buffer.concat([Buffer.from(`${path}/`), Buffer.from([0xe9, 0x2e, 0x74, 0x78, 0x74])]),
    'name in Latin-1',
  );
  chmodSync(join(path, 'closed.txt'), 0);
  const { code, out } = await scan(['odd', '--json']);
  const told = lines(out).map(({ path: found, verdict }) => `${found} ${verdict}`);
  const isReadable = process.getuid?.() === 0;
  assert.deepEqual(told, [
    'odd/a.txt clean',
    isReadable ? 'odd/closed.txt clean' : 'odd/closed.txt null',
    'odd/\ufffd.txt clean',
  ]);
  assert.equal(code, isReadable ? 0 : 2);
  const named = await scan(['odd/passwd', '--json']);
  assert.deepEqual(
    [named.code, lines(named.out)[0].problem],
    [2, 'ELOOP'],
    'what was named is not passed over in silence',
  );
});

test('[CLI-35] the standard input, archives too', async () => {
  const archive = zip({ name: 'run.bat', data: Buffer.from('@echo off') });
  const { code, out } = await scan(['-', '--json'], archive);
  assert.equal(code, 1);
  assert.deepEqual(
    lines(out).map(({ path, nature }) => [path, nature]),
    [
      ['-!/run.bat', 'script'],
      ['-', 'zip'],
    ],
  );
});

test('[CLI-36] a DICOMDIR stands for its medium', async () => {
  folder('cd', { DICOMDIR: 'x', 'AUTORUN.INF': '[autorun]', 'IMAGES/A.TXT': 'text' });
  const { out } = await scan(['cd/DICOMDIR', '--json']);
  assert.deepEqual(
    lines(out).map(({ path }) => path),
    ['cd/DICOMDIR', 'cd/AUTORUN.INF', 'cd/IMAGES/A.TXT'],
  );
});

test('[CLI-37] SARIF 2.1.0: what its schema requires, each finding at its place', async () => {
  folder('sarif', { 'été #1.bat': '@echo off', 'x.dcm': 'not DICOM' });
  const { code, out } = await scan(['sarif', 'nowhere', '--sarif']);
  assert.equal(code, 2);
  const log = JSON.parse(out);
  assert.equal(log.version, '2.1.0');
  const [run] = log.runs;
  assert.equal(run.tool.driver.name, 'Leadglass');
  for (const result of run.results) {
    assert.equal(typeof result.message.text, 'string');
    assert.equal(run.tool.driver.rules[result.ruleIndex].id, result.ruleId);
    assert.ok(['error', 'warning', 'note'].includes(result.level));
  }
  const uris = run.results.map(
    (result: { locations: { physicalLocation: { artifactLocation: { uri: string } } }[] }) =>
      result.locations[0]?.physicalLocation.artifactLocation.uri,
  );
  assert.ok(uris.includes('sarif/x.dcm') && uris.includes('sarif/%C3%A9t%C3%A9%20%231.bat'), uris.join(' '));
  const [invocation] = run.invocations;
  assert.equal(invocation.executionSuccessful, false);
  assert.equal(invocation.toolExecutionNotifications.length, 1);
});

test('[CLI-38] people get a line a finding and a summary with counts; programs nothing but their lines', async () => {
  folder('people', { 'a.bat': '@echo off', 'b.txt': 'text' });
  const { out } = await scan(['people']);
  assert.match(out, /^suspicious {2}people\/a\.bat\n {2}- file\.script/);
  assert.match(out, /2 objects and files: 1 clean, 1 suspicious, 0 malformed, 0 malicious/);
});

/** What a captured worker would try; each attempt answers with the code of its refusal, or `done`. */
const ATTEMPTS = `
const attempt = async (work) => { try { await work(); return 'done'; } catch (thrown) { return thrown.code ?? String(thrown); } };
const connecting = () => new Promise((resolve, reject) => require('node:net').connect(9, '127.0.0.1').once('connect', resolve).once('error', reject));
const fs = require('node:fs');
const [folder, secret] = process.argv.slice(1);
(async () => process.stdout.write(JSON.stringify({
  asked: await attempt(() => fs.readFileSync(folder + '/a.txt')),
  other: await attempt(() => fs.readFileSync(secret)),
  list: await attempt(() => fs.readdirSync('/')),
  write: await attempt(() => fs.writeFileSync(folder + '/b.txt', 'x')),
  spawn: await attempt(() => require('node:child_process').spawnSync('/bin/true')),
  thread: await attempt(() => new (require('node:worker_threads').Worker)('0', { eval: true })),
  connect: await attempt(connecting),
})))();
`;

test('[CLI-27] a worker may read what is scanned, and nothing else', () => {
  const path = folder('asked', { 'a.txt': 'text' });
  const secret = join(folder('other', { secret: 'x' }), 'secret');
  const { stdout } = spawnSync(process.execPath, [...workerFlags([path], undefined), '-e', ATTEMPTS, path, secret], {
    env: {},
  });
  const { asked, ...others } = JSON.parse(stdout.toString()) as Record<string, string>;
  assert.equal(asked, 'done');
  assert.deepEqual(
    Object.entries(others).filter(([, code]) => code !== 'ERR_ACCESS_DENIED'),
    [],
  );
});

/** A worker that dies of one file, hangs on another, and says nonsense of a third. */
const BAD_WORKER = `
process.on('message', ({ t, task, files }) => {
  if (t === 'configure') return process.send({ t: 'ready' });
  if (files.some(({ path }) => path.endsWith('dies'))) process.exit(9);
  if (files.some(({ path }) => path.endsWith('hangs'))) for (;;);
  if (files.some(({ path }) => path.endsWith('lies'))) return process.send({ t: 'looked', task, isDone: true, files: [{ at: 0, looked: [{}] }] });
  const finding = { path: '', nature: 'text', bytes: 1, verdict: 'clean', findings: [], unfinished: [] };
  process.send({ t: 'looked', task, isDone: true, files: files.map((_, at) => ({ at, looked: [finding] })) });
});
`;

test('[CLI-39] a file that inspection does not survive is said, and costs no other', async () => {
  const files = ['a', 'b.dies', 'c', 'd.hangs', 'e', 'f.lies', 'g'];
  const path = folder('bad', Object.fromEntries(files.map((name) => [name, 'x'])));
  const entry = join(folder('apps', { 'worker.cjs': BAD_WORKER }), 'worker.cjs');
  const pool = new ScanPool({ jobs: 2, paths: [path, entry], rulesDir: undefined, silenceMs: 1_000, entry });
  const told: string[] = [];
  for await (const { entry: found, problem, looked } of pool.look(walk([path])))
    told.push(`${found.path.slice(path.length + 1)} ${problem ?? looked[0]?.verdict}`);
  await pool.close();
  assert.deepEqual(told, [
    'a clean',
    'b.dies CRASHED',
    'c clean',
    'd.hangs CRASHED',
    'e clean',
    'f.lies CRASHED',
    'g clean',
  ]);
});

const RULE =
  'rule seen { meta: description = "Inert needle" strings: $a = "an inert needle of the tests" condition: $a }';

test('[CLI-41] --rules: the site’s YARA rules look at everything, beside ours', async () => {
  const rules = folder('rules', {
    'b.yara': 'rule other { strings: $a = "never said here" condition: $a }',
    'a.yar': RULE,
  });
  const seen = folder('seen', { 'a.txt': 'text with an inert needle of the tests', 'b.txt': 'text' });
  const { code, out } = await scan([seen, '--json', '--rules', rules]);
  const codes = lines(out).map(({ findings }) => findings.map((one: { code: string }) => one.code));
  assert.equal(code, 1);
  assert.ok(codes[0]?.includes('yara.site.seen'), JSON.stringify(codes));
  assert.ok(!codes[1]?.includes('yara.site.seen'));
});

test('[CLI-42] --rules: all that is wrong with a folder is told at once, and nothing is looked at', async () => {
  const rules = folder('broken', { 'a.yar': 'rule a {\n condition: $b }', 'b.yar': `include "c.yar"\n${RULE}` });
  const seen = folder('unseen', { 'a.txt': 'text' });
  const { code, out, err } = await scan([seen, '--rules', rules]);
  assert.deepEqual([code, out], [2, '']);
  assert.match(err, /a\.yar:2: /);
  assert.match(err, /b\.yar:1: “include” is not allowed/);
});
