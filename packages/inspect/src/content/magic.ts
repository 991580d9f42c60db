const PROGRAM_MAGIC: readonly string[] = [
  'MZ',
  '\x7fELF',
  '#!',
  '\xca\xfe\xba\xbe',
  '\xcf\xfa\xed\xfe',
  '\xce\xfa\xed\xfe',
  'L\0\0\0\x01\x14\x02\0',
];

/** Whether bytes, as Latin-1 text, begin as a program, script or shortcut does. */
export function isProgram(beginning: string): boolean {
  return PROGRAM_MAGIC.some((magic) => beginning.startsWith(magic));
}

const PROGRAM_ENDINGS: ReadonlySet<string> = new Set(
  'exe dll scr com bat cmd pif cpl msi msp msc ps1 psm1 vbs vbe vb js jse wsf wsh hta lnk jar reg inf scf url sh app command iso img vhd vhdx docm xlsm pptm xll'.split(
    ' ',
  ),
);

/** Whether a file of this name would run when opened. UTF-16 names may be given byte by byte. */
export function isProgramName(name: string): boolean {
  const plain = name
    .replace(/[\0þÿ]/g, '')
    .trim()
    .replace(/[. ]+$/, '');
  const dot = plain.lastIndexOf('.');
  return dot >= 0 && PROGRAM_ENDINGS.has(plain.slice(dot + 1).toLowerCase());
}
