import { Fault, type FaultOptions, type Retry, type Text, text } from '@leadglass/kit';

interface FaultKind {
  readonly retry: Retry;
  readonly text: Text;
}

/** Every failure this room reports. What the object itself makes impossible is an Obstacle and no fault. */
const FAULTS = {
  'rewrite.changed-between-passes': {
    retry: 'transient',
    text: text(
      'L’objet a changé entre la première et la seconde lecture ; la copie désarmée est abandonnée.',
      'The object changed between the first and the second reading; the disarmed copy is dropped.',
    ),
  },
  'rewrite.pixels-differ': {
    retry: 'permanent',
    text: text(
      'Les pixels de la copie désarmée ne sont pas ceux de l’original ; la copie est abandonnée.',
      'The pixels of the disarmed copy are not those of the original; the copy is dropped.',
    ),
  },
  'rewrite.copy-unreadable': {
    retry: 'permanent',
    text: text(
      'La copie désarmée ne se relit pas jusqu’au bout ; elle est abandonnée.',
      'The disarmed copy cannot be read to its end; it is dropped.',
    ),
  },
} as const satisfies Readonly<Record<string, FaultKind>>;

export type RewriteFaultCode = keyof typeof FAULTS;

/** The fault of this code. */
export function rewriteFault(code: RewriteFaultCode, options: FaultOptions = {}): Fault {
  return new Fault(code, FAULTS[code].retry, FAULTS[code].text, options);
}
