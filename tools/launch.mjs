// Runs Leadglass with the Node it pins, under any Node >= 20: installs what the lockfile says when that has not been
// done yet, then hands over. Plain JavaScript without dependencies, because nothing else may be installed when it runs.
//
//   node tools/launch.mjs up [--dimse HOST:PORT …]     the gateway (and every other CLI command)
//   node tools/launch.mjs test|check|bench|prove|fuzz|demo  the tools beside this file

import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
/** Holds the SHA-256 of the package-lock.json that is installed; `./leadglass` reads it too. */
const marker = join(modules, '.leadglass-lock');
/** Bears the process id of whoever installs. Beside node_modules and not in it, because npm empties that first. */
const installing = join(root, '.leadglass-installing');
const LOOK_AGAIN_MS = 250;
const TOOLS = new Set(['test', 'check', 'bench', 'prove', 'fuzz', 'demo', 'build-console', 'fetch-viewer', 'screens']);
/** What serves the console. */
const WITH_PAGES = new Set(['up', 'demo', 'screens']);
const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const isFrench = !/^en/i.test(
  process.env.LEADGLASS_LANG || process.env.LC_ALL || process.env.LC_MESSAGES || process.env.LANG || '',
);

/** @param {string} fr @param {string} en */
const say = (fr, en) => process.stderr.write(`${isFrench ? fr : en}\n`);

/** The pinned Node of this machine, or undefined when none is published for it. */
function pinnedNode() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const name = join(modules, `node-${platform}-${process.arch}`, 'bin', platform === 'win' ? 'node.exe' : 'node');
  if (existsSync(name)) return name;
  return Number(process.versions.node.split('.')[0]) >= 26 ? process.execPath : undefined;
}

/** Whether `name` holds the text `wanted`. @param {string} name @param {string} wanted */
function holds(name, wanted) {
  try {
    return readFileSync(name, 'utf8').trim() === wanted;
  } catch {
    return false;
  }
}

/** @param {string} name */
function packagesOf(name) {
  try {
    return JSON.parse(readFileSync(name, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/** Whether npm's own note of what it installed agrees with the lockfile (somebody ran `npm ci` by hand). */
function isInstalledByHand() {
  const wanted = packagesOf(join(root, 'package-lock.json'));
  const found = packagesOf(join(modules, '.package-lock.json'));
  if (wanted === undefined || found === undefined) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.startsWith('node_modules/')) return true;
    const installed = found[path];
    if (installed === undefined) return entry.optional === true && existsSync(join(root, path)) === false;
    return (
      installed.version === entry.version && installed.integrity === entry.integrity && existsSync(join(root, path))
    );
  });
}

function install() {
  say(
    'Première exécution : installation des composants figés par package-lock.json (une à deux minutes)…',
    'First run: installing the components pinned by package-lock.json (one or two minutes)…',
  );
  const startedAt = Date.now();
  const npm = process.env.npm_execpath?.endsWith('.js') ? [process.execPath, process.env.npm_execpath] : ['npm'];
  const [command = 'npm', ...before] = npm;
  const done = spawnSync(
    command,
    [...before, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
      // Windows: npm is npm.cmd, which only a shell runs. The words are constants.
      shell: process.platform === 'win32' && command === 'npm',
    },
  );
  if (done.status !== 0) {
    say(
      'L’installation a échoué (voir ci-dessus). Vérifiez l’accès au dépôt npm (npm ping), puis recommencez.',
      'The installation failed (see above). Check the access to the npm registry (npm ping), then try again.',
    );
    process.exit(1);
  }
  const seconds = Math.round((Date.now() - startedAt) / 1000);
  say(`Composants installés en ${seconds} s.`, `Components installed in ${seconds} s.`);
}

/** Whether the process that wrote the note is at work still. A note without a number is one that is being written. */
function isInstalling() {
  try {
    const pid = Number(readFileSync(installing, 'utf8'));
    if (!(pid > 0)) return Date.now() - statSync(installing).mtimeMs < 10_000;
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return thrown.code === 'EPERM';
  }
}

/** Two installations at once spoil each other: the second waits for the first. @returns {boolean} whether it is ours to install */
function beginInstalling() {
  try {
    writeFileSync(installing, String(process.pid), { flag: 'wx' });
  } catch (thrown) {
    if (thrown.code === 'EEXIST') return false;
    // A folder nobody may write to: npm will say so.
  }
  process.once('exit', installed);
  return true;
}

function installed() {
  rmSync(installing, { force: true });
}

function waitForTheOther() {
  say(
    'Une autre installation est en cours dans ce dossier : attente de sa fin…',
    'Another installation is under way in this folder: waiting for its end…',
  );
  const bell = new Int32Array(new SharedArrayBuffer(4));
  while (isInstalling()) Atomics.wait(bell, 0, 0, LOOK_AGAIN_MS);
  // Its author is gone without taking it away: killed.
  if (existsSync(installing)) rmSync(installing, { force: true });
}

let isNew = false;

function ensureInstalled() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (holds(marker, lock) && pinnedNode() !== undefined) return;
  if (!isInstalledByHand()) {
    if (!beginInstalling()) {
      waitForTheOther();
      return ensureInstalled();
    }
    install();
    isNew = true;
  }
  try {
    writeFileSync(marker, `${lock}\n`);
  } catch {
    // A read-only installation (a container image) has its marker already or does without.
  }
  // Now, and not at our end: we may become a gateway that runs for months.
  if (process.listeners('exit').includes(installed)) installed();
}

/** The console's pages, when what they are made of has changed. That they cannot be built keeps no image from coming in. @param {string} node */
function buildPages(node) {
  spawnSync(node, ['--no-warnings', join(root, 'tools', 'build-console.ts')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** OHIF, while the network is there; nobody waits for it. @param {string} node */
function fetchViewer(node) {
  if (process.env.LEADGLASS_VIEWER === 'later') return;
  const child = spawn(node, [join(root, 'tools', 'fetch-viewer.ts')], { detached: true, stdio: 'ignore' });
  child.on('error', () => {});
  child.unref();
}

/** @param {string[]} words */
function entryOf(words) {
  const [command = 'help', ...rest] = words;
  if (TOOLS.has(command)) return [join(root, 'tools', `${command}.ts`), ...rest];
  // Halves of a young generation, MB. Small: what streams through is garbage at once, and the default lets 50 MB of it pile up. Where laboratories
  // send, larger: a message lives for some milliseconds until its group is durable, and is copied twice out of a small one (decision 0042).
  const hearsHl7 = command === 'up' && rest.some((word) => /^--hl7(-tls)?(=|$)/.test(word));
  return [`--max-semi-space-size=${hearsHl7 ? 8 : 2}`, join(root, 'apps', 'cli', 'src', 'main.ts'), command, ...rest];
}

/**
 * npm told to stop ends at once and leaves us behind, passing nothing on: seen from here, our parent changes. Then the
 * gateway is told to stop. Only under npm: a launcher started in the background by hand may well outlive its shell.
 * @param {import('node:child_process').ChildProcess} child
 */
function endWithNpm(child) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const look = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(look);
    child.kill('SIGTERM');
  }, 250);
  look.unref();
}

/** Runs `node` in our place: same terminal, same signals, same end. @param {string} node @param {string[]} args */
function handOver(node, args) {
  const env = { NODE_COMPILE_CACHE: join(modules, '.cache', 'leadglass'), ...process.env };
  const child = spawn(node, args, { stdio: 'inherit', env });
  for (const signal of FORWARDED) {
    // A Ctrl-C at a terminal reaches the whole process group by itself: once is enough.
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  endWithNpm(child);
  child.on('error', (error) => {
    say(`Impossible de lancer ${node} : ${error.message}`, `Cannot run ${node}: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 128 + constants.signals[signal]));
}

ensureInstalled();
const node = pinnedNode();
if (node === undefined) {
  say(
    `Aucun Node 26 n’est publié pour ${process.platform}-${process.arch} : installez Node 26 et relancez avec lui.`,
    `No Node 26 is published for ${process.platform}-${process.arch}: install Node 26 and run again with it.`,
  );
  process.exit(1);
}
if (isNew) fetchViewer(node);
const isAsked = process.argv.slice(3).some((word) => word === '--help' || word === '-h');
if (isNew || (WITH_PAGES.has(process.argv[2] ?? '') && !isAsked)) buildPages(node);
handOver(node, entryOf(process.argv.slice(2)));
