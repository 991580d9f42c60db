import { Fault, text } from '@leadglass/kit';

/** Everything that can go wrong here and is not the asker's. */
export const chartFaults = {
  /** Something does not open: it was sealed with another key, moved, or changed on disk. */
  sealedOtherwise: (cause: unknown): Fault =>
    new Fault(
      'continuity.sealed-otherwise',
      'permanent',
      text(
        'Un dossier ou un message reçu ne s’ouvre pas avec la clé de ce dossier de Leadglass : restaurez keys/index.key de la sauvegarde.',
        'A chart or a received message does not open with this home’s key: restore keys/index.key from the backup.',
      ),
      { cause },
    ),
};
