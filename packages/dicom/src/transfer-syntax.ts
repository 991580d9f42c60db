/** How a data set is written (PS3.5 Annex A), whatever its pixels are compressed with. */
export type DataSetEncoding = 'implicit-le' | 'explicit-le' | 'explicit-be' | 'deflated' | 'encapsulated';

/** What compresses the pixels. `none`: native; `jpip`: they are elsewhere. */
export type Codec =
  | 'none'
  | 'deflate'
  | 'rle'
  | 'jpeg'
  | 'jpeg-ls'
  | 'jpeg-2000'
  | 'htj2k'
  | 'jpeg-xl'
  | 'jpip'
  | 'mpeg-2'
  | 'h264'
  | 'hevc'
  | 'smpte-2110'
  | 'other';

/** One transfer syntax of PS3.6 Table A-1. */
export interface TransferSyntax {
  readonly uid: string;
  readonly name: string;
  readonly kind: DataSetEncoding;
  readonly codec: Codec;
  readonly isRetired: boolean;
}

type Row = readonly [uid: string, name: string, kind: DataSetEncoding, codec: Codec, retired?: 'retired'];

const ROOT = '1.2.840.10008.1.2';

const ROWS: readonly Row[] = [
  ['', 'Implicit VR Little Endian', 'implicit-le', 'none'],
  ['.1', 'Explicit VR Little Endian', 'explicit-le', 'none'],
  ['.1.98', 'Encapsulated Uncompressed Explicit VR Little Endian', 'encapsulated', 'none'],
  ['.1.99', 'Deflated Explicit VR Little Endian', 'deflated', 'none'],
  ['.2', 'Explicit VR Big Endian', 'explicit-be', 'none', 'retired'],
  ['.4.50', 'JPEG Baseline (Process 1)', 'encapsulated', 'jpeg'],
  ['.4.51', 'JPEG Extended (Process 2 and 4)', 'encapsulated', 'jpeg'],
  ['.4.52', 'JPEG Extended (Process 3 and 5)', 'encapsulated', 'jpeg', 'retired'],
  ['.4.53', 'JPEG Spectral Selection, Non-Hierarchical (Process 6 and 8)', 'encapsulated', 'jpeg', 'retired'],
  ['.4.54', 'JPEG Spectral Selection, Non-Hierarchical (Process 7 and 9)', 'encapsulated', 'jpeg', 'retired'],
  ['.4.55', 'JPEG Full Progression, Non-Hierarchical (Process 10 and 12)', 'encapsulated', 'jpeg', 'retired'],
  ['.4.56', 'JPEG Full Progression, Non-Hierarchical (Process 11 and 13)', 'encapsulated', 'jpeg', 'retired'],
  ['.4.57', 'JPEG Lossless, Non-Hierarchical (Process 14)', 'encapsulated', 'jpeg'],
  ['.4.58', 'JPEG Lossless, Non-Hierarchical (Process 15)', 'encapsulated', 'jpeg', 'retired'],
  ['.4.59', 'JPEG Extended, Hierarchical (Process 16 and 18)', 'encapsulated', 'jpeg', 'retired'],
  ['.4.60', 'JPEG Extended, Hierarchical (Process 17 and 19)', 'encapsulated', 'jpeg', 'retired'],
  ['.4.61', 'JPEG Spectral Selection, Hierarchical (Process 20 and 22)', 'encapsulated', 'jpeg', 'retired'],
  ['.4.62', 'JPEG Spectral Selection, Hierarchical (Process 21 and 23)', 'encapsulated', 'jpeg', 'retired'],
  ['.4.63', 'JPEG Full Progression, Hierarchical (Process 24 and 26)', 'encapsulated', 'jpeg', 'retired'],
  ['.4.64', 'JPEG Full Progression, Hierarchical (Process 25 and 27)', 'encapsulated', 'jpeg', 'retired'],
  ['.4.65', 'JPEG Lossless, Hierarchical (Process 28)', 'encapsulated', 'jpeg', 'retired'],
  ['.4.66', 'JPEG Lossless, Hierarchical (Process 29)', 'encapsulated', 'jpeg', 'retired'],
  ['.4.70', 'JPEG Lossless, Non-Hierarchical, First-Order Prediction (Process 14, SV 1)', 'encapsulated', 'jpeg'],
  ['.4.80', 'JPEG-LS Lossless', 'encapsulated', 'jpeg-ls'],
  ['.4.81', 'JPEG-LS Near-Lossless', 'encapsulated', 'jpeg-ls'],
  ['.4.90', 'JPEG 2000 (Lossless Only)', 'encapsulated', 'jpeg-2000'],
  ['.4.91', 'JPEG 2000', 'encapsulated', 'jpeg-2000'],
  ['.4.92', 'JPEG 2000 Part 2 Multi-component (Lossless Only)', 'encapsulated', 'jpeg-2000'],
  ['.4.93', 'JPEG 2000 Part 2 Multi-component', 'encapsulated', 'jpeg-2000'],
  ['.4.94', 'JPIP Referenced', 'explicit-le', 'jpip'],
  ['.4.95', 'JPIP Referenced Deflate', 'deflated', 'jpip'],
  ['.4.100', 'MPEG2 Main Profile / Main Level', 'encapsulated', 'mpeg-2'],
  ['.4.100.1', 'Fragmentable MPEG2 Main Profile / Main Level', 'encapsulated', 'mpeg-2'],
  ['.4.101', 'MPEG2 Main Profile / High Level', 'encapsulated', 'mpeg-2'],
  ['.4.101.1', 'Fragmentable MPEG2 Main Profile / High Level', 'encapsulated', 'mpeg-2'],
  ['.4.102', 'MPEG-4 AVC/H.264 High Profile / Level 4.1', 'encapsulated', 'h264'],
  ['.4.102.1', 'Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.1', 'encapsulated', 'h264'],
  ['.4.103', 'MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1', 'encapsulated', 'h264'],
  ['.4.103.1', 'Fragmentable MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1', 'encapsulated', 'h264'],
  ['.4.104', 'MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video', 'encapsulated', 'h264'],
  ['.4.104.1', 'Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video', 'encapsulated', 'h264'],
  ['.4.105', 'MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video', 'encapsulated', 'h264'],
  ['.4.105.1', 'Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video', 'encapsulated', 'h264'],
  ['.4.106', 'MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2', 'encapsulated', 'h264'],
  ['.4.106.1', 'Fragmentable MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2', 'encapsulated', 'h264'],
  ['.4.107', 'HEVC/H.265 Main Profile / Level 5.1', 'encapsulated', 'hevc'],
  ['.4.108', 'HEVC/H.265 Main 10 Profile / Level 5.1', 'encapsulated', 'hevc'],
  ['.4.110', 'JPEG XL Lossless', 'encapsulated', 'jpeg-xl'],
  ['.4.111', 'JPEG XL JPEG Recompression', 'encapsulated', 'jpeg-xl'],
  ['.4.112', 'JPEG XL', 'encapsulated', 'jpeg-xl'],
  ['.4.201', 'High-Throughput JPEG 2000 (Lossless Only)', 'encapsulated', 'htj2k'],
  ['.4.202', 'High-Throughput JPEG 2000 with RPCL Options (Lossless Only)', 'encapsulated', 'htj2k'],
  ['.4.203', 'High-Throughput JPEG 2000', 'encapsulated', 'htj2k'],
  ['.4.204', 'JPIP HTJ2K Referenced', 'explicit-le', 'jpip'],
  ['.4.205', 'JPIP HTJ2K Referenced Deflate', 'deflated', 'jpip'],
  ['.5', 'RLE Lossless', 'encapsulated', 'rle'],
  ['.6.1', 'RFC 2557 MIME encapsulation', 'encapsulated', 'other', 'retired'],
  ['.6.2', 'XML Encoding', 'encapsulated', 'other', 'retired'],
  ['.7.1', 'SMPTE ST 2110-20 Uncompressed Progressive Active Video', 'explicit-le', 'smpte-2110'],
  ['.7.2', 'SMPTE ST 2110-20 Uncompressed Interlaced Active Video', 'explicit-le', 'smpte-2110'],
  ['.7.3', 'SMPTE ST 2110-30 PCM Digital Audio', 'explicit-le', 'smpte-2110'],
  ['.8.1', 'Deflated Image Frame Compression', 'encapsulated', 'deflate'],
];

/** Implicit VR Little Endian, the default that every peer takes (PS3.5 §10.1). */
export const IMPLICIT_VR_LITTLE_ENDIAN = '1.2.840.10008.1.2';
export const EXPLICIT_VR_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';
export const DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN = '1.2.840.10008.1.2.1.99';
export const EXPLICIT_VR_BIG_ENDIAN = '1.2.840.10008.1.2.2';

const PAPYRUS: TransferSyntax = {
  uid: '1.2.840.10008.1.20',
  name: 'Papyrus 3 Implicit VR Little Endian',
  kind: 'implicit-le',
  codec: 'none',
  isRetired: true,
};

/** Every standard transfer syntax, retired ones included, in the order of their UIDs. */
export const TRANSFER_SYNTAXES: readonly TransferSyntax[] = [
  ...ROWS.map(([uid, name, kind, codec, retired]) => {
    return { uid: ROOT + uid, name, kind, codec, isRetired: retired !== undefined };
  }),
  PAPYRUS,
];

const byUid = new Map(TRANSFER_SYNTAXES.map((syntax) => [syntax.uid, syntax]));

/** The standard transfer syntax of this UID; undefined for a private or unknown one. */
export function transferSyntax(uid: string): TransferSyntax | undefined {
  return byUid.get(uid);
}

/** GE's implicit VR with big-endian pixels, of old DLX angiography: the one private syntax whose headers are implicit. */
const GE_IMPLICIT = '1.2.840.113619.5.2';

/** How a data set of this transfer syntax is read: an unknown or private one as explicit little endian, encapsulated. */
export function encodingOf(uid: string): DataSetEncoding {
  if (uid === GE_IMPLICIT) return 'implicit-le';
  return byUid.get(uid)?.kind ?? 'encapsulated';
}
