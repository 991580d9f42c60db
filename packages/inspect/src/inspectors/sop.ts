import { type ElementHead, TAG } from '@leadglass/dicom';
import { isUid } from '@leadglass/model';
import { latin1 } from '../bytes.ts';
import type { FindingKind, Inspector, Scene } from '../inspector.ts';
import { kindsOf } from '../kind.ts';

const kind = kindsOf('meta');

/** The object is not the one that was announced. */
export const SOP_KINDS = {
  instance: kind(
    'sop-instance-differs',
    'suspicious',
    'PS3.10 §7.1, PS3.4 §B.2.2',
    'L’objet n’est pas celui qui était annoncé : son identifiant (SOP Instance UID) diffère de l’en-tête ou de la commande.',
    'The object is not the one announced: its identifier (SOP Instance UID) differs from the header or the command.',
  ),
  stale: kind(
    'sop-instance-stale',
    'information',
    'PS3.10 §7.1',
    'L’en-tête du fichier porte encore l’identifiant d’une version antérieure de l’objet ; des stations de travail l’oublient.',
    'The file header still carries the identifier of an earlier version of the object, which workstations forget to update.',
  ),
  class: kind(
    'sop-class-differs',
    'suspicious',
    'PS3.10 §7.1, PS3.4 §B.2.2',
    'L’objet n’est pas du type annoncé : sa classe (SOP Class UID) diffère de l’en-tête ou de la commande.',
    'The object is not of the type announced: its class (SOP Class UID) differs from the header or the command.',
  ),
} as const;

/**
 * SOP UIDs of the data set against file meta or C-STORE command (INSPECT-63). Where one side says nothing there is nothing to contradict.
 * Over the network a difference is always suspicious. In files, tools that change an object and leave its header behind are common in real
 * archives, so there it is suspicious only when one of the two can be no device's UID.
 */
export function sop(scene: Scene): Inspector {
  const { context } = scene;
  const isFile = context.dataSetOffset !== undefined;
  const compare = (bytes: Uint8Array, announced: string, differs: (own: string) => FindingKind): void => {
    const own = bareUid(latin1(bytes));
    if (own !== '' && bareUid(announced) !== '' && own !== bareUid(announced)) scene.find(differs(own));
  };
  const ofInstance = (own: string): FindingKind => {
    const areUnique = isPlausiblyUnique(own) && isPlausiblyUnique(bareUid(context.sopInstanceUid));
    return isFile && areUnique ? SOP_KINDS.stale : SOP_KINDS.instance;
  };
  return {
    name: 'meta',
    beginning(head: ElementHead, bytes): void {
      if (head.depth !== 0 || head.tag > TAG.SOPInstanceUID) return;
      if (head.tag === TAG.SOPInstanceUID) compare(bytes, context.sopInstanceUid, ofInstance);
      if (head.tag === TAG.SOPClassUID) compare(bytes, context.sopClassUid, () => SOP_KINDS.class);
    },
  };
}

/** UUIDs as decimal numbers below this many digits have 28 leading zero bits or more: no generator makes them (PS3.5 §B.2). */
const FEWEST_UUID_DIGITS = 30;
/** Shortest UID in which an organisation's root, a device and an instance find room. */
const SHORTEST_INSTANCE = 16;

/** Whether a device could have made it for one instance: well formed, not the standard's own, long enough to be unique. */
export function isPlausiblyUnique(value: string): boolean {
  if (!isUid(value) || value.startsWith('1.2.840.10008.')) return false;
  if (value.startsWith('2.25.')) return value.length - '2.25.'.length >= FEWEST_UUID_DIGITS;
  return value.length >= SHORTEST_INSTANCE;
}

function bareUid(value: string): string {
  return value.replace(/[\0 ]+$/, '').replace(/^ +/, '');
}
