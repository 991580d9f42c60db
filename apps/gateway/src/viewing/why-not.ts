import { type Text, text } from '@leadglass/kit';
import type { NoPicture } from '../decoder-pool.ts';

/** Why an object cannot be shown, in words. */
export const NOT_VIEWABLE: Readonly<Record<NoPicture, Text>> = {
  crashed: text(
    'Le processus isolé qui ouvrait cet objet s’est arrêté net ; rien d’autre n’a été touché. Tenez l’objet pour dangereux : d’autres logiciels pourraient tomber de même.',
    'The isolated process that opened this object died; nothing else was touched. Take the object for dangerous: other software may fall the same way.',
  ),
  slow: text(
    'L’objet n’a pas pu être ouvert dans le temps imparti ; le processus isolé a été arrêté. Un objet qui fait attendre sans fin peut être un piège.',
    'The object could not be opened in the time allowed; the isolated process was ended. An object that keeps one waiting for ever may be a trap.',
  ),
  unavailable: text(
    'Aucun processus isolé n’est disponible pour ouvrir l’objet : réessayez dans un instant.',
    'No isolated process is available to open the object: try again in a moment.',
  ),
  'no-image': text(
    'Cet objet n’a pas d’image à ce numéro, ou elle ne peut pas être décodée. Les attributs et les octets se regardent quand même.',
    'This object has no image of this number, or it cannot be decoded. Its attributes and bytes can be looked at all the same.',
  ),
};
