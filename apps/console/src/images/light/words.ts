import { type Text, text } from '../../words/text.ts';

/** Words of the light page: its own, for it loads nothing of the console but these. */
export const LIGHT = {
  title: text('Page légère', 'Light page'),
  caution: text(
    'Images compressées, pour consultation : pas pour un diagnostic de première intention.',
    'Compressed images, for consultation: not for primary diagnosis.',
  ),
  loading: text('Chargement…', 'Loading…'),
  born: text('né(e) le', 'born'),
  series: text('Séries', 'Series'),
  noName: text('Série sans nom', 'Series without a name'),
  objects: text('objets', 'objects'),
  previous: text('Image précédente', 'Previous image'),
  next: text('Image suivante', 'Next image'),
  position: text('Image', 'Image'),
  larger: text('Agrandir', 'Zoom in'),
  smaller: text('Réduire', 'Zoom out'),
  whole: text('Image entière', 'Whole image'),
  window: text('Fenêtre', 'Window'),
  back: text('Retour à la console', 'Back to the console'),
  help: text(
    'Molette ou ↑ ↓ : images. ← → : séries. 1 à 6 : fenêtres. + − 0 : zoom. Glisser : déplacer l’image agrandie.',
    'Wheel or ↑ ↓: images. ← →: series. 1 to 6: windows. + − 0: zoom. Drag: move a zoomed image.',
  ),
  empty: text(
    'Aucune série n’est disponible dans cet examen. Elle peut être en retenue : voyez « Retenues » dans la console.',
    'No series of this study is available. It may be held: see “Holds” in the console.',
  ),
  noPicture: text(
    'Cet objet n’a pas d’image qui puisse être montrée ici (rapport, forme d’onde, image absente). Passez au suivant.',
    'This object has no image that can be shown here (a report, a waveform, no image). Go on to the next.',
  ),
  signedOut: text(
    'Votre session est terminée. Connectez-vous à la console, puis ouvrez l’examen à nouveau depuis « Images ».',
    'Your session has ended. Sign in to the console, then open the study again from “Images”.',
  ),
  notOpened: text(
    'Cet examen n’est pas ouvert dans votre session. Ouvrez-le depuis « Images » : cette ouverture est inscrite au registre.',
    'This study is not open in your session. Open it from “Images”: that act is written to the ledger.',
  ),
  failed: text(
    'La passerelle n’a pas répondu comme attendu. Rechargez la page ; si cela se répète, voyez « Maintenant » dans la console.',
    'The gateway did not answer as expected. Reload the page; if it happens again, see “Now” in the console.',
  ),
} as const satisfies Readonly<Record<string, Text>>;
