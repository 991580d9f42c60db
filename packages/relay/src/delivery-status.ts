/**
 * What a C-STORE status means for a delivery. `delivered`: the destination says it has the object, with a warning or not.
 * `transient`: try again, however long it takes. `doubtful`: try again some times, then a person has to look. `permanent`: this
 * object will never be taken as it is.
 */
export type StatusClass = 'delivered' | 'transient' | 'doubtful' | 'permanent';

interface StatusRange {
  readonly from: number;
  readonly to: number;
  readonly means: StatusClass;
  readonly meaning: string;
}

/** PS3.4 §B.2.3 and PS3.7 Annex C; the first row that holds a status decides, `permanent` when none does. */
export const STORE_STATUSES: readonly StatusRange[] = [
  { from: 0x0000, to: 0x0000, means: 'delivered', meaning: 'success' },
  { from: 0x0001, to: 0x0001, means: 'delivered', meaning: 'warning, requested optional attributes not supported' },
  { from: 0x0107, to: 0x0107, means: 'delivered', meaning: 'warning, attribute list error' },
  { from: 0x0110, to: 0x0110, means: 'doubtful', meaning: 'processing failure' },
  // The destination holds an object of this UID: ours from a try whose answer was lost, or it came by another way. The state
  // that was wanted is reached; the status stands in the record, and storage commitment settles it where it is offered.
  { from: 0x0111, to: 0x0111, means: 'delivered', meaning: 'duplicate SOP instance' },
  { from: 0x0116, to: 0x0116, means: 'delivered', meaning: 'warning, attribute value out of range' },
  { from: 0x0210, to: 0x0210, means: 'transient', meaning: 'duplicate invocation' },
  { from: 0x0213, to: 0x0213, means: 'transient', meaning: 'resource limitation' },
  { from: 0xa700, to: 0xa7ff, means: 'transient', meaning: 'refused: out of resources' },
  { from: 0xa800, to: 0xa8ff, means: 'permanent', meaning: 'refused: SOP class not supported' },
  { from: 0xa900, to: 0xa9ff, means: 'permanent', meaning: 'data set does not match SOP class' },
  { from: 0xb000, to: 0xbfff, means: 'delivered', meaning: 'warning: coerced, discarded or not matching elements' },
  { from: 0xc000, to: 0xcfff, means: 'permanent', meaning: 'cannot understand' },
  { from: 0xfe00, to: 0xfe00, means: 'doubtful', meaning: 'cancelled by the destination' },
  { from: 0xff00, to: 0xff01, means: 'doubtful', meaning: 'pending: not an answer to C-STORE' },
];

/** What `status` means for a delivery. */
export function storeStatusClass(status: number): StatusClass {
  return STORE_STATUSES.find(({ from, to }) => status >= from && status <= to)?.means ?? 'permanent';
}

/** A status as the standard prints it: `A700H`. */
export function statusName(status: number): string {
  return `${status.toString(16).toUpperCase().padStart(4, '0')}H`;
}
