import { text } from '../words/index.ts';

export const PEERS = {
  title: text('Correspondants', 'Peers'),
  lead: text(
    'Qui a le droit de parler à la passerelle, depuis où, et pour quoi faire. Tout le reste est refusé, et s’affiche ici.',
    'Who may speak to the gateway, from where, and to do what. Everything else is refused, and shows up here.',
  ),
  aeTitle: text('Titre AE', 'AE title'),
  from: text('Depuis', 'From'),
  may: text('Droits', 'Rights'),
  none: text('Personne n’est encore admis', 'Nobody is let in yet'),
  noneAdvice: text(
    'Envoyez une image depuis un appareil : il sera refusé, apparaîtra ici, et un bouton suffira pour l’admettre.',
    'Send an image from a device: it will be refused, show up here, and one button will let it in.',
  ),
  unknown: text('Ce titre n’est pas admis', 'This title is not let in'),
} as const;
