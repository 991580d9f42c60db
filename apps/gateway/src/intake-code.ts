import { fileURLToPath } from 'node:url';
import type { SandboxedProgram } from './compiled-code.ts';

/** What an intake runs. */
export const INTAKE_ENTRY = fileURLToPath(new URL('./intake.ts', import.meta.url));
/**
 * V8's flags for an intake. It keeps next to nothing: a small young generation costs it no speed and half its memory. Compiling at the
 * first call rather than the hundredth makes the first images after a start nearly as fast as all others (docs/performance.md).
 */
export const V8_FLAGS: readonly string[] = [
  '--max-semi-space-size=2',
  '--always-sparkplug',
  '--no-lazy-feedback-allocation',
];
/** Compiled once and for all saves each intake 30 MB and a third of a second. */
export const INTAKE: SandboxedProgram = { name: 'intake', entry: INTAKE_ENTRY, flags: V8_FLAGS };
