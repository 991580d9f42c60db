import type { Tag } from '@leadglass/dicom';
import type { Text } from '@leadglass/kit';
import { elementSteps, natureOf, TREATMENT_OF, type Treatment } from './nature.ts';
import { type Obstacle, type ObstacleCode, obstacle } from './obstacle.ts';
import { pathOf, type Step, stepsOf } from './place.ts';

/** What planning reads of a finding: room inspect's findings have this shape. */
export interface FindingToTreat {
  readonly code: string;
  readonly severity: 'information' | 'suspicious' | 'malformed' | 'malicious';
  readonly path: string;
  readonly text?: Text;
}

/** What is to be done to one object, besides what is done to all: canonical structure, new file header, nothing behind the end. */
export interface DisarmPlan {
  /** By path, as findings write it. */
  readonly treatments: ReadonlyMap<string, Treatment>;
  /** Tags of the treated elements: most elements are passed by these alone. */
  readonly tags: ReadonlySet<Tag>;
  /** Why no copy can be made; empty when one can be tried. */
  readonly obstacles: readonly Obstacle[];
  /** Findings about the object as a whole that nothing is done about; the copy's own inspection says whether they are gone. */
  readonly doubts: readonly string[];
  /** Why a document is withdrawn, for its notice. */
  readonly reasons: readonly Text[];
}

type Rule = 'form' | 'by-nature' | 'recast' | ObstacleCode;

/** What is remedied by writing the object anew, whatever it holds. */
const BY_FORM: ReadonlySet<string> = new Set(['meta', 'preamble', 'trailing', 'sop']);
/** What each finding of the structure asks for; the others leave the object unreadable. */
const STRUCTURE: Readonly<Record<string, Rule>> = {
  'out-of-order': 'form',
  'duplicate-element': 'form',
  'group-0000-element': 'form',
  'group-0002-element': 'form',
  'illegal-group': 'form',
  'unknown-vr': 'form',
  'blank-vr': 'form',
  'implicit-in-explicit': 'form',
  'delimiter-out-of-place': 'form',
  'group-length-absurd': 'form',
  'not-an-item': 'by-nature',
  'undefined-length-not-allowed': 'by-nature',
  'length-beyond-parent': 'by-nature',
};
const OTHERS: Readonly<Record<string, Rule>> = {
  'meta.unknown-transfer-syntax': 'rewrite.transfer-syntax',
  'path.file-id': 'rewrite.directory',
  'vr.wrong': 'recast',
  'pixels.attribute-length': 'recast',
};
const FAMILIES: Readonly<Record<string, Rule>> = {
  pixels: 'rewrite.pixels',
  encapsulated: 'rewrite.pixels',
  codec: 'rewrite.pixels',
  directory: 'rewrite.directory',
};
const PIXEL_DATA_PATH = '(7FE0,0010)';
/** Of the file header, which is written anew whatever it holds. */
const FILE_META_PATH = '(0002,';
const MOST_REASONS = 4;

/**
 * Plans how an object with these findings is made harmless. Pure. What a treatment needs beyond the findings is seen when the object
 * is rewritten, and can still end in an obstacle. Information is left alone.
 */
export function planDisarm(findings: readonly FindingToTreat[]): DisarmPlan {
  const draft = new Draft();
  const grave = findings.filter((finding) => finding.severity !== 'information');
  // What is said of an element's VR explains what is said of its length.
  const isRecast = (one: FindingToTreat): boolean => one.code === 'vr.wrong';
  for (const finding of grave.filter(isRecast)) draft.take(finding);
  for (const finding of grave.filter((one) => !isRecast(one))) draft.take(finding);
  return draft.plan();
}

class Draft {
  readonly #treatments = new Map<string, Treatment>();
  readonly #tags = new Set<Tag>();
  readonly #obstacles: Obstacle[] = [];
  readonly #doubts: string[] = [];
  readonly #reasons: Text[] = [];
  /** Whether anything is remedied by writing the object anew. */
  #isFormRemedied = false;

  plan(): DisarmPlan {
    const [doubt] = this.#doubts;
    const isInVain = doubt !== undefined && this.#treatments.size === 0 && !this.#isFormRemedied;
    return {
      treatments: this.#treatments,
      tags: this.#tags,
      obstacles: isInVain ? [...this.#obstacles, obstacle('rewrite.whole-object', doubt)] : this.#obstacles,
      doubts: this.#doubts,
      reasons: this.#reasons,
    };
  }

  take(finding: FindingToTreat): void {
    const rule = ruleOf(finding);
    if (rule === 'form') this.#isFormRemedied = true;
    else if (rule === 'recast') this.#recast(finding);
    else if (rule === 'by-nature') this.#byNature(finding);
    else this.#refuse(rule, finding);
  }

  #refuse(code: ObstacleCode, { code: finding, path }: FindingToTreat): void {
    this.#obstacles.push(obstacle(code, finding, path));
  }

  #recast(finding: FindingToTreat): void {
    const steps = stepsOf(finding.path);
    if (steps === undefined) this.#doubts.push(finding.code);
    else if (finding.code === 'vr.wrong') this.#treat(steps, 'recast');
    else if (this.#treatments.get(pathOf(steps)) !== 'recast') this.#refuse('rewrite.pixels', finding);
  }

  #byNature(finding: FindingToTreat): void {
    const steps = elementSteps(stepsOf(finding.path) ?? []);
    if (steps.length === 0) {
      this.#doubts.push(finding.code);
      return;
    }
    const nature = natureOf(steps);
    const isStructure = finding.code.startsWith('structure.');
    const treatment = isStructure && nature !== 'private' ? removalOf(nature) : TREATMENT_OF[nature];
    if (treatment === undefined)
      this.#refuse(nature === 'pixels' ? 'rewrite.pixels' : 'rewrite.medical-content', finding);
    else this.#treat(steps, treatment);
    const isNew = finding.text !== undefined && this.#reasons.every((one) => one.en !== finding.text?.en);
    if (treatment === 'notice' && isNew && this.#reasons.length < MOST_REASONS)
      this.#reasons.push(finding.text as Text);
  }

  /** A graver treatment is not undone by a lighter one. */
  #treat(steps: readonly Step[], treatment: Treatment): void {
    const path = pathOf(steps);
    const known = this.#treatments.get(path);
    if (known === undefined || RANK[treatment] > RANK[known]) this.#treatments.set(path, treatment);
    this.#tags.add(steps.at(-1)?.tag ?? 0);
  }
}

const RANK: Readonly<Record<Treatment, number>> = { recast: 0, clean: 1, 'new-uid': 1, empty: 2, notice: 3, remove: 3 };

/** What is no sequence, or lies about its length, is removed whole where nothing medical is lost. */
function removalOf(nature: ReturnType<typeof natureOf>): Treatment | undefined {
  if (nature === 'pixels' || nature === 'medical' || nature === 'class') return undefined;
  return nature === 'document' ? 'notice' : 'remove';
}

function ruleOf({ code, path }: FindingToTreat): Rule {
  const at = code.indexOf('.');
  const family = code.slice(0, at);
  const known = OTHERS[code] ?? FAMILIES[family];
  if (known !== undefined) return known;
  if (BY_FORM.has(family) || path.startsWith(FILE_META_PATH)) return 'form';
  return family === 'structure' ? structureRule(code.slice(at + 1), path) : 'by-nature';
}

function structureRule(what: string, path: string): Rule {
  const isPixels = path === PIXEL_DATA_PATH;
  // The delimiter behind the last fragment alone is missing: every fragment is there, and their number is checked elsewhere.
  if (what === 'truncated-sequence' && isPixels) return 'form';
  if (what === 'duplicate-element') return duplicateRule(path);
  return STRUCTURE[what] ?? 'rewrite.unreadable';
}

/** The first of two is kept, unless it matters which: nobody but a person says which image or measurement is the right one. */
function duplicateRule(path: string): Rule {
  const steps = stepsOf(path);
  if (steps === undefined) return 'form';
  const nature = natureOf(steps);
  return nature === 'pixels' || nature === 'medical' ? 'rewrite.medical-content' : 'form';
}
