import { readFileSync } from 'node:fs';
import {
  carried,
  clamav,
  codecTrial,
  eicar,
  firstInspectors,
  type InspectorMaker,
  OUR_RULES,
  pdf,
  RULE_LIMITS,
  type RuleProblem,
  type StreamScanner,
  type TrialDecoder,
  xml,
  YARA_WASM,
  YaraEngine,
  yara,
} from '@leadglass/inspect';
import { readRuleFiles } from '@leadglass/wire';

/** Which inspectors look at what: composed here and nowhere else, in each worker, once. */
export interface Inspectors {
  /** For DICOM objects. */
  readonly dicom: readonly InspectorMaker[];
  /** For what is no DICOM object: shown to them as one encapsulated document. Malware and document inspectors, not those of structure. */
  readonly foreign: readonly InspectorMaker[];
}

/** A set of rules that cannot be used: all that is wrong with it, a line each. */
export class BadRules extends Error {
  readonly problems: readonly RuleProblem[];

  constructor(problems: readonly RuleProblem[]) {
    super(JSON.stringify(problems));
    this.problems = problems;
  }
}

/**
 * Every inspector there is. Rejects with BadRules.
 * @param rulesDir folder of the site's own YARA rules. @param trials decodes frames; without it none is tried.
 * @param scanner ClamAV; without it nothing is shown to it.
 */
export async function composeInspectors(
  rulesDir: string | undefined,
  trials?: TrialDecoder,
  scanner?: StreamScanner,
): Promise<Inspectors> {
  const late = trials === undefined ? [] : [codecTrial(trials)];
  const shown = scanner === undefined ? [] : [clamav(scanner)];
  const malware = yara(await engineWith(rulesDir));
  // A file on a disk is what it says it is: nothing of it is disguised, but what is malware anywhere is found, packed or not.
  const foreign = [pdf, xml, carried([eicar, malware]), ...shown];
  return { dicom: [...firstInspectors([malware]), ...late, ...shown], foreign };
}

async function engineWith(rulesDir: string | undefined): Promise<YaraEngine> {
  const ours = readRuleFiles(OUR_RULES, RULE_LIMITS);
  const site = rulesDir === undefined ? { files: [], problems: [] } : readRuleFiles(rulesDir, RULE_LIMITS);
  const options = { wasm: () => readFileSync(YARA_WASM), nowMs: () => performance.now() };
  const sources = { leadglass: ours.files, site: site.files };
  // Ours are compiled and tried by their own tests; the site's are compiled here first.
  if (rulesDir === undefined && ours.problems.length === 0) return YaraEngine.openKnown(options, sources);
  const opened = await YaraEngine.open(options, sources);
  const problems = [...ours.problems, ...site.problems, ...('problems' in opened ? opened.problems : [])];
  if (problems.length > 0 || !('engine' in opened)) throw new BadRules(problems);
  return opened.engine;
}
