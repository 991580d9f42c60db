import { type ElementHead, EXPLICIT_VR_BIG_ENDIAN, type Tag } from '@leadglass/dicom';
import type { InspectorMaker, Scene } from '@leadglass/inspect';
import { Phi } from '@leadglass/kit';
import { AttributeCollector, KEPT_ATTRIBUTES } from '@leadglass/query';

const KEPT: ReadonlySet<Tag> = new Set(Object.values(KEPT_ATTRIBUTES).flat());
/** Every object has what is kept before this tag. */
const LAST_KEPT = Math.max(...KEPT);
/** Real objects need some hundreds of characters; what goes beyond is left out of the catalogue. */
const LIMITS = { characters: 8192, elements: 300, items: 8, depth: 2 } as const;
/** Longest JSON of what is collected. */
export const MOST_CATALOGUED = 65_536;

/** Collects, beside the inspectors, what the catalogue keeps of an object: hand `maker` to an inspection and read `json` once it has ended. */
export class CataloguedAttributes {
  #collector = collectorFor(undefined);
  #isPast = false;

  readonly maker: InspectorMaker = (scene) => {
    const collector = collectorFor(scene);
    this.#collector = collector;
    const pass = (head: ElementHead): void => {
      this.#isPast ||= head.depth === 0 && head.tag > LAST_KEPT;
    };
    return {
      name: 'catalogued',
      beginning: (head, bytes) => {
        if (this.#isPast) return;
        pass(head);
        collector.beginning(head, bytes);
      },
      sequence: (head) => {
        pass(head);
        collector.sequence(head);
      },
      item: () => collector.item(),
      itemEnd: () => collector.itemEnd(),
      sequenceEnd: () => collector.sequenceEnd(),
      fragments: pass,
    };
  };

  /** Whether everything that is kept has been passed: what follows adds nothing. */
  get isPast(): boolean {
    return this.#isPast;
  }

  /** An AttributeSet as JSON; empty when it is too long to be kept. */
  get json(): Phi<string> {
    const json = JSON.stringify(this.#collector.attributes);
    return new Phi(json.length > MOST_CATALOGUED ? '' : json);
  }
}

function collectorFor(scene: Scene | undefined): AttributeCollector {
  const isLittle = scene?.context.transferSyntaxUid !== EXPLICIT_VR_BIG_ENDIAN;
  return new AttributeCollector({ isWanted: (tag) => KEPT.has(tag), limits: LIMITS, isLittle });
}
