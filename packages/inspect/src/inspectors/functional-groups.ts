import { TAG, type Tag } from '@leadglass/dicom';
import { latin1 } from '../bytes.ts';
import type { Inspector, Scene } from '../inspector.ts';
import { kindsOf } from '../kind.ts';
import { countOf } from './pixel-module.ts';

const kind = kindsOf('functional-groups');

/** What the descriptions of the frames can contradict. */
export const FUNCTIONAL_GROUP_KINDS = {
  fewer: kind(
    'fewer',
    'malformed',
    'PS3.3 §C.7.6.16',
    'L’objet décrit moins d’images (trames) qu’il n’en annonce : un logiciel lirait au-delà de la liste.',
    'The object describes fewer frames than it declares: a program would read beyond the list.',
  ),
  more: kind(
    'more',
    'information',
    'PS3.3 §C.7.6.16',
    'L’objet décrit plus d’images (trames) qu’il n’en annonce ; des logiciels qui en retirent laissent les descriptions.',
    'The object describes more frames than it declares: programs that take frames out leave their descriptions.',
  ),
} as const;

const PER_FRAME: Tag = 0x52009230;

/** Number of Frames against the items of the Per-Frame Functional Groups Sequence (INSPECT-199). */
export function functionalGroups(scene: Scene): Inspector {
  let frames = -1;
  let depth = 0;
  let described = -1;
  let offset = 0;
  return {
    name: 'functional-groups',
    beginning(head, bytes): void {
      if (head.tag === TAG.NumberOfFrames && head.depth === 0) frames = countOf(latin1(bytes));
    },
    sequence(head): void {
      if (head.tag !== PER_FRAME || head.depth !== 0) return;
      described = 0;
      offset = head.offset;
    },
    item(): void {
      if (depth === 0 && described >= 0) described += 1;
      depth += 1;
    },
    itemEnd(): void {
      depth = Math.max(0, depth - 1);
    },
    sequenceEnd(): void {
      if (depth !== 0 || described < 0) return;
      const at = { path: '(5200,9230)', offset };
      // An empty list describes nothing: programs that read frames without it do.
      if (described > 0 && frames > described) scene.find(FUNCTIONAL_GROUP_KINDS.fewer, at);
      else if (frames > 0 && described > frames) scene.find(FUNCTIONAL_GROUP_KINDS.more, at);
      described = -1;
    },
  };
}
