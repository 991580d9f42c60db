import { basename, extname, join, relative, sep } from 'node:path';

/** Names that Windows keeps for devices, with any extension. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/i;
/** Control and invisible characters, and what some file system or shell gives a meaning to. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}<>:"|?*\\/$`;&]/gu;
const LONGEST_NAME = 120;
/** Extensions of images and of media without any (`IM000001`, `image.0001`): with another one a copy is not to be opened. */
const KNOWN = /^(?:|\.dcm|\.dicom|\.dic|\.ima|\.img|\.[0-9]+)$/i;

/** One folder or file name made safe on any system: it names no device, no folder above, and hides nothing. */
export function safeName(name: string): string {
  const plain = name
    .normalize('NFC')
    .replace(UNSAFE, '_')
    .replace(/[. ]+$/, '');
  const bare = plain === '' || plain.startsWith('-') || DEVICE.test(plain) ? `_${plain}` : plain;
  return bare.length <= LONGEST_NAME ? bare : `${bare.slice(0, LONGEST_NAME - 16)}_${bare.slice(-15)}`;
}

/**
 * Where the copy of `file` goes below the output folder: its path below `root`, each name made safe, `.dcm` behind an extension that
 * is no image's. Nothing of it comes from what the file holds. @param root the file itself, or a folder above it.
 */
export function copyPath(root: string, file: string): string {
  const below = relative(root, file);
  const parts = below === '' ? [basename(file)] : below.split(sep);
  const names = parts.map(safeName);
  const last = names.pop() ?? '_';
  return join(...names, KNOWN.test(extname(last)) ? last : `${last}.dcm`);
}
