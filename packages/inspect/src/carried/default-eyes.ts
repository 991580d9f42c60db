import type { ContentEyeMaker } from './content.ts';
import { eicar } from './eicar.ts';
import { noise } from './noise.ts';
import { recognition } from './recognition.ts';

/** The eyes that look at contents wherever inspection runs; what needs rules or a service is added by who composes inspectors. */
export const DEFAULT_EYES: readonly ContentEyeMaker[] = [recognition, eicar, noise];
