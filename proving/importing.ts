import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readlinkSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Gateway } from './gateway.ts';
import { type Orthanc, startOrthanc } from './peers.ts';
import { childrenOf } from './processes.ts';

const MAIN = join(import.meta.dirname, '..', 'apps', 'cli', 'src', 'main.ts');
const WATCH_MS = 20;

/** Who the patient is at this site. */
export const ASKED = {
  patientId: 'L-42',
  patientName: 'DUPRÉ^Léa',
  birthDate: '19800102',
  sex: 'F',
  issuerOfPatientId: 'SITE',
} as const;

/** What an import says with --json. */
export interface ImportReport {
  readonly error?: { readonly code: string };
  readonly counts: {
    readonly stored: number;
    readonly originals: number;
    readonly held: number;
    readonly refused: number;
    readonly left: number;
  };
  readonly objects: readonly { readonly path: string; readonly fate: string; readonly outcome: string }[];
  readonly others: readonly { readonly path: string }[];
  readonly directories: readonly { readonly missing: readonly string[]; readonly unlisted: number }[];
}

/** An import that ran. */
export interface Imported {
  readonly code: number | null;
  readonly stderr: string;
  /** Programs that ran below the command. */
  readonly programs: ReadonlySet<string>;
  readonly report: ImportReport;
}

/** A folder for media, an identity in it, and somewhere for the command to leave what it should not. */
export class ImportRoom {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'leadglass-import-')));
  /** Working folder and TMPDIR of the command. */
  readonly scratch = join(this.folder, 'scratch');
  /** What a medium's script would make, were it run. */
  readonly marker = join(this.folder, 'marker');
  readonly identity = join(this.folder, 'identity.json');

  constructor() {
    mkdirSync(this.scratch);
    writeFileSync(this.identity, JSON.stringify(ASKED));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Runs `leadglass import … --json` and watches which programs run below it. */
  async import(home: string, ...words: readonly string[]): Promise<Imported> {
    const child = spawn(process.execPath, ['--no-warnings', MAIN, 'import', ...words, '--json'], {
      cwd: this.scratch,
      env: { ...process.env, TMPDIR: this.scratch, LEADGLASS_HOME: home, LEADGLASS_LANG: 'en' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const programs = new Set<string>();
    const watch = setInterval(() => {
      for (const one of programsBelow(child.pid ?? 0)) programs.add(one);
    }, WATCH_MS);
    const said = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (chunk: string) => {
        said[name] += chunk;
      });
    const [code] = await once(child, 'close');
    clearInterval(watch);
    return { code, stderr: said.stderr, programs, report: JSON.parse(said.stdout === '' ? '{}' : said.stdout) };
  }
}

function programsBelow(pid: number): readonly string[] {
  return childrenOf(pid).flatMap((one) => {
    try {
      return [readlinkSync(`/proc/${one}/exe`), ...programsBelow(one)];
    } catch {
      return [];
    }
  });
}

/** A gateway that sends all it takes to an Orthanc. */
export async function gatewayToOrthanc(t: {
  after(act: () => Promise<void>): void;
}): Promise<{ gateway: Gateway; orthanc: Orthanc }> {
  const orthanc = await startOrthanc();
  t.after(() => orthanc.stop());
  const gateway = await Gateway.start();
  t.after(() => gateway.dispose());
  await gateway.cli('destination', 'add', 'pacs', '--to', `127.0.0.1:${orthanc.port}`, '--called', orthanc.aet);
  await gateway.cli('route', 'add', '--from', '*', '--to', 'pacs');
  return { gateway, orthanc };
}

/** Instances of an Orthanc as files, by SOP Instance UID. */
export async function instancesOf(orthanc: Orthanc): Promise<ReadonlyMap<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for (const id of (await orthanc.get('/instances')) as string[]) {
    const { MainDicomTags } = (await orthanc.get(`/instances/${id}`)) as { MainDicomTags: { SOPInstanceUID: string } };
    files.set(MainDicomTags.SOPInstanceUID, Buffer.from(await orthanc.getBytes(`/instances/${id}/file`)));
  }
  return files;
}
