import { DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN, TRAILING_BYTES } from '@leadglass/dicom';
import { uint32 } from '../bytes.ts';
import type { Inspector, Scene } from '../inspector.ts';
import { kindsOf } from '../kind.ts';

const kind = kindsOf('trailing');

/** What can follow a data set. */
export const TRAILING_KINDS = {
  bytes: kind(
    'bytes',
    'suspicious',
    'PS3.5 §7.1',
    'Des données étrangères suivent la fin de l’objet : elles peuvent cacher n’importe quoi.',
    'Foreign data follow the end of the object: they can hide anything.',
  ),
  checksum: kind(
    'checksum',
    'information',
    'PS3.5 §A.5, RFC 1952 §2.3.1',
    'Les données compressées sont suivies de leur somme de contrôle, comme l’écrivent certains logiciels.',
    'The compressed data are followed by their checksum, as some programs write it.',
  ),
  padding: kind(
    'padding',
    'information',
    'PS3.5 §7.1',
    'L’objet est suivi d’un remplissage d’octets nuls, comme en laissent certains appareils.',
    'The object is followed by padding of zero bytes, as some devices leave it.',
  ),
} as const;

/** Zeros after the end beyond this many bytes are no padding to a block or a sector. */
const MOST_PADDING = 65_536;

/** Bytes after the data set (INSPECT-70). */
export function trailing(scene: Scene): Inspector {
  let offset = -1;
  let length = 0;
  let areZeros = true;
  let isInside = false;
  /** The first bytes: what follows a deflate stream may be the trailer of gzip, checksum and length. */
  const first = new Uint8Array(8);
  let held = 0;
  const isGzipTrailer = (): boolean => {
    const isDeflated = scene.context.transferSyntaxUid === DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN;
    return isDeflated && (length === 8 || length === 9) && uint32(first, 4, false) === offset % 0x1_0000_0000;
  };
  return {
    name: 'trailing',
    element(head): void {
      isInside = head.tag === TRAILING_BYTES;
    },
    irregularity(irregularity): void {
      if (irregularity.code === 'trailing-bytes' && offset < 0) offset = irregularity.offset;
    },
    value(bytes): void {
      if (!isInside) return;
      length += bytes.length;
      for (let at = 0; at < bytes.length && held < first.length; at += 1) {
        first[held] = bytes[at] ?? 0;
        held += 1;
      }
      areZeros &&= bytes.every((byte) => byte === 0);
    },
    elementEnd(): void {
      isInside = false;
    },
    end(): void {
      if (offset < 0) return;
      const isPadding = length > 0 && areZeros && length <= MOST_PADDING;
      const what = isPadding
        ? TRAILING_KINDS.padding
        : isGzipTrailer()
          ? TRAILING_KINDS.checksum
          : TRAILING_KINDS.bytes;
      scene.find(what, { path: '', offset });
    },
  };
}
