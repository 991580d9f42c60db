import { byGroup } from '../by-group.ts';
import { extendedOffsets } from './extended-offsets.ts';
import { functionalGroups } from './functional-groups.ts';
import { lut } from './lut.ts';
import { overlay } from './overlay.ts';
import { waveform } from './waveform.ts';

/** What declares its own size somewhere else in the object: tables, overlays, curves, frames (INSPECT-194 to 200). */
export const declared = byGroup('declared', [
  { make: lut, looksAt: (group) => group === 0x0028 },
  { make: overlay, looksAt: (group) => group >>> 8 === 0x60 && group % 2 === 0 },
  { make: waveform, looksAt: (group) => group === 0x003a || group === 0x5400 },
  { make: functionalGroups, looksAt: (group) => group === 0x0028 || group === 0x5200 },
  { make: extendedOffsets, looksAt: (group) => group === 0x7fe0 },
]);
