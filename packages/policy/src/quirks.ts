import { type Finding, type Quirk, UNREADABLE } from '@leadglass/model';
import type { Flow } from './flow.ts';
import { matchesPattern } from './glob.ts';
import { SHIPPED_QUIRKS } from './shipped-quirks.ts';

/** Who an object says it comes from, and who brought it. Values as sent, bounded; empty when the object does not say. */
export interface Device {
  /** Calling AE title. */
  readonly peer: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly software: string;
}

export const UNKNOWN_DEVICE: Device = { peer: '', manufacturer: '', model: '', software: '' };

/** The quirks that count in a flow: the site's own, and what is shipped unless the flow is strict. */
export function quirksInForce(flow: Flow, ownOfSite: readonly Quirk[]): readonly Quirk[] {
  return flow.strictness === 'strict' ? ownOfSite : [...ownOfSite, ...SHIPPED_QUIRKS];
}

/** Whether the quirk is one of this device. One that names neither peer nor manufacturer is nobody's. */
export function isQuirkOf(quirk: Quirk, device: Device): boolean {
  if (quirk.peer === undefined && quirk.manufacturer === undefined) return false;
  if (quirk.peer !== undefined && quirk.peer !== device.peer) return false;
  return (
    isMatch(quirk.manufacturer, device.manufacturer) &&
    isMatch(quirk.model, device.model) &&
    isMatch(quirk.software, device.software)
  );
}

function isMatch(pattern: string | undefined, value: string): boolean {
  return pattern === undefined || (value !== '' && matchesPattern(pattern, value));
}

/**
 * The findings as they count for this device: what is everyday for it becomes information, all the rest stays. What is malicious, and
 * that an object cannot be read to its end, no quirk excuses: anybody can write a maker's name into an object.
 */
export function easeQuirks(findings: readonly Finding[], device: Device, quirks: readonly Quirk[]): readonly Finding[] {
  if (findings.every(isBeyondQuirks)) return findings;
  const known = quirks.filter((quirk) => isQuirkOf(quirk, device));
  if (known.length === 0) return findings;
  return findings.map((finding) =>
    !isBeyondQuirks(finding) && known.some((quirk) => accepts(quirk, finding))
      ? { ...finding, severity: 'information' }
      : finding,
  );
}

/** Names of the quirks that excuse something among these findings of this device. */
export function usedQuirks(findings: readonly Finding[], device: Device, quirks: readonly Quirk[]): readonly string[] {
  const excusable = findings.filter((finding) => !isBeyondQuirks(finding));
  return quirks
    .filter((quirk) => isQuirkOf(quirk, device) && excusable.some((finding) => accepts(quirk, finding)))
    .map(({ name }) => name);
}

function accepts(quirk: Quirk, finding: Finding): boolean {
  return quirk.accept.includes(finding.code) && (quirk.path === undefined || finding.path.startsWith(quirk.path));
}

function isBeyondQuirks({ severity, code }: Finding): boolean {
  return severity === 'information' || severity === 'malicious' || code === UNREADABLE;
}
