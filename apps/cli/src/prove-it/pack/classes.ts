import { type Text, text } from '@leadglass/kit';

/** The bug classes of docs/threats.md, in their order: what has gone wrong in the software of this field. */
export const BUG_CLASSES = {
  B1: text('Longueur annoncée crue', 'PDU length trust'),
  B2: text('Débordement des longueurs', 'Integer wrap in lengths'),
  B3: text('Inondation d’associations', 'Association flood'),
  B4: text('Ordre des messages', 'State machine'),
  B5: text('Chemin de fichier dans une valeur', 'Path traversal by a value'),
  B6: text('Commande système dans une valeur', 'OS command injection'),
  B7: text('Récursion profonde', 'Deep recursion'),
  B8: text('Longueur d’élément', 'Element length overflow'),
  B9: text('VR faux, confusion de types', 'Type confusion'),
  B10: text('Arithmétique des pixels', 'Pixel arithmetic'),
  B11: text('Codecs d’image', 'Codec input'),
  B12: text('Bombe de décompression', 'Decompression bomb'),
  B13: text('Longueur HTTP crue', 'HTTP length trust'),
  B14: text('Service sans authentification', 'Unauthenticated service'),
  B15: text('Écriture de fichier par une interface', 'Arbitrary file write by API'),
  B16: text('Code de page dans un texte', 'Markup in text (XSS)'),
  B17: text('URL d’appel détournée', 'SSRF by URL'),
  B18: text('Gestionnaire d’URL, mise à jour', 'URL handler, updater'),
  B19: text('Fichier déguisé ou à deux visages', 'Disguised or polyglot file'),
  B20: text('Corruption de mémoire des visionneuses', 'Viewer memory corruption'),
  B21: text('Analyseur HL7', 'HL7 parser'),
  B22: text('Mots de passe en clair, chiffrement faible', 'Clear text, weak crypto'),
  B23: text('Sessions et messages d’erreur', 'Sessions and error messages'),
  B24: text('Composant tiers', 'Third-party component'),
  B25: text('Confusion de jeux de caractères', 'Character set confusion'),
  B26: text('Deux lecteurs, deux lectures', 'Parser differential'),
} as const satisfies Readonly<Record<string, Text>>;

export type BugClass = keyof typeof BUG_CLASSES;

/** Class of what must pass. */
export const CONTROL = 'control';
export type AttackClass = BugClass | typeof CONTROL;

/** Every class, controls last. */
export const ATTACK_CLASSES: readonly AttackClass[] = [...(Object.keys(BUG_CLASSES) as BugClass[]), CONTROL];

/** What a class is called. */
export function classWords(name: AttackClass): Text {
  return name === CONTROL ? text('Témoins innocents', 'Innocent controls') : BUG_CLASSES[name];
}
