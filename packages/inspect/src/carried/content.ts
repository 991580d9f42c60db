import type { Scene } from '../inspector.ts';
import type { Packing } from './depot.ts';

/**
 * Where a content stands: `file`, the beginning of a Part 10 file as it lies on the medium, preamble first; `value`, a binary value;
 * `text`, a text that may be long; `document`, an encapsulated one; `pixels`, uncompressed pixel data; `frame`, a fragment of compressed
 * ones; `trailing`, what follows the data set, or the end of a compressed frame; `member`, what another content unpacks to.
 */
export type ContentRole = 'file' | 'value' | 'text' | 'document' | 'pixels' | 'frame' | 'trailing' | 'member';

/** Something an object carries in which a file of another kind could hide. */
export interface Content {
  readonly role: ContentRole;
  /** Bytes, as declared; undefined when not known beforehand. Hostile: never to be allocated. */
  readonly length: number | undefined;
  /** How often something was unpacked to come here; 0 in the object itself. */
  readonly depth: number;
  /** Whether a manufacturer's own element, or one no dictionary knows, holds it. */
  readonly isPrivate: boolean;
  /** Who reserved the private block it stands in (PS3.5 §7.8.1), padding off, at most 64 characters; empty when nobody or not private. */
  readonly creator: string;
  /** Of a member: the role of what it came out of in the end. */
  readonly within?: ContentRole;
  /** Of a member: how it was packed. */
  readonly packing?: Packing;
}

/**
 * One way of looking at contents, whatever holds them: each is begun, given in pieces, and ended before the next. What a content unpacks to
 * comes while that is still open, and is shown to another eye of the same maker: one for each depth. Findings go to the scene, at once or
 * in `end`, where its place is still the current one.
 */
export interface ContentEye {
  readonly name: string;
  /** @returns whether its bytes are wanted; without, neither `bytes` nor `end` is called for it. */
  begin(content: Content): boolean;
  /** The next bytes; the view is valid during the call only. */
  bytes(view: Uint8Array): void;
  end(): void;
  /** Late work, once the object has ended; does not reject. */
  settle?(): Promise<void>;
}

/** Makes one eye for one object and one depth of unpacking. */
export type ContentEyeMaker = (scene: Scene) => ContentEye;
