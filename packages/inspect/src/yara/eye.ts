import { text } from '@leadglass/kit';
import { printable, type Severity } from '@leadglass/model';
import type { Content, ContentEye, ContentEyeMaker } from '../carried/content.ts';
import type { FindingKind, Scene } from '../inspector.ts';
import { kindsOf } from '../kind.ts';
import type { YaraEngine } from './engine.ts';
import type { Match, RuleSet } from './rule-set.ts';
import { OVERLAP_BYTES, WINDOW_BYTES, type Window, Windows } from './window.ts';

/** The gate looks at so much at a time, while it is still in the processor's nearest caches. */
const LOOK_BYTES = 32 * 1024;
/** Scans of one object. Each costs milliseconds, and no innocent object holds what rules look for so often. */
export const MOST_SCANS = 64;
/** Scans of one object for rules that need nothing the gate could look for. */
export const MOST_HEAVY_SCANS = 16;
/** Values shorter than this are not shown to such rules. */
const LEAST_HEAVY_BYTES = 1024;

const kind = kindsOf('yara');
export const YARA_KINDS = {
  decoys: kind(
    'too-many',
    'suspicious',
    '',
    'L’objet contient plus d’éléments proches d’un code malveillant qu’on ne peut en examiner : cela n’arrive pas par hasard.',
    'The object holds more parts that resemble malicious code than can be examined: that does not happen by chance.',
  ),
  heavy: kind(
    'too-heavy',
    'information',
    '',
    'Des règles YARA du site demandent trop d’examens pour cet objet : il n’a pas été regardé en entier avec elles.',
    'YARA rules of the site ask for too many scans of this object: it was not wholly looked at with them.',
  ),
  down: kind(
    'unavailable',
    'information',
    '',
    'Les règles YARA n’ont pas pu être appliquées à cet objet.',
    'The YARA rules could not be applied to this object.',
  ),
  off: kind(
    'rules-off',
    'information',
    '',
    'Une règle YARA trop lente ou défaillante a été mise hors service : l’objet n’a pas été regardé avec elle.',
    'A YARA rule that was too slow or broke has been switched off: the object was not looked at with it.',
  ),
} as const;

/** What the eyes of one object, one for each depth of unpacking, have in common. */
interface Shared {
  readonly set: RuleSet;
  readonly told: Set<FindingKind>;
  scans: number;
  heavyScans: number;
}

/** The eye that looks at contents with YARA rules: with the set in force when the object begins. */
export function yara(engine: YaraEngine): ContentEyeMaker {
  const windows = new Windows();
  const objects = new WeakMap<Scene, Shared>();
  const maker: ContentEyeMaker = (scene) => {
    const shared = objects.get(scene) ?? { set: engine.set, told: new Set(), scans: 0, heavyScans: 0 };
    objects.set(scene, shared);
    return new YaraEye(scene, engine, windows, shared);
  };
  return Object.defineProperty(maker, 'name', { value: 'yara' });
}

class YaraEye implements ContentEye {
  readonly name = 'yara';
  readonly #scene: Scene;
  readonly #engine: YaraEngine;
  readonly #windows: Windows;
  readonly #set: RuleSet;
  readonly #shared: Shared;
  // Of the content under the eye.
  #content: Content | undefined;
  #window: Window | undefined;
  readonly #found = new Set<number>();
  readonly #codes = new Set<string>();
  #held = 0;
  #looked = 0;
  #isFirst = true;

  constructor(scene: Scene, engine: YaraEngine, windows: Windows, shared: Shared) {
    this.#scene = scene;
    this.#engine = engine;
    this.#windows = windows;
    this.#set = shared.set;
    this.#shared = shared;
  }

  begin(content: Content): boolean {
    if (content.length !== undefined && content.length < this.#set.leastBytes) return false;
    this.#content = content;
    this.#window ??= this.#windows.take();
    this.#reset(0);
    this.#isFirst = true;
    this.#codes.clear();
    return true;
  }

  bytes(view: Uint8Array): void {
    const window = this.#window;
    if (window === undefined) return;
    for (let at = 0; at < view.length; ) {
      const taken = Math.min(view.length - at, WINDOW_BYTES - this.#held, LOOK_BYTES);
      window.bytes.set(taken === view.length ? view : view.subarray(at, at + taken), this.#held);
      this.#held += taken;
      at += taken;
      if (this.#held - this.#looked >= LOOK_BYTES) this.#look(window);
      if (this.#held === WINDOW_BYTES && at < view.length) this.#next(window);
    }
  }

  end(): void {
    const window = this.#window;
    if (window === undefined) return;
    this.#judge(window);
    this.#windows.giveBack(window);
    this.#window = undefined;
  }

  #reset(held: number): void {
    [this.#held, this.#looked] = [held, 0];
    this.#found.clear();
  }

  /** What may lie across the end of what was looked at is looked at again. */
  #look(window: Window): void {
    const { gate } = this.#set;
    gate.look(window, this.#looked, this.#held, this.#found);
    this.#looked = Math.max(0, (this.#held - gate.longest) & ~3);
  }

  /** The window is full: it is judged, and its end is the beginning of the next, so that nothing lies across unseen. */
  #next(window: Window): void {
    this.#judge(window);
    window.bytes.copyWithin(0, WINDOW_BYTES - OVERLAP_BYTES, WINDOW_BYTES);
    this.#reset(OVERLAP_BYTES);
    this.#isFirst = false;
  }

  #judge(window: Window): void {
    this.#look(window);
    if (this.#isFirst) for (const rule of this.#set.gate.beginning(window.bytes, this.#held)) this.#found.add(rule);
    if (this.#found.size > 0) this.#scan(window);
    else if (this.#isFirst && this.#set.hasHeavy && this.#isForHeavy()) this.#scanHeavy(window);
  }

  #isForHeavy(): boolean {
    const { role } = this.#content as Content;
    const isLong = this.#held >= LEAST_HEAVY_BYTES;
    return role === 'file' || ((role === 'value' || role === 'text') && isLong) || ALWAYS.has(role);
  }

  #scanHeavy(window: Window): void {
    this.#shared.heavyScans += 1;
    if (this.#shared.heavyScans > MOST_HEAVY_SCANS) this.#unfinished(YARA_KINDS.heavy);
    else this.#scan(window);
  }

  #scan(window: Window): void {
    this.#shared.scans += 1;
    if (this.#shared.scans > MOST_SCANS) return this.#unfinished(YARA_KINDS.decoys);
    const matches = this.#engine.scan(this.#set, window.bytes.subarray(0, this.#held), this.#found);
    if (matches === undefined) this.#unfinished(YARA_KINDS.down);
    else for (const match of matches) this.#tell(match);
    if (this.#engine.state.off.length > 0) this.#unfinished(YARA_KINDS.off);
  }

  #tell(match: Match): void {
    if (!this.#isFirst && (match.rule.isAnchored || !match.hasPattern)) return;
    const found = kindOf(match);
    if (this.#codes.has(found.code)) return;
    this.#codes.add(found.code);
    this.#scene.find(found);
  }

  #unfinished(why: FindingKind): void {
    if (this.#shared.told.has(why)) return;
    this.#shared.told.add(why);
    this.#scene.unfinished(why);
  }
}

const ALWAYS: ReadonlySet<Content['role']> = new Set(['document', 'trailing', 'member']);

const SEVERITIES: ReadonlySet<string> = new Set<Severity>(['malicious', 'suspicious', 'information']);
const MOST_NAME = 64;
const MOST_SENTENCE = 300;
const MOST_CITES = 150;

/** A finding out of a match: the rule's own words, made safe to print; never a byte of the object. */
export function kindOf({ rule, metadata }: Match): FindingKind {
  const name = rule.name.replace(/[^A-Za-z0-9_]/g, '_').slice(0, MOST_NAME);
  const asked = metadata.get('severity') ?? '';
  const word = (key: string, most: number) => printable((metadata.get(key) ?? '').trim(), most);
  const en = word('description', MOST_SENTENCE);
  const fr = word('description_fr', MOST_SENTENCE) || en;
  const cites = word('reference', MOST_CITES);
  return {
    inspector: 'yara',
    code: `yara.${rule.namespace}.${name}`,
    severity: (SEVERITIES.has(asked) ? asked : 'malicious') as Severity,
    text: text(
      fr || `La règle YARA ${name} reconnaît un contenu dangereux dans cet objet.`,
      en || `The YARA rule ${name} recognises dangerous content in this object.`,
    ),
    cites,
  };
}
