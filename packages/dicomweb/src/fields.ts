import type { Tag } from '@leadglass/dicom';

/** Attributes of a match that are returned unasked (PS3.18 Tables 10.6.3-3 to 10.6.3-5). Retrieve URL is made by whoever answers. */
const STUDY: readonly Tag[] = [
  ...[0x00080005, 0x00080020, 0x00080030, 0x00080050, 0x00080056, 0x00080061, 0x00080090, 0x00080201],
  ...[0x00100010, 0x00100020, 0x00100030, 0x00100040, 0x0020000d, 0x00200010, 0x00201206, 0x00201208],
];
const SERIES: readonly Tag[] = [
  ...[0x00080005, 0x00080060, 0x00080201, 0x0008103e, 0x0020000e, 0x00200011, 0x00201209],
  ...[0x00400244, 0x00400245, 0x00400275],
];
const INSTANCE: readonly Tag[] = [
  ...[0x00080005, 0x00080016, 0x00080018, 0x00080056, 0x00080201, 0x00200013],
  ...[0x00280008, 0x00280010, 0x00280011, 0x00280100],
];
const STUDY_UID: Tag = 0x0020000d;
const SERIES_UID: Tag = 0x0020000e;

/** The same for one search: attributes of the levels above too, where the address does not name them. */
export function returnedTags(
  level: 'STUDY' | 'SERIES' | 'IMAGE',
  isOfStudy: boolean,
  isOfSeries: boolean,
): readonly Tag[] {
  if (level === 'STUDY') return STUDY;
  const above = isOfStudy ? [STUDY_UID] : STUDY;
  if (level === 'SERIES') return [...new Set([...above, ...SERIES])];
  return [...new Set([...above, ...(isOfSeries ? [SERIES_UID] : SERIES), ...INSTANCE])];
}
