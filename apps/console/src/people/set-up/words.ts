import { text } from '../../words/index.ts';

/** The guided set-up. */
export const SET = {
  title: text('Installer Leadglass', 'Set up Leadglass'),
  lead: text(
    'Cinq minutes : un administrateur, la clé de secours, votre PACS, un premier appareil. Chaque étape dit aussi la commande qui fait la même chose.',
    'Five minutes: an administrator, the recovery key, your PACS, a first device. Each step also tells the command that does the same.',
  ),
  steps: text('Étapes', 'Steps'),
  stepSite: text('Site', 'Site'),
  stepAdministrator: text('Administrateur', 'Administrator'),
  stepWay: text('Identification', 'Signing in'),
  stepRecovery: text('Clé de secours', 'Recovery key'),
  stepPacs: text('PACS', 'PACS'),
  stepDevice: text('Premier appareil', 'First device'),
  stepDone: text('Prêt', 'Ready'),
  stepIsDone: text('fait', 'done'),
  noToken: text(
    'Ouvrez le lien affiché par « npm start », en entier : il contient un secret qui ne sert qu’une fois.',
    'Open the link that “npm start” shows, all of it: it holds a secret that is good once.',
  ),
  badToken: text(
    'Ce lien ne vaut plus : il date d’un démarrage précédent, ou il a servi. Redémarrez Leadglass pour en avoir un nouveau.',
    'This link is no longer good: it is of an earlier start, or it has been used. Restart Leadglass to have a new one.',
  ),
  isDone: text('L’installation est faite.', 'The set-up is done.'),
  goSignIn: text('S’identifier', 'Sign in'),
  next: text('Suivant', 'Next'),
  later: text('Plus tard', 'Later'),
  language: text('Langue', 'Language'),
  site: text('Nom du site', 'Name of the site'),
  siteMeaning: text(
    'Tel que le personnel le dit : « Imagerie du Parc ». Il s’affiche en haut de chaque page.',
    'As the staff call it: “Park Imaging”. It is shown at the top of every page.',
  ),
  administratorLead: text(
    'La personne qui règle Leadglass. Vous en ajouterez d’autres ensuite, au moins une seconde.',
    'The person who sets up Leadglass. You will add others afterwards, at least a second one.',
  ),
  name: text('Votre nom', 'Your name'),
  create: text('Créer l’administrateur', 'Make the administrator'),
  administratorCommand: text(
    'La commande donne un lien à ouvrir dans un navigateur ; ici, le lien du démarrage en tient lieu.',
    'The command gives a link to open in a browser; here the link of the start takes its place.',
  ),
  wayCommand: text(
    'Une clé d’accès se crée dans un navigateur, jamais en ligne de commande ; la commande donne un nouveau lien pour le faire :',
    'A passkey is made in a browser, never on the command line; the command gives a new link to do it:',
  ),
  wayLead: text(
    'Comment vous identifierez-vous désormais ? Vous pourrez ajouter d’autres moyens dans « Mon compte ».',
    'How will you sign in from now on? You can add other ways under “My account”.',
  ),
  recoveryLead: text(
    'Avec cette clé et l’outil libre « age », vos images se rouvrent même si cette machine et Leadglass ont disparu. Sans elle, non. Elle n’est conservée nulle part ici.',
    'With this key and the free tool “age” your images open again even when this machine and Leadglass are gone. Without it they do not. It is kept nowhere here.',
  ),
  recoveryNow: text(
    'Imprimez-la ou recopiez-la, et mettez-la au coffre. C’est la seule fois qu’elle s’affiche ici.',
    'Print it or write it down, and put it in a safe. It is shown here this once.',
  ),
  recoveryShown: text(
    'Elle a déjà été affichée : dans le terminal, au tout premier démarrage (ou par « leadglass init »). Reprenez-la là où vous l’avez notée.',
    'It has been shown already: in the terminal, at the very first start (or by “leadglass init”). Take it from where you wrote it down.',
  ),
  recoveryEnd: text('Ses huit derniers caractères', 'Its last eight characters'),
  recoveryEndMeaning: text(
    'Recopiez-les depuis votre papier : c’est la preuve que vous l’avez.',
    'Copy them from your paper: that proves that you have it.',
  ),
  recoveryWrong: text(
    'Ce ne sont pas les huit derniers caractères. Comparez avec votre papier : tout est en majuscules, sans espace.',
    'Those are not the last eight characters. Compare with your paper: all capitals, no space.',
  ),
  recoveryLost: text(
    'Vous ne l’avez pas ? Tant que rien n’est gardé, arrêtez Leadglass, effacez son dossier de données et recommencez : une nouvelle clé sera faite.',
    'You do not have it? As long as nothing is kept, stop Leadglass, delete its data folder and begin again: a new key will be made.',
  ),
  recoveryKept: text('Je l’ai notée', 'I have written it down'),
  print: text('Imprimer', 'Print'),
  pacsLead: text(
    'Où Leadglass remet les images après les avoir vérifiées.',
    'Where Leadglass delivers images once it has checked them.',
  ),
  pacsName: text('Nom chez nous', 'Name here'),
  pacsNameMeaning: text('Lettres, chiffres et tirets : « pacs ».', 'Letters, digits and dashes: “pacs”.'),
  pacsHost: text('Adresse', 'Address'),
  pacsPort: text('Port', 'Port'),
  pacsCalled: text('Titre AE du PACS', 'AE title of the PACS'),
  pacsTls: text('Le PACS parle TLS', 'The PACS speaks TLS'),
  pacsAdd: text('Ajouter le PACS', 'Add the PACS'),
  pacsThere: (name: string) =>
    text(`« ${name} » est déclaré, et toutes les images y vont.`, `“${name}” is declared, and all images go there.`),
  deviceLead: text(
    'Sur l’appareil, déclarez Leadglass comme destination, puis appuyez sur « envoyer » maintenant. Il sera refusé, puisque personne n’est encore admis, et apparaîtra ici.',
    'On the device, declare Leadglass as a destination, then press “send” now. It will be refused, since nobody is let in yet, and will show up here.',
  ),
  ourTitle: text('Titre AE', 'AE title'),
  ourAddress: text('Adresse', 'Address'),
  knocksCommand: text('Qui a frappé, en ligne de commande :', 'Who knocked, on the command line:'),
  waiting: text('En attente d’un appareil…', 'Waiting for a device…'),
  knocked: (title: string, address: string) =>
    text(`${title} a frappé, depuis ${address}`, `${title} knocked, from ${address}`),
  admit: text('Admettre cet appareil', 'Let this device in'),
  admitted: (title: string) =>
    text(`${title} est admis. Envoyez encore une fois.`, `${title} is let in. Send once more.`),
  arrived: (title: string) =>
    text(`${title} est entré : la passerelle l’a reçu.`, `${title} came in: the gateway received it.`),
  cannotAdmit: text(
    'Celui-ci ne peut pas être admis d’un bouton : voyez la page « Correspondants ».',
    'This one cannot be let in with one button: see the page “Peers”.',
  ),
  doneTitle: text('C’est prêt', 'Ready'),
  doneLead: text(
    'Leadglass reçoit, vérifie et remet. Voici ce qui vient ensuite.',
    'Leadglass receives, checks and delivers. This is what comes next.',
  ),
  donePeople: text('Ajouter un second administrateur', 'Add a second administrator'),
  doneEmergency: text(
    'Imprimer des codes d’urgence et les sceller (page « Personnes »)',
    'Print emergency codes and seal them (page “People”)',
  ),
  doneOthers: text(
    'Admettre les autres appareils (page « Correspondants »)',
    'Let in the other devices (page “Peers”)',
  ),
  finish: text('Ouvrir la console', 'Open the console'),
} as const;
