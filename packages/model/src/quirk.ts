import type { Text } from '@leadglass/kit';

/**
 * Findings that are everyday for some devices: from them they count as information. The device is told by what its objects say of
 * it and by the peer's title; a field that is absent matches anything, and `*` in a pattern any characters. Case means nothing.
 */
export interface Quirk {
  /** Our own name for it: letters, digits, `-`, `_`, `.`; at most 64 characters. */
  readonly name: string;
  /** Calling AE title of the peer. */
  readonly peer?: string;
  /** Pattern for Manufacturer (0008,0070). */
  readonly manufacturer?: string;
  /** Pattern for ManufacturerModelName (0008,1090). */
  readonly model?: string;
  /** Pattern for SoftwareVersions (0018,1020), as sent, several values joined by `\`. */
  readonly software?: string;
  /** Codes of findings: `structure.blank-vr`. */
  readonly accept: readonly string[];
  /** Only at a path that begins so: `(0028,0120)`. */
  readonly path?: string;
}

/** A quirk that Leadglass ships: why it is harmless, and where it was seen. */
export interface ShippedQuirk extends Quirk {
  readonly why: Text;
  /** The file, report or part of the standard it is known from. */
  readonly source: string;
}
