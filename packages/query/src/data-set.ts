import {
  combine,
  DataSetReader,
  DEFAULT_READER_LIMITS,
  type ElementHead,
  EXPLICIT_VR_BIG_ENDIAN,
  SILENT_HANDLER,
  type Tag,
  type TokenHandler,
} from '@leadglass/dicom';
import { concatBytes } from '@leadglass/kit';
import { AttributeCollector, type CollectLimits } from './collect.ts';
import type { AttributeSet } from './types.ts';

/** What one small data set says. */
export interface ReadDataSet {
  readonly attributes: AttributeSet;
  /** VRs as the data set or the dictionary has them, of its own level, in its order. */
  readonly vrs: ReadonlyMap<Tag, string>;
  readonly charset: string;
  /** The data set cannot be read to its end, or holds more than the limits allow. */
  readonly isBroken: boolean;
}

/** Reads a whole data set that was collected within bounds of its own (an identifier of a query, an answer to one). Never throws. */
export function readDataSet(bytes: Uint8Array, transferSyntaxUid: string, limits: CollectLimits): ReadDataSet {
  const isLittle = transferSyntaxUid !== EXPLICIT_VR_BIG_ENDIAN;
  const collector = new AttributeCollector({ isWanted: () => true, limits, isLittle });
  const vrs = new Map<Tag, string>();
  let isFatal = false;
  const handler = combine(wholeValues(collector), {
    ...SILENT_HANDLER,
    element: (head) => note(vrs, head),
    sequence: (head) => note(vrs, head),
    irregularity: (irregularity) => {
      isFatal ||= irregularity.isFatal || irregularity.code.startsWith('truncated');
    },
  });
  const reader = new DataSetReader({
    transferSyntaxUid,
    handler,
    limits: { ...DEFAULT_READER_LIMITS, depth: limits.depth + 2, elements: limits.elements, inflatedBytes: 2 ** 20 },
  });
  reader.push(bytes);
  reader.end();
  const { attributes, charset, isCut } = collector;
  return { attributes, vrs, charset, isBroken: isFatal || reader.isDead || isCut };
}

function note(vrs: Map<Tag, string>, { tag, vr, depth }: ElementHead): void {
  if (depth === 0 && !vrs.has(tag)) vrs.set(tag, vr);
}

/** Hands a collector each value whole: the data set itself is bounded. */
function wholeValues(collector: AttributeCollector): TokenHandler {
  let parts: Uint8Array[] = [];
  let open: ElementHead | undefined;
  return {
    ...SILENT_HANDLER,
    element: (head) => {
      open = { ...head };
      parts = [];
    },
    value: (bytes) => void parts.push(bytes.slice()),
    elementEnd: () => {
      if (open !== undefined) collector.beginning(open, concatBytes(...parts));
      open = undefined;
    },
    sequence: (head) => collector.sequence(head),
    item: () => collector.item(),
    itemEnd: () => collector.itemEnd(),
    sequenceEnd: () => collector.sequenceEnd(),
  };
}
