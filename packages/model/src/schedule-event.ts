import type { Text } from '@leadglass/kit';

/** Facts of what devices go on working with while an information system is away. */
export interface ScheduleFacts {
  /** The worklist of an information system is kept: for the first time, or again. `entries`: over `days`. */
  'schedule.kept': { destination: string; days: number; entries: number };
  /** It could not be asked, or not to the end: what was kept before stays. */
  'schedule.not-kept': { destination: string; why: Text };
  /**
   * A message on a performed procedure step that waited here has reached its information system. `status`: as it answered; 0111 or 0110 where
   * an earlier try of ours had reached it.
   */
  'step.delivered': StepFacts;
  /** It has not, and is not tried any more. */
  'step.refused': StepFacts & { why: Text };
  /** Nothing waits for the information system any more. `sinceMs`: when the first of these messages came. */
  'steps.given-back': { destination: string; delivered: number; refused: number; sinceMs: number };
  /** A person registered a patient and an order. `number`: temporary; `patient`: pseudonym. */
  'registration.added': Registration & { station: string; modality: string; studyInstanceUid: string };
  'registration.corrected': Registration & { studyInstanceUid: string };
  'registration.cancelled': Registration & { studyInstanceUid: string; reason: string };
}

interface StepFacts {
  destination: string;
  /** AE title of the device. */
  peer: string;
  stepUid: string;
  message: 'create' | 'set';
  status: number;
  /** Since the device was answered. */
  waitedMs: number;
}

interface Registration {
  by: string;
  number: string;
  patient: string;
}
