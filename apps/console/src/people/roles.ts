import type { Role } from '@leadglass/contract';
import { type Text, text } from '../words/index.ts';

/** What each role is for, in words that whoever gives it understands. */
export const ROLE_MEANING: Readonly<Record<Role, Text>> = {
  administrator: text(
    'Règle tout : appareils, destinations, personnes, politique. Au moins deux par site.',
    'Sets up everything: devices, destinations, people, policy. At least two for a site.',
  ),
  'security-officer': text(
    'Décide de ce qui est retenu, voit le registre et toute la configuration. N’ouvre pas les images.',
    'Decides about what is held, sees the ledger and the whole configuration. Does not open images.',
  ),
  radiologist: text(
    'Ouvre les images et suit le parcours d’un examen. Ne règle rien.',
    'Opens images and follows a study’s journey. Sets up nothing.',
  ),
  technologist: text(
    'Voit si ses appareils envoient bien, relance une livraison, ouvre les images.',
    'Sees whether the devices send well, retries a delivery, opens images.',
  ),
  emergency: text(
    'Ouvre les images récentes quand tout le reste est en panne. Se verrouille après cinq minutes par code d’urgence.',
    'Opens recent images when everything else is down. Locks after five minutes when signed in by emergency code.',
  ),
  auditor: text(
    'Lit le registre, les réglages et leurs preuves. Ne change rien, n’ouvre pas les images.',
    'Reads the ledger, the settings and their proofs. Changes nothing, opens no images.',
  ),
};
