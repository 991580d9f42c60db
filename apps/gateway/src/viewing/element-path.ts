import { formatTag, tagOf } from '@leadglass/dicom';

const SEGMENT = /^(?:\(?([0-9a-f]{4}),?([0-9a-f]{4})\)?|([a-z][a-z0-9]{0,99}))(?:\[([0-9]{1,9})\])?$/i;

/**
 * A place in an object as findings write it, `(0040,A730)[2]/(0008,0100)`, from what a person may type: `0010,0020`, `00100020`,
 * `PatientID`, `ContentSequence[2]/CodeValue`. Undefined when it names no element.
 */
export function elementPath(typed: string): string | undefined {
  const levels = typed.split('/').map(levelOf);
  return levels.every((level) => level !== undefined) ? levels.join('/') : undefined;
}

function levelOf(segment: string): string | undefined {
  const [, group, element, keyword, item] = SEGMENT.exec(segment.trim()) ?? [];
  const code =
    group !== undefined && element !== undefined ? Number.parseInt(group + element, 16) : tagOf(keyword ?? '');
  if (code === undefined) return undefined;
  return item === undefined ? formatTag(code) : `${formatTag(code)}[${Number(item)}]`;
}
