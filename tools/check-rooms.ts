import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** rooms.json: the one source of who may import what. */
interface Rooms {
  readonly scope: string;
  /** From the bottom up; a room imports from layers below its own. A bare name is `packages/NAME`. */
  readonly layers: readonly (readonly string[])[];
  readonly never: readonly (readonly [string, string])[];
  /** Builtins every room may use. */
  readonly free: readonly string[];
  /** What files ending in `testFiles` may use besides. */
  readonly inTests: readonly string[];
  readonly testFiles: readonly string[];
  /** Builtins (or packages) allowed under these folders only. */
  readonly onlyIn: Readonly<Record<string, readonly string[]>>;
  /** Rooms that may import these rooms alone. */
  readonly [app: `apps/${string}`]: readonly string[] | undefined;
}

/** One import statement, `export … from`, dynamic import or `new URL(…, import.meta.url)`. */
interface Import {
  readonly specifier: string;
  /** A place named by `new URL`, not a module: data and the root are nobody's room. */
  readonly isLocation: boolean;
  readonly line: number;
}

/** A room on disk. `name` is as rooms.json spells it, `folder` relative to the root with `/`. */
interface Room {
  readonly name: string;
  readonly folder: string;
  readonly layer: number;
  readonly declared: ReadonlySet<string>;
}

const STATEMENT = /(?:^|[;}\n])[ \t]*(?:import|export)\b[^'"`;()]{0,4000}?\bfrom[ \t]*(['"])([^'"\n]+)\1/g;
const SIDE_EFFECT = /(?:^|[;}\n])[ \t]*import[ \t]*(['"])([^'"\n]+)\1/g;
const CALL = /\b(?:import|require)\(\s*(['"])([^'"\n]+)\1/g;
const LOCATION = /\bnew URL\(\s*(['"])(\.[^'"\n]*)\1,\s*import\.meta\.url/g;

function importsOf(source: string): Import[] {
  const found: Import[] = [];
  for (const pattern of [STATEMENT, SIDE_EFFECT, CALL, LOCATION]) {
    for (const match of source.matchAll(pattern)) {
      const end = match.index + match[0].length;
      const line = source.slice(0, end).split('\n').length;
      found.push({ specifier: match[2] ?? '', isLocation: pattern === LOCATION, line });
    }
  }
  return found;
}

const folderOf = (name: string): string => (name.includes('/') ? name : `packages/${name}`);

function readRooms(root: string, rules: Rooms): Room[] {
  const rooms: Room[] = [];
  for (const [layer, names] of rules.layers.entries()) {
    for (const name of names) {
      const folder = folderOf(name);
      const manifest = join(root, folder, 'package.json');
      if (!existsSync(manifest)) continue;
      const { dependencies = {} } = JSON.parse(readFileSync(manifest, 'utf8'));
      rooms.push({ name, folder, layer, declared: new Set(Object.keys(dependencies)) });
    }
  }
  return rooms;
}

function sourcesOf(root: string, room: Room): string[] {
  const src = join(root, room.folder, 'src');
  if (!existsSync(src)) return [];
  return readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|tsx|mts|js|mjs)$/.test(name))
    .map((name) => `${room.folder}/src/${name.split(sep).join('/')}`);
}

/** The package a bare specifier names: `@scope/name` or `name`. */
function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

const isUnder = (file: string, folder: string): boolean => file === folder || file.startsWith(`${folder}/`);

class Checker {
  readonly #root: string;
  readonly #rules: Rooms;
  readonly #rooms: readonly Room[];
  readonly #used = new Map<string, Set<string>>();
  readonly violations: string[] = [];

  constructor(root: string) {
    this.#root = root;
    this.#rules = JSON.parse(readFileSync(join(root, 'rooms.json'), 'utf8'));
    this.#rooms = readRooms(root, this.#rules);
  }

  run(): readonly string[] {
    this.#checkListed();
    for (const room of this.#rooms) {
      this.#used.set(room.name, new Set());
      for (const file of sourcesOf(this.#root, room)) this.#checkFile(room, file);
      this.#checkDeclared(room);
    }
    return this.violations;
  }

  /** A folder that rooms.json does not know would be outside every rule. */
  #checkListed(): void {
    const known = new Set(this.#rules.layers.flat().map(folderOf));
    for (const parent of ['packages', 'apps']) {
      const folder = join(this.#root, parent);
      if (!existsSync(folder)) continue;
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        if (entry.isDirectory() && !known.has(`${parent}/${entry.name}`)) {
          this.violations.push(`${parent}/${entry.name}: not listed in rooms.json`);
        }
      }
    }
  }

  #checkFile(room: Room, file: string): void {
    const isTest = this.#rules.testFiles.some((end) => file.endsWith(end));
    for (const found of importsOf(readFileSync(join(this.#root, file), 'utf8'))) {
      const fault = this.#faultOf(room, file, isTest, found);
      if (fault !== undefined) this.violations.push(`${file}:${found.line}: ${fault}`);
    }
  }

  #faultOf(room: Room, file: string, isTest: boolean, found: Import): string | undefined {
    const { specifier } = found;
    if (specifier.startsWith('.')) return this.#relativeFault(room, file, found);
    if (specifier.startsWith('/') || specifier.startsWith('file:')) return `absolute import ${specifier}`;
    if (isTest && this.#rules.inTests.includes(specifier)) return undefined;
    if (specifier.startsWith('node:')) return this.#builtinFault(file, specifier);
    return this.#packageFault(room, file, isTest, specifier);
  }

  #relativeFault(room: Room, file: string, { specifier, isLocation }: Import): string | undefined {
    const target = relative(this.#root, resolve(this.#root, dirname(file), specifier))
      .split(sep)
      .join('/');
    if (isUnder(target, room.folder)) return undefined;
    if (isLocation && !/^(packages|apps)\/|\.(ts|js|mjs)$/.test(target)) return undefined;
    return `${specifier} leaves the room`;
  }

  /** A builtin named in `onlyIn` follows it; any other is free, or belongs where files may be touched. */
  #builtinFault(file: string, specifier: string): string | undefined {
    if (this.#rules.free.includes(specifier)) return undefined;
    const places = this.#rules.onlyIn[specifier] ?? this.#rules.onlyIn['node:fs'] ?? [];
    return places.some((place) => isUnder(file, place)) ? undefined : `${specifier} is not allowed here`;
  }

  #packageFault(room: Room, file: string, isTest: boolean, specifier: string): string | undefined {
    const name = packageOf(specifier);
    if (!isTest) this.#used.get(room.name)?.add(name);
    const places = this.#rules.onlyIn[name];
    if (places !== undefined && !places.some((place) => isUnder(file, place))) return `${name} is not allowed here`;
    if (!room.declared.has(name) && !isTest) return `${name} is not in the dependencies of ${room.folder}/package.json`;
    if (!name.startsWith(`${this.#rules.scope}/`)) {
      return room.declared.has(name) ? undefined : `${name} is neither a dependency nor allowed in tests`;
    }
    if (specifier !== name) return `${specifier} reaches inside a room: import ${name}`;
    return this.#roomFault(room, isTest, name.slice(this.#rules.scope.length + 1));
  }

  #roomFault(room: Room, isTest: boolean, target: string): string | undefined {
    const other = this.#rooms.find((each) => each.name === target || each.name === `apps/${target}`);
    if (other === undefined) return `unknown room ${target}`;
    if (other.name === room.name) return `${target} imports itself by its public name`;
    const only = this.#rules[room.name as `apps/${string}`];
    // Its tests compare with the real thing.
    if (only !== undefined && !isTest && !only.includes(target))
      return `${room.name} imports ${only.join(', ')} and nothing else`;
    if (other.layer >= room.layer) return `${room.name} may not import ${other.name}: imports run downward only`;
    const isNever = this.#rules.never.some((pair) => pair.includes(room.name) && pair.includes(other.name));
    return isNever ? `${room.name} and ${other.name} never meet` : undefined;
  }

  #checkDeclared(room: Room): void {
    if (sourcesOf(this.#root, room).length === 0) return;
    for (const name of room.declared) {
      if (!this.#used.get(room.name)?.has(name)) {
        this.violations.push(`${room.folder}/package.json: ${name} is declared and never imported`);
      }
    }
  }
}

/** Every breach of rooms.json below `root`, one line each (`file:line: what`); empty when the boundaries stand. */
export function checkRooms(root: string): readonly string[] {
  return new Checker(root).run();
}

if (import.meta.main) {
  const violations = checkRooms(dirname(dirname(fileURLToPath(import.meta.url))));
  for (const violation of violations) console.log(violation);
  process.exitCode = violations.length === 0 ? 0 : 1;
}
