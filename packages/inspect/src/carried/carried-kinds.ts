import { kindsOf } from '../kind.ts';

const kind = kindsOf('carried');

/** What can be said of a content by where it stands. */
export const CARRIED_KINDS = {
  behindFrame: kind(
    'behind-frame',
    'suspicious',
    'PS3.5 §A.4; ISO 10918-1 §B.2.1; ISO 15444-1 §A.4.4',
    'Des données étrangères suivent la fin d’une image compressée : aucun logiciel ne les affiche, et elles peuvent cacher n’importe quoi.',
    'Foreign data follow the end of a compressed frame: no program displays them, and they can hide anything.',
  ),
} as const;
