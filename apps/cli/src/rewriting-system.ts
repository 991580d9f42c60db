import { systemClock } from '@leadglass/kit';
import { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME } from '@leadglass/model';
import type { RewritingSystem } from '@leadglass/rewrite';

/** What copies made by this command say who made them. @param epochMs when, wall time. */
export function rewritingSystem(epochMs: number = systemClock.now()): RewritingSystem {
  return {
    name: 'LEADGLASS',
    manufacturer: 'Leadglass',
    model: 'Leadglass',
    version: IMPLEMENTATION_VERSION_NAME,
    epochMs,
    implementationClassUid: IMPLEMENTATION_CLASS_UID,
    implementationVersionName: IMPLEMENTATION_VERSION_NAME,
  };
}
