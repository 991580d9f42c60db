import { availableParallelism } from 'node:os';
import { type ImportOpen, MOST_STUDIES } from '@leadglass/contract';
import { type Phi, systemClock, text } from '@leadglass/kit';
import { IMPORT_AE_TITLE, isUid, type Verdict } from '@leadglass/model';
import { DEFAULT_FLOW, type Flow, routesFor } from '@leadglass/policy';
import { type AskedIdentity, coercionOf } from '@leadglass/rewrite';
import type { Context } from '../command.ts';
import { CliFailure, EXIT, IMPORT_EXIT } from '../exits.ts';
import { ScanPool } from '../scan/pool.ts';
import { type Entry, STANDARD_INPUT, walk } from '../scan/walk.ts';
import { barWords, sizeWords } from '../words.ts';
import {
  askedIdentity,
  type Choice,
  chosenPatients,
  confirm,
  objectsOf,
  ofStudies,
  refuseSharedAccession,
} from './choice.ts';
import { type Comparison, compare } from './compare.ts';
import { digestOf } from './identity.ts';
import { fateOf, importFlow } from './judge.ts';
import { type Medium, MediumGatherer, type MediumObject, patientsOf } from './medium.ts';
import { reportOf } from './report.ts';
import { countsOf } from './results.ts';
import { ImportSender } from './sending.ts';
import { ImportTeller } from './show.ts';
import { type Judged, Transfer, type Transferred } from './transfer.ts';

/** How the gateway judges what is imported, and where it sends it; destinations undefined when no gateway was asked. */
interface Rules {
  readonly flow: Flow;
  readonly destinations: readonly string[] | undefined;
}

/** What is about to be imported. */
interface Plan {
  readonly medium: Medium;
  readonly judged: readonly Judged[];
  readonly identity: Phi<AskedIdentity> | undefined;
  readonly comparison: Comparison | undefined;
}

/** The import desk: looks, shows, has it confirmed, and only then takes the objects to the gateway. */
export class ImportDesk {
  readonly #context: Context;
  readonly #choice: Choice;
  readonly #paths: readonly string[];
  readonly #teller: ImportTeller;

  constructor(context: Context, choice: Choice, paths: readonly string[]) {
    this.#context = context;
    this.#choice = choice;
    this.#paths = paths;
    this.#teller = new ImportTeller(context.output);
  }

  /** Resolves with the exit code. Throws CliFailure when nothing is imported. */
  async run(): Promise<number> {
    if (this.#paths.includes(STANDARD_INPUT)) throw noInput();
    const rules = await this.#rules();
    const plan = await this.#plan(await this.#look(), rules);
    this.#teller.plan(plan.judged, rules.destinations);
    if (this.#choice.isDryRun) return this.#end(plan, undefined, undefined);
    await confirm(this.#choice, plan.identity, plan.comparison, this.#context);
    return this.#import(plan);
  }

  async #rules(): Promise<Rules> {
    if (this.#choice.isDryRun) return { flow: DEFAULT_FLOW, destinations: undefined };
    const { client } = this.#context;
    const [{ peers }, { routes }] = await Promise.all([client.call('peer.list', {}), client.call('route.list', {})]);
    return { flow: importFlow(peers, routes), destinations: routesFor(routes, IMPORT_AE_TITLE) };
  }

  async #look(): Promise<Medium> {
    const { signal, output } = this.#context;
    const gatherer = new MediumGatherer();
    const pool = new ScanPool({
      jobs: availableParallelism(),
      paths: this.#paths,
      rulesDir: undefined,
      isAbout: true,
    });
    const stop = () => void pool.close();
    signal.addEventListener('abort', stop);
    const bar = new Bar(this.#context);
    try {
      for await (const outcome of pool.look(bar.counted(walk(this.#paths)))) {
        if (signal.aborted) throw stopped();
        gatherer.take(outcome);
        bar.done(outcome.entry.bytes);
      }
    } finally {
      signal.removeEventListener('abort', stop);
      await pool.close();
      output.redraw('');
    }
    return gatherer.medium();
  }

  /** Shows the medium, has the choices made that are open, and judges. */
  async #plan(medium: Medium, { flow }: Rules): Promise<Plan> {
    this.#teller.medium(medium);
    if (medium.objects.length === 0) throw nothingThere();
    const ofChosenStudies = ofStudies(medium, this.#choice);
    const patients = patientsOf(ofChosenStudies);
    this.#teller.patients(patients);
    const chosen = await chosenPatients(patients, this.#choice, this.#context);
    const objects = objectsOf(ofChosenStudies, chosen);
    const identity = await askedIdentity(this.#choice, this.#context);
    refuseSharedAccession(identity, chosen[0]?.objects ?? []);
    const [patient] = chosen;
    const comparison = identity === undefined || patient === undefined ? undefined : compare(patient.objects, identity);
    if (identity !== undefined && patient !== undefined && comparison !== undefined)
      this.#teller.identities(patient.about, identity, comparison);
    return { medium, identity, comparison, judged: objects.map((object) => ({ object, fate: fateOf(object, flow) })) };
  }

  async #import(plan: Plan): Promise<number> {
    const { client, signal } = this.#context;
    const lines = client.lines('import.begin', beginning(plan), signal);
    try {
      const { value: open } = await lines.next();
      if (open === undefined) throw stopped();
      const transferred = await this.#transfer(plan, open);
      // What was interrupted has no end: the gateway tells it when this command goes.
      if (transferred.interrupted === undefined)
        await client.call('import.end', { importId: open.importId, ...countsOf(transferred.results) });
      return this.#end(plan, open, transferred);
    } finally {
      await lines.return(undefined);
    }
  }

  async #transfer({ judged, identity, medium }: Plan, open: ImportOpen): Promise<Transferred> {
    const { signal, output } = this.#context;
    const pairs = [
      ...new Map(judged.map(({ object }) => [`${object.sopClassUid} ${object.transferSyntaxUid}`, object])).values(),
    ];
    const sender = new ImportSender(
      open,
      pairs.filter(({ sopClassUid }) => isUid(sopClassUid)),
      signal,
    );
    const bar = new Bar(this.#context);
    for (const { object } of judged) bar.found(object.looked.bytes);
    const transfer = new Transfer({
      ...{ sender, signal, paths: this.#paths, epochMs: open.sinceMs },
      coercion: identity && coercionOf(identity.reveal(), `Medium ${medium.fingerprint.slice(0, SOURCE_DIGITS)}`),
      onProgress: (bytes) => bar.done(bytes),
    });
    const transferred = await transfer.run(judged);
    await sender.release();
    output.redraw('');
    return transferred;
  }

  #end(plan: Plan, open: ImportOpen | undefined, transferred: Transferred | undefined): number {
    const { output } = this.#context;
    if (transferred !== undefined) this.#teller.receipt(transferred.results);
    const interrupted = transferred?.interrupted;
    if (interrupted !== undefined) output.error(output.of(interrupted.text), 'red');
    output.json(reportOf(plan, open?.importId, transferred));
    if (interrupted !== undefined) return IMPORT_EXIT.failed;
    return isWhole(plan, transferred) ? IMPORT_EXIT.whole : IMPORT_EXIT.notAll;
  }
}

/** Digits of the fingerprint that the copies name as the source of their old values. */
const SOURCE_DIGITS = 16;

function isWhole({ medium, judged }: Plan, transferred: Transferred | undefined): boolean {
  const isAllRead = medium.problems.length === 0 && medium.others.every(({ isInDoubt }) => !isInDoubt);
  const isAllClean = judged.every(({ fate }) => fate === 'copy');
  return isAllRead && isAllClean && (transferred?.results.every(({ outcome }) => outcome === 'stored') ?? true);
}

function beginning({ medium, judged, identity }: Plan) {
  const objects = judged.map(({ object }) => object);
  const count = (...verdicts: readonly Verdict[]) =>
    objects.filter(({ looked }: MediumObject) => verdicts.includes(looked.verdict)).length;
  const studies = [...new Set(objects.map(({ studyInstanceUid }) => studyInstanceUid))].filter(isUid);
  return {
    medium: medium.fingerprint,
    ...(identity === undefined ? {} : { identity: digestOf(identity) }),
    studies: studies.slice(0, MOST_STUDIES),
    objects: objects.length,
    clean: count('clean'),
    doubtful: count('suspicious'),
    dangerous: count('malformed', 'malicious'),
    otherFiles: medium.others.length,
  };
}

/** How far it is, on a terminal. */
class Bar {
  readonly #output: Context['output'];
  readonly #beganMs = systemClock.monotonicMs();
  #found = { files: 0, bytes: 0 };
  #done = { files: 0, bytes: 0 };

  constructor({ output }: Pick<Context, 'output'>) {
    this.#output = output;
  }

  async *counted(entries: AsyncIterable<Entry>): AsyncGenerator<Entry> {
    for await (const entry of entries) {
      this.found(entry.bytes);
      yield entry;
    }
  }

  found(bytes: number): void {
    this.#found = { files: this.#found.files + 1, bytes: this.#found.bytes + bytes };
  }

  done(bytes: number): void {
    this.#done = { files: this.#done.files + 1, bytes: this.#done.bytes + bytes };
    const elapsedMs = Math.max(1, systemClock.monotonicMs() - this.#beganMs);
    const rate = sizeWords((this.#done.bytes * 1000) / elapsedMs, this.#output.language);
    const bar = barWords(this.#found.bytes === 0 ? 1 : this.#done.bytes / this.#found.bytes);
    this.#output.redraw(`${bar} ${this.#done.files}/${this.#found.files}  ${rate}/s`);
  }
}

function noInput(): CliFailure {
  const sentence = text(
    'L’import lit le support plusieurs fois : donnez un dossier ou un fichier, pas l’entrée standard.',
    'An import reads the medium several times: give a folder or a file, not the standard input.',
  );
  return new CliFailure(EXIT.usage, sentence, 'import.standard-input');
}

function nothingThere(): CliFailure {
  const sentence = text('Aucun objet DICOM à importer.', 'No DICOM object to import.');
  return new CliFailure(EXIT.usage, sentence, 'import.nothing');
}

function stopped(): CliFailure {
  const sentence = text('Import arrêté : rien n’a été importé.', 'Import stopped: nothing was imported.');
  return new CliFailure(EXIT.usage, sentence, 'import.stopped');
}
