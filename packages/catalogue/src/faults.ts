import { Fault, text } from '@leadglass/kit';

/** Everything that can go wrong here and is not the asker's. */
export const catalogueFaults = {
  /** An entry does not open: it was sealed with another key, moved, or changed on disk. */
  sealedOtherwise: (cause: unknown): Fault =>
    new Fault(
      'catalogue.sealed-otherwise',
      'permanent',
      text(
        'Une entrée de l’index ne s’ouvre pas avec la clé de ce dossier : refaites l’index avec « leadglass index rebuild ».',
        'An entry of the index does not open with this home’s key: make the index anew with “leadglass index rebuild”.',
      ),
      { cause },
    ),
};
