import { DeclaredCollector } from '../codec/collected.ts';
import { Frames } from '../codec/frames.ts';
import { type DeclaredImage, familyOf } from '../codec/image.ts';
import { type FrameRoom, FrameSample, type KeptFrame } from '../codec/sample.ts';
import { TRIAL_KINDS } from '../codec/trial-kinds.ts';
import type { DecodeOutcome } from '../decode/frame.ts';
import type { FindingKind, InspectorMaker, Scene } from '../inspector.ts';

/**
 * What a trial came to. Besides the decoder's own words: `crashed`, the process that decoded died; `slow`, it had to be ended, twice;
 * `unavailable`, none could be asked.
 */
export type TrialOutcome = DecodeOutcome['kind'] | 'crashed' | 'slow' | 'unavailable';

/** Decodes frames in a process that may be lost. Never rejects. */
export interface TrialDecoder {
  /** @param frame the whole compressed frame. */
  trial(frame: Uint8Array, image: DeclaredImage): Promise<TrialOutcome>;
}

/**
 * An inspector that has some frames of each compressed image decoded by `decoder`, when the object is settled (INSPECT-180 to 183).
 * @param room memory that the objects of a process share; without it each has bounds of its own alone.
 */
export function codecTrial(decoder: TrialDecoder, room?: FrameRoom): InspectorMaker {
  return function trial(scene) {
    const { transferSyntaxUid } = scene.context;
    const family = familyOf(transferSyntaxUid);
    const name = 'codec-trial';
    if (family === undefined) return { name };
    const declared = new DeclaredCollector(transferSyntaxUid);
    const sample = new FrameSample(room);
    const frames = new Frames(
      {
        begin: (frame, _lead, offset) => sample.begin(frame, declared.frames, offset),
        bytes: (piece) => sample.bytes(piece),
        end: () => sample.end(),
        over: () => {},
      },
      () => family,
      () => declared.frames === 1,
    );
    return {
      name,
      beginning: (head, bytes) => declared.beginning(head, bytes),
      ...frames.listening(),
      settle: () => settle(scene, decoder, sample, declared.image, family === 'deflate'),
      discard: () => sample.clear(),
    };
  };
}

async function settle(
  scene: Scene,
  decoder: TrialDecoder,
  sample: FrameSample,
  image: DeclaredImage,
  isDeflate: boolean,
): Promise<void> {
  if (sample.isTooLarge) scene.unfinished(TRIAL_KINDS.unfinished);
  const told = new Set<FindingKind>();
  for (const kept of sample.kept) {
    const kind = kindOf(await decoder.trial(kept.bytes, image), isDeflate);
    if (kind === undefined || told.has(kind)) continue;
    told.add(kind);
    report(scene, kind, kept);
    // Another frame would cost the same time again, and say no more.
    if (kind === TRIAL_KINDS.slow || kind === TRIAL_KINDS.unfinished) break;
  }
  sample.clear();
}

function report(scene: Scene, kind: FindingKind, { offset }: KeptFrame): void {
  if (kind === TRIAL_KINDS.unfinished) scene.unfinished(kind);
  else scene.find(kind, { path: '(7FE0,0010)', offset });
}

function kindOf(outcome: TrialOutcome, isDeflate: boolean): FindingKind | undefined {
  switch (outcome) {
    case 'refused':
      return TRIAL_KINDS.refused;
    case 'trapped':
    case 'crashed':
      return TRIAL_KINDS.trapped;
    case 'slow':
      return TRIAL_KINDS.slow;
    // Where a frame has a header of its own, `encapsulated` and `codec` have told of its size.
    case 'larger':
      return isDeflate ? TRIAL_KINDS.bomb : undefined;
    case 'too-large':
    case 'unavailable':
      return TRIAL_KINDS.unfinished;
    case 'decoded':
    case 'unsupported':
      return undefined;
  }
}
