import { existsSync, lstatSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A package this repository names in a package.json, and why. */
interface Chosen {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  /** Date of this version, YYYY-MM-DD, as the registry gives it. */
  readonly released: string;
  /** Installed size, kilobytes. */
  readonly sizeKb: number;
  readonly reason: string;
}

/** A package that another one brings along. */
type Brought = Omit<Chosen, 'reason' | 'released'>;

/** dependencies.json. */
interface Dependencies {
  readonly chosen: readonly Chosen[];
  readonly brought: readonly Brought[];
}

type Names = Readonly<Record<string, string>>;

interface LockEntry {
  readonly dependencies?: Names;
  readonly optionalDependencies?: Names;
  readonly devDependencies?: Names;
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly license?: string;
  readonly link?: boolean;
  /** Needed by nothing that runs. */
  readonly dev?: boolean;
}

/** What a free product may carry without asking its lawyer. */
const LICENCES =
  /^\(?(MIT|ISC|0BSD|BSD-2-Clause|BSD-3-Clause|Apache-2\.0|BlueOak-1\.0\.0|CC0-1\.0|Unlicense)( OR [\w.-]+)*\)?$/;
/** What a tool may carry besides, that is used to make or test the product and no part of it: changes to its own files alone would have to be given. */
const TOOL_LICENCES = /^MPL-2\.0$/;
const DAY = /^20\d\d-\d\d-\d\d$/;
const KINDS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'] as const;

const readJson = (name: string) => JSON.parse(readFileSync(name, 'utf8'));
const nameOf = (path: string): string => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

/** External packages named in any package.json of the repository. */
function namedIn(root: string): Set<string> {
  const manifests = [join(root, 'package.json')];
  for (const parent of ['packages', 'apps']) {
    if (!existsSync(join(root, parent))) continue;
    for (const room of readdirSync(join(root, parent))) manifests.push(join(root, parent, room, 'package.json'));
  }
  const names = new Set<string>();
  for (const manifest of manifests.filter(existsSync)) {
    const read = readJson(manifest);
    for (const kind of KINDS) for (const name of Object.keys(read[kind] ?? {})) names.add(name);
  }
  return new Set([...names].filter((name) => !name.startsWith('@leadglass/')));
}

/** External entries of the lockfile, by install path. */
function locked(root: string): [path: string, entry: LockEntry][] {
  const packages: Record<string, LockEntry> = readJson(join(root, 'package-lock.json')).packages;
  return Object.entries(packages).filter(([path, entry]) => path.includes('node_modules/') && entry.link !== true);
}

/** Whether the lockfile holds `name` where a package at `path` would look for it. */
function isLocked(packages: Readonly<Record<string, LockEntry>>, path: string, name: string): boolean {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
    if (packages[folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`] !== undefined) return true;
    if (!folder.includes('node_modules/')) return packages[`node_modules/${name}`] !== undefined;
  }
}

/** What would make `npm ci` refuse: a package that another needs and the lockfile lacks, or a workspace that has moved on. */
function syncFaults(root: string): string[] {
  const packages: Record<string, LockEntry> = readJson(join(root, 'package-lock.json')).packages;
  const faults: string[] = [];
  for (const [path, entry] of Object.entries(packages)) {
    for (const name of Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })) {
      if (!isLocked(packages, path, name)) faults.push(`package-lock.json: ${path} needs ${name}, which is not there`);
    }
    if (path.includes('node_modules/')) continue;
    const manifest = readJson(join(root, path, 'package.json'));
    const isSame = KINDS.every((kind) => sameNames(manifest[kind], (entry as Record<string, Names | undefined>)[kind]));
    if (!isSame)
      faults.push(
        `package-lock.json: ${path || '.'} does not agree with its package.json (npm install --package-lock-only)`,
      );
  }
  return faults;
}

function sameNames(a: Names = {}, b: Names = {}): boolean {
  const text = (names: Names) => JSON.stringify(Object.entries(names).sort(([x], [y]) => (x < y ? -1 : 1)));
  return text(a) === text(b);
}

function lockFaults(path: string, entry: LockEntry): string[] {
  const faults: string[] = [];
  if (!entry.integrity?.startsWith('sha512-')) faults.push(`package-lock.json: ${path} has no sha512 integrity`);
  if (entry.resolved !== undefined) faults.push(`package-lock.json: ${path} records where it came from (resolved)`);
  return faults;
}

function recordFaults(record: Brought, entry: LockEntry): string[] {
  const at = `dependencies.json: ${record.name}`;
  const faults: string[] = [];
  if (record.version !== entry.version) faults.push(`${at} says ${record.version}, the lockfile ${entry.version}`);
  const isFree = LICENCES.test(record.licence) || (entry.dev === true && TOOL_LICENCES.test(record.licence));
  if (!isFree) faults.push(`${at} has licence ${record.licence}, which is not on the list`);
  if (!(record.sizeKb >= 0)) faults.push(`${at} has no size`);
  return faults;
}

function choiceFaults(record: Chosen): string[] {
  const faults: string[] = [];
  if (!DAY.test(record.released)) faults.push(`dependencies.json: ${record.name} has no release date`);
  if ((record.reason ?? '').length < 20) faults.push(`dependencies.json: ${record.name} has no reason`);
  return faults;
}

/** Everything wrong with what this repository depends on, one line each; empty when all is listed, licensed and pinned. */
export function checkDependencies(root: string): readonly string[] {
  const { chosen, brought }: Dependencies = readJson(join(root, 'dependencies.json'));
  const named = namedIn(root);
  const records = new Map([...brought, ...chosen].map((record) => [`${record.name}@${record.version}`, record]));
  const entries = locked(root);
  const faults = [...syncFaults(root), ...chosen.flatMap(choiceFaults)];
  const seen = new Set<string>();
  for (const [path, entry] of entries) {
    faults.push(...lockFaults(path, entry));
    const key = `${nameOf(path)}@${entry.version}`;
    seen.add(key);
    const record = records.get(key);
    if (record === undefined) faults.push(`dependencies.json: ${key} is not listed`);
    else faults.push(...recordFaults(record, entry));
  }
  for (const name of named) {
    if (!chosen.some((each) => each.name === name))
      faults.push(`dependencies.json: ${name} is used but not in "chosen"`);
  }
  for (const { name } of chosen) if (!named.has(name)) faults.push(`dependencies.json: no package.json names ${name}`);
  for (const key of records.keys()) if (!seen.has(key)) faults.push(`dependencies.json: ${key} is not in the lockfile`);
  return faults;
}

function sizeKb(folder: string): number {
  if (!existsSync(folder)) return 0;
  const bytes = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => lstatSync(join(folder, name)))
    .reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0);
  return Math.round(bytes / 1000);
}

/** Whether a package lies where a workspace's own dependency does: at the root, or in the workspace when npm could not put it there. */
function isOwn(path: string, name: string): boolean {
  return path.replace(/^(?:apps|packages)\/[^/]+\//, '') === `node_modules/${name}`;
}

/** Rewrites dependencies.json from the lockfile and what is installed; reasons and dates stay, new ones wait to be filled in. */
function update(root: string): void {
  const name = join(root, 'dependencies.json');
  const before: Dependencies = existsSync(name) ? readJson(name) : { chosen: [], brought: [] };
  const named = namedIn(root);
  const chosen: Chosen[] = [];
  const brought = new Map<string, Brought>();
  for (const [path, entry] of locked(root)) {
    const version = entry.version ?? '';
    const known = [...before.chosen, ...before.brought].find((r) => r.name === nameOf(path) && r.version === version);
    const size = sizeKb(join(root, path)) || (known?.sizeKb ?? 0);
    const record = { name: nameOf(path), version, licence: entry.license ?? 'unknown', sizeKb: size };
    const old = before.chosen.find((each) => each.name === record.name);
    if (!isOwn(path, record.name) || !named.has(record.name)) {
      brought.set(`${record.name}@${version}`, record);
      continue;
    }
    const released = old?.version === version ? old.released : 'to be filled in';
    chosen.push({ ...record, released, reason: old?.reason ?? 'to be filled in' });
  }
  const line = (record: object) => `    ${JSON.stringify(record)}`;
  const list = (records: readonly object[]) => `[\n${records.map(line).join(',\n')}\n  ]`;
  writeFileSync(name, `{\n  "chosen": ${list(chosen)},\n  "brought": ${list([...brought.values()])}\n}\n`);
}

if (import.meta.main) {
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  if (process.argv.includes('--update')) update(root);
  const faults = checkDependencies(root);
  for (const fault of faults) console.log(fault);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
