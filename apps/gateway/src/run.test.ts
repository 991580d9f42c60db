import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, fstatSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { text } from '@leadglass/kit';
import { banner } from './banner.ts';

const RUN = new URL('./run.ts', import.meta.url).href;
const SCRIPT = `import { initHome } from ${JSON.stringify(RUN)};
initHome({ home: process.argv[1], language: 'en' }).catch(({ code, text }) => {
  process.stderr.write(code + ' ' + text.en);
  process.exitCode = 1;
});`;

/** Runs `init` with its output in a file, told or not that this file is the journal. */
function init(t: TestContext, home: string, isJournal: boolean) {
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-run-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const fd = openSync(join(folder, 'out'), 'w');
  const { dev, ino } = fstatSync(fd, { bigint: true });
  const ended = spawnSync(process.execPath, ['--no-warnings', '--input-type=module', '-e', SCRIPT, home], {
    stdio: ['ignore', fd, 'pipe'],
    env: { ...process.env, JOURNAL_STREAM: isJournal ? `${dev}:${ino}` : '8:1' },
  });
  closeSync(fd);
  return { status: ended.status, out: readFileSync(join(folder, 'out'), 'utf8'), err: ended.stderr.toString() };
}

test('[HOME-7] a new home is not made where its recovery key would go into the journal', (t) => {
  const root = mkdtempSync(join(tmpdir(), 'leadglass-run-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const home = join(root, 'home');
  const refused = init(t, home, true);
  assert.equal(refused.status, 1);
  assert.match(refused.err, /^gateway\.key-to-journal .*leadglass init/);
  assert.doesNotMatch(refused.out + refused.err, /AGE-SECRET-KEY/);
  assert.equal(existsSync(home), false);

  const made = init(t, home, false);
  assert.equal(made.status, 0);
  assert.match(made.out, /AGE-SECRET-KEY-1/);
  const again = init(t, home, true);
  assert.equal(again.status, 0, again.err);
  assert.doesNotMatch(again.out, /AGE-SECRET-KEY/);
});

test('[GATE-3] the banner says in both languages what listens, and under which title or path', () => {
  const listeners = ['dimse', 'dimse-tls', 'web', 'web-plain'].map((name) => ({ name, address: '127.0.0.1:1' }));
  const facts = { version: '0.1.0', listeners, home: '/x', metrics: undefined, notYet: [], peers: 1 };
  assert.match(banner(facts, 'en'), /DICOM in clear, title LEADGLASS[\s\S]*DICOMweb over TLS, path \/dicom-web/);
  assert.match(banner(facts, 'fr'), /DICOM sur TLS, titre LEADGLASS[\s\S]*DICOMweb en clair, chemin \/dicom-web/);
});

test('[GATE-3] the banner of a gateway that accepts nothing says so first, and why', () => {
  const facts = { version: '0.1.0', listeners: [], home: '/h', metrics: undefined, notYet: [], peers: 0 };
  assert.match(banner(facts, 'en'), /^Leadglass 0\.1\.0 · ready\n/);
  const shut = banner({ ...facts, trouble: text('Registre tronqué.', 'Ledger truncated.') }, 'fr');
  assert.match(shut, /^Leadglass 0\.1\.0 · démarré, mais RIEN N’EST ACCEPTÉ\n {2}Registre tronqué\.\n/);
  assert.match(shut, /leadglass status/);
});

test('[CONSOLE-26] the banner says where the console is, and how it is set up, in both languages', () => {
  const facts = { version: '0.1.0', listeners: [], home: '/srv', metrics: undefined, notYet: [], peers: 1 };
  const link = 'https://localhost:8443';
  const ready = { link, setUpLink: `${link}/set-up#secret`, isBuilt: true, trouble: undefined };
  assert.match(
    banner({ ...facts, console: ready }, 'fr'),
    /console +https:\/\/localhost:8443\n\nInstallation guidée.*\n {2}https:\S+\/set-up#secret\n/,
  );
  assert.match(banner({ ...facts, console: ready }, 'en'), /Guided set-up.*\n {2}https:\S+\/set-up#secret\n/);
  const done = banner({ ...facts, console: { ...ready, setUpLink: undefined, isBuilt: false } }, 'fr');
  assert.ok(!done.includes('#') && done.includes('npm run build:console'));
  assert.ok(!banner(facts, 'fr').includes('console'));
});
