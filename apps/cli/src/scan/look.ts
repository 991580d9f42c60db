import { Part10Reader } from '@leadglass/dicom';
import { FileInspection, FindingBox, type FindingKind, type FindingLimits } from '@leadglass/inspect';
import type { Finding, Verdict } from '@leadglass/model';
import { verdictOf } from '@leadglass/model';
import { type About, AboutCollector } from './about.ts';
import { Budget } from './budget.ts';
import { findingOf, lookAtForeign } from './foreign.ts';
import { Inflated } from './inflated.ts';
import type { Inspectors } from './inspectors.ts';
import { ARCHIVE_KINDS, FILE_KINDS } from './kinds.ts';
import { NATURE_BYTES, type Nature, natureOf } from './nature.ts';
import { Source } from './source.ts';
import { ZipReader } from './zip.ts';

/** What was seen of one file, or of one file in an archive. */
export interface Looked {
  /** The file's, or `archive.zip!/name` for a file inside. */
  readonly path: string;
  readonly nature: 'dicom' | Nature;
  readonly bytes: number;
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  /** Names of the inspectors that could not finish. */
  readonly unfinished: readonly string[];
  /** Whose it is and of which study, when that was asked for. */
  readonly about?: About;
}

/** Archives inside archives are opened so deep. */
const MOST_DEPTH = 3;
/** What tells a DICOM file from any other: preamble, `DICM` and the first element behind them. */
const HEAD_BYTES = 140;
/** Findings of all members of one archive that are kept whole; past them each member keeps its gravest. */
const MOST_FINDINGS = 5_000;
const ONE_FINDING: FindingLimits = { kept: 1, perCode: 1 };
/** Names that promise a DICOM object. */
const DICOM_NAME = /\.(dcm|dicom|dic|ima)$/i;
/** An ending that says what a file is. Objects are often named by UIDs and numbers, whose last part is none. */
const ENDING = /\.[A-Za-z][A-Za-z0-9]{0,7}$/;

type Tell = (looked: Looked) => void;

/** Takes a DICOM object in the place of inspection; what it does not read is passed over. */
export type Take = (source: Source) => Promise<void>;

export interface LookerOptions {
  /** Whether to tell whose each object is. */
  readonly isAbout?: boolean;
  /** Takes the DICOM objects, in the order in which looking tells them; nothing is told then. */
  readonly take?: Take;
}

/** Where the file under the eyes stands: shared by it and all that is inside it. */
interface Place {
  readonly path: string;
  readonly depth: number;
  readonly budget: Budget;
}

/** Looks at files: DICOM objects, archives and what is in them, and everything else. One file at a time, memory bounded. */
export class Looker {
  readonly #inspectors: Inspectors;
  readonly #tell: Tell;
  readonly #options: LookerOptions;
  #findings = 0;

  /** @param tell gets every file looked at, those inside an archive before the archive itself. */
  constructor(inspectors: Inspectors, tell: Tell, options: LookerOptions = {}) {
    this.#inspectors = inspectors;
    this.#tell = options.take === undefined ? tell : () => {};
    this.#options = options;
  }

  /** Looks at a file. Never throws for what the bytes are; what reading them throws goes through. */
  async look(path: string, source: Source): Promise<void> {
    this.#findings = 0;
    await this.#one(source, { path, depth: 0, budget: new Budget(() => source.taken) });
  }

  /** @returns the worst finding inside, for who holds it. */
  async #one(source: Source, place: Place): Promise<Finding | undefined> {
    const head = await source.ahead(HEAD_BYTES);
    const { take } = this.#options;
    if (isDicom(head)) return take === undefined ? this.#dicom(source, place) : void (await take(source));
    const nature = natureOf(await source.ahead(NATURE_BYTES), place.path);
    if (nature === 'zip') return this.#zip(source, place);
    if (nature === 'gzip') return this.#gzip(source, place);
    return take === undefined ? this.#foreign(source, place, nature) : undefined;
  }

  async #dicom(source: Source, place: Place): Promise<Finding | undefined> {
    const collector = this.#options.isAbout === true ? new AboutCollector() : undefined;
    const inspectors = [...this.#inspectors.dicom, ...(collector === undefined ? [] : [collector.maker])];
    const inspection = new FileInspection({ inspectors, ...this.#limits() });
    for (let piece = await source.next(); piece !== undefined; piece = await source.next()) {
      collector?.push(piece);
      inspection.push(piece);
    }
    const { findings, unfinished, meta } = await inspection.settled();
    return this.#say(place, 'dicom', source.taken, findings, unfinished, collector?.about(meta));
  }

  async #foreign(source: Source, place: Place, nature: Exclude<Nature, 'zip' | 'gzip'>): Promise<Finding | undefined> {
    const { path } = place;
    const isProgram = nature === 'executable' || nature === 'script' || nature === 'shortcut';
    const isNamedDicom = DICOM_NAME.test(path);
    const isNameless =
      !ENDING.test(path.slice(path.lastIndexOf('/') + 1)) && (nature === 'unknown' || nature === 'empty');
    if (!isProgram && (isNamedDicom || isNameless)) return this.#notDicom(source, place);
    const box = new FindingBox(this.#limits().limits);
    box.add(findingOf(isProgram && isNamedDicom ? FILE_KINDS.disguised : kindOf(nature, path)));
    const unfinished = await lookAtForeign(source, nature, this.#inspectors, box);
    return this.#say(place, nature, source.taken, box.findings, unfinished);
  }

  /** What calls itself DICOM and is none: told as inspection tells it, and looked through for payloads all the same. */
  async #notDicom(source: Source, place: Place): Promise<Finding | undefined> {
    const inspection = new FileInspection({ inspectors: [], ...this.#limits() });
    const shown = new Source(async () => {
      const piece = await source.next();
      if (piece !== undefined) inspection.push(piece);
      return piece;
    });
    const box = new FindingBox(this.#limits().limits);
    const unfinished = await lookAtForeign(shown, 'unknown', this.#inspectors, box);
    return this.#say(place, 'unknown', source.taken, [...inspection.end().findings, ...box.findings], unfinished);
  }

  async #zip(source: Source, place: Place): Promise<Finding | undefined> {
    const own = new Set<FindingKind>();
    let worst: Finding | undefined;
    if (place.depth >= MOST_DEPTH) own.add(ARCHIVE_KINDS.deep);
    else {
      const reader = new ZipReader(source, place.budget, (kind) => own.add(kind));
      for (let member = await reader.next(); member !== undefined; member = await reader.next()) {
        const inside = { ...place, path: `${place.path}!/${member.name}`, depth: place.depth + 1 };
        if (member.closed !== undefined) worst = worse(worst, this.#closed(inside, member.closed));
        else if (!member.name.endsWith('/')) worst = worse(worst, await this.#one(member.source, inside));
      }
    }
    await source.skip(place.budget.isSpent ? 0 : undefined);
    return this.#archive(place, 'zip', source.taken, own, worst);
  }

  async #gzip(source: Source, place: Place): Promise<Finding | undefined> {
    const own = new Set<FindingKind>();
    let worst: Finding | undefined;
    if (place.depth >= MOST_DEPTH) own.add(ARCHIVE_KINDS.deep);
    else {
      const inflated = new Inflated(source, 'gzip');
      const pull = async () => {
        const piece = await inflated.pull().catch(() => void own.add(ARCHIVE_KINDS.broken));
        return place.budget.spend(piece?.length ?? 0) ? (piece ?? undefined) : undefined;
      };
      const name = place.path.slice(place.path.lastIndexOf('/') + 1).replace(/\.(gz|gzip)$/i, '');
      worst = await this.#one(new Source(pull), { ...place, path: `${place.path}!/${name}`, depth: place.depth + 1 });
      await inflated.finish();
    }
    await source.skip(place.budget.isSpent ? 0 : undefined);
    return this.#archive(place, 'gzip', source.taken, own, worst);
  }

  #closed(place: Place, kind: FindingKind): Finding | undefined {
    return this.#say(place, 'unknown', 0, [findingOf(kind)], []);
  }

  #archive(
    place: Place,
    nature: 'zip' | 'gzip',
    bytes: number,
    own: Set<FindingKind>,
    worst: Finding | undefined,
  ): Finding | undefined {
    if (place.budget.isSpent) own.add(ARCHIVE_KINDS.bomb);
    const findings = [...own].map(findingOf);
    if (worst !== undefined) findings.push({ ...findingOf(ARCHIVE_KINDS.members), severity: worst.severity });
    const isWhole = ![ARCHIVE_KINDS.deep, ARCHIVE_KINDS.many, ARCHIVE_KINDS.bomb].some((kind) => own.has(kind));
    return this.#say(place, nature, bytes, findings, isWhole ? [] : ['archive']);
  }

  #limits(): { readonly limits?: FindingLimits } {
    return this.#findings > MOST_FINDINGS ? { limits: ONE_FINDING } : {};
  }

  #say(
    place: Place,
    nature: Looked['nature'],
    bytes: number,
    findings: readonly Finding[],
    unfinished: readonly string[],
    about?: About,
  ): Finding | undefined {
    this.#findings += findings.length;
    const said = { path: place.path, nature, bytes, verdict: verdictOf(findings), findings, unfinished };
    this.#tell(about === undefined ? said : { ...said, about });
    return findings.reduce<Finding | undefined>(worse, undefined);
  }
}

const NOTHING_SAID = {
  preamble: () => {},
  metaIrregularity: () => {},
  meta: () => {},
  dataSet: () => {},
};

/** Whether a file that begins so can be read as DICOM, with or without preamble and file meta. */
function isDicom(head: Uint8Array): boolean {
  if (head.length >= 132 && Buffer.from(head.subarray(128, 132)).equals(MAGIC)) return true;
  const reader = new Part10Reader(NOTHING_SAID);
  reader.push(head.subarray(0, HEAD_BYTES));
  if (head.length < HEAD_BYTES) reader.end();
  return !reader.isDead;
}

const MAGIC = Buffer.from('DICM', 'latin1');

/** Macros of an Office document lie in a part of this name (ECMA-376). */
const MACRO_PART = /(^|\/)vbaProject\.bin$/i;

function kindOf(nature: Exclude<Nature, 'zip' | 'gzip'>, path: string): FindingKind {
  if (nature === 'office') return MACRO_PART.test(path) ? FILE_KINDS.macro : FILE_KINDS.document;
  if (nature === 'pdf') return FILE_KINDS.document;
  return nature === 'xml' ? FILE_KINDS.page : FILE_KINDS[nature];
}

const RANK: Readonly<Record<Verdict, number>> = { clean: 0, suspicious: 1, malformed: 2, malicious: 3 };

/** The graver of two findings, when it is more than information. */
function worse(one: Finding | undefined, other: Finding | undefined): Finding | undefined {
  const rank = (finding: Finding | undefined) => RANK[verdictOf(finding === undefined ? [] : [finding])];
  const worst = rank(other) > rank(one) ? other : one;
  return rank(worst) === 0 ? undefined : worst;
}
