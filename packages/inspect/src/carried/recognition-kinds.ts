import { kindsOf } from '../kind.ts';

const kind = kindsOf('disguise');

/** What a content can be that nobody expects where it stands. */
export const DISGUISE_KINDS = {
  program: kind(
    'program',
    'malicious',
    'PS3.10 §7.5; PS3.5 §6.2',
    'Un programme est caché dans l’objet, là où rien ne devrait s’exécuter.',
    'A program is hidden in the object, where nothing should ever run.',
  ),
  packedProgram: kind(
    'packed-program',
    'suspicious',
    'PS3.10 §7.5; PS3.5 §6.2',
    'Un programme compressé ou codé est caché dans l’objet.',
    'A packed or encoded program is hidden in the object.',
  ),
  programInside: kind(
    'program-inside',
    'suspicious',
    'PS3.10 §7.5; PS3.5 §6.2',
    'L’objet contient, au milieu d’autres données, ce qui n’existe que dans un programme.',
    'Amid other data the object holds what exists in programs alone.',
  ),
  programInPixels: kind(
    'program-in-pixels',
    'suspicious',
    'PS3.5 §8',
    'Les pixels de l’image commencent comme un programme.',
    'The pixels of the image begin as a program does.',
  ),
  fileInPixels: kind(
    'file-in-pixels',
    'suspicious',
    'PS3.5 §8',
    'Les pixels de l’image commencent comme un fichier d’une autre sorte : archive, document ou disque.',
    'The pixels of the image begin as a file of another sort does: an archive, a document or a disk.',
  ),
  script: kind(
    'script',
    'suspicious',
    'PS3.10 §7.5; PS3.5 §6.2',
    'Un script ou une page active est caché dans l’objet.',
    'A script or an active page is hidden in the object.',
  ),
  archive: kind(
    'archive',
    'suspicious',
    'PS3.10 §7.5; PS3.5 §6.2',
    'Une archive ou une image de disque est cachée dans l’objet ; elle peut transporter n’importe quoi.',
    'An archive or a disk image is hidden in the object; it can carry anything.',
  ),
  packed: kind(
    'packed',
    'suspicious',
    'PS3.5 §7.8',
    'Des données compressées que le contrôle n’ouvre pas se trouvent là où aucun appareil connu n’en met.',
    'Packed data that the check does not open stand where no known device puts any.',
  ),
  document: kind(
    'document',
    'suspicious',
    'PS3.10 §7.5; PS3.5 §6.2',
    'Un document d’une autre sorte (Office, RTF avec objets, aide, base de données…) est caché dans l’objet.',
    'A document of another sort (Office, RTF with objects, help, database…) is hidden in the object.',
  ),
  noise: kind(
    'noise',
    'suspicious',
    'PS3.5 §7.8',
    'Un élément privé d’origine inconnue contient une grande quantité de données chiffrées ou aléatoires : rien ne dit ce qu’elles sont.',
    'A private element of unknown origin holds a large amount of encrypted or random data: nothing tells what they are.',
  ),
  knownNoise: kind(
    'known-noise',
    'information',
    'PS3.5 §7.8',
    'Un élément privé d’un fabricant connu contient des données compressées ou chiffrées, comme ses appareils en écrivent.',
    'A private element of a known manufacturer holds packed or encrypted data, as its devices write them.',
  ),
} as const;
