import { counted, text } from '../words/index.ts';

/** Signing in, the lock, invitations. */
export const SIGN = {
  title: text('S’identifier', 'Sign in'),
  lead: (site: string) => text(`Console de Leadglass, ${site}`, `Leadglass console, ${site}`),
  withPasskey: text('Continuer avec une clé d’accès', 'Continue with a passkey'),
  passkeyMeaning: text(
    'Votre empreinte, votre visage, le code de l’appareil, ou une clé de sécurité.',
    'Your fingerprint, your face, the device’s PIN, or a security key.',
  ),
  noPasskeyHere: text(
    'Les clés d’accès ne marchent pas à cette adresse : les navigateurs les refusent pour une adresse en chiffres. Ouvrez la console par son nom (https://nom-du-poste…), ou prenez un mot de passe et un code.',
    'Passkeys do not work at this address: browsers refuse them for a bare IP address. Open the console by its name (https://name-of-the-machine…), or take a password and a code.',
  ),
  noPasskeyBrowser: text(
    'Ce navigateur ne connaît pas les clés d’accès : prenez un autre moyen.',
    'This browser does not know passkeys: take another way.',
  ),
  withDirectory: (name: string) => text(`Continuer avec ${name}`, `Continue with ${name}`),
  orElse: text('Autres moyens', 'Other ways'),
  withPassword: text('Mot de passe et code', 'Password and code'),
  withEmergency: text('Code d’urgence', 'Emergency code'),
  account: text('Compte', 'Account'),
  password: text('Mot de passe', 'Password'),
  next: text('Suivant', 'Next'),
  code: text('Code à six chiffres', 'Six-digit code'),
  codeMeaning: text('Celui de votre application d’authentification.', 'The one in your authenticator app.'),
  enter: text('S’identifier', 'Sign in'),
  back: text('Revenir', 'Back'),
  emergencyCode: text('Code de l’enveloppe', 'Code from the envelope'),
  emergencyMeaning: text(
    'Seize lettres et chiffres, une seule fois chacun. Barrez sur la feuille celui que vous prenez. Marche sans réseau ni annuaire.',
    'Sixteen letters and digits, each good once. Cross out on the sheet the one you take. Works without network or directory.',
  ),
  trouble: text(
    'Rien ne marche ? Un administrateur peut vous envoyer une nouvelle invitation, page « Personnes ». Plus d’administrateur ? Sur la machine, « leadglass status » dit quoi faire.',
    'Nothing works? An administrator can send you a new invitation, on the page “People”. No administrator left? On the machine, “leadglass status” tells what to do.',
  ),
  noRole: text(
    'L’annuaire vous connaît, mais ne vous donne aucun rôle ici. Demandez à l’administrateur de Leadglass quel groupe il faut.',
    'The directory knows you, but gives you no role here. Ask the administrator of Leadglass which group is needed.',
  ),
  accountTaken: text(
    'Un compte local porte déjà votre nom de compte : un administrateur doit le retirer ou le renommer d’abord.',
    'A local account already has your account name: an administrator has to remove or rename it first.',
  ),
  disabledThere: text(
    'Ce compte est suspendu ici. Un administrateur peut le rétablir, page « Personnes ».',
    'This account is disabled here. An administrator can restore it, on the page “People”.',
  ),
  directoryFailed: text(
    'L’annuaire n’a pas pu vous identifier : il n’a pas répondu, ou trop de temps a passé. Recommencez, ou prenez un autre moyen.',
    'The directory could not sign you in: it did not answer, or too much time went by. Try again, or take another way.',
  ),
  lockedTitle: text('Session verrouillée', 'Session locked'),
  lockedLead: (name: string) =>
    text(
      `${name}, montrez à nouveau que c’est vous : vous reprendrez où vous étiez.`,
      `${name}, show again that it is you: you will go on where you were.`,
    ),
  other: text('C’est une autre personne', 'It is somebody else'),
  signOut: text('Se déconnecter', 'Sign out'),
  invitation: text('Bienvenue', 'Welcome'),
  invitationLead: text(
    'Ce lien vous ouvre un compte. Il ne sert qu’une fois : ayez sous la main l’appareil avec lequel vous vous identifierez.',
    'This link opens an account for you. It is good once: have at hand the device you will sign in with.',
  ),
  begin: text('Commencer', 'Begin'),
  noToken: text(
    'Il manque la fin du lien. Ouvrez-le en entier, tel qu’il vous a été envoyé.',
    'The end of the link is missing. Open all of it, as it was sent to you.',
  ),
  chooseWay: text('Comment vous identifierez-vous ?', 'How will you sign in?'),
  language: text('Langue', 'Language'),
} as const;

/** Enrolling a way to sign in, and one's own account. */
export const WAYS = {
  passkey: text('Clé d’accès', 'Passkey'),
  passkeyWhy: text(
    'Le plus simple et le plus sûr : rien à retenir, rien à recopier, et une fausse page n’en tire rien.',
    'The simplest and the safest: nothing to remember, nothing to copy, and a false page gets nothing out of it.',
  ),
  passkeyName: text('Nom de cette clé', 'Name of this passkey'),
  passkeyNameMeaning: text(
    'Pour la reconnaître plus tard : « Poste de la salle 2 », « Clé du coffre ».',
    'To know it later: “PC in room 2”, “Key in the safe”.',
  ),
  makePasskey: text('Créer la clé d’accès', 'Make the passkey'),
  totp: text('Mot de passe et code à usage unique', 'Password and one-time code'),
  totpWhy: text(
    'Un mot de passe, et le code à six chiffres d’une application du téléphone (celle que vous voulez). L’un sans l’autre ne vaut rien.',
    'A password, and the six-digit code of an app on the phone (whichever you like). One without the other is worth nothing.',
  ),
  newPassword: text('Mot de passe', 'Password'),
  newPasswordMeaning: text(
    'Au moins 12 caractères. Quatre mots sans rapport sont faciles à retenir et difficiles à deviner.',
    'At least 12 characters. Four unrelated words are easy to remember and hard to guess.',
  ),
  showPassword: text('Afficher ou masquer le mot de passe', 'Show or hide the password'),
  currentPassword: text('Mot de passe actuel', 'Current password'),
  continue: text('Continuer', 'Continue'),
  scan: text(
    'Scannez ce dessin avec l’application, ou recopiez-y la clé, puis entrez le code qu’elle affiche.',
    'Scan this picture with the app, or copy the key into it, then enter the code it shows.',
  ),
  scanAlt: text('Code QR pour l’application d’authentification', 'QR code for the authenticator app'),
  secret: text('Clé', 'Key'),
  firstCode: text('Code affiché', 'Code shown'),
  confirm: text('Confirmer', 'Confirm'),
  title: text('Mon compte', 'My account'),
  lead: text(
    'Comment vous vous identifiez, où vous êtes connecté, et votre langue.',
    'How you sign in, where you are signed in, and your language.',
  ),
  passkeys: text('Clés d’accès', 'Passkeys'),
  noPasskeys: text('Aucune clé d’accès', 'No passkey'),
  noPasskeysAdvice: text(
    'Ajoutez-en une sur ce poste ou sur votre téléphone : vous n’aurez plus de code à recopier.',
    'Add one on this machine or on your phone: there will be no more codes to copy.',
  ),
  addPasskey: text('Ajouter une clé d’accès', 'Add a passkey'),
  added: (date: string) => text(`ajoutée le ${date}`, `added on ${date}`),
  synced: text('synchronisée', 'synced'),
  onOneDevice: text('sur un seul appareil', 'on one device'),
  unnamed: text('Sans nom', 'Unnamed'),
  remove: text('Retirer', 'Remove'),
  removeNamed: (name: string) => text(`Retirer « ${name} »`, `Remove “${name}”`),
  removePasskeyMeaning: text(
    'Cette clé n’ouvrira plus la console. Effacez-la aussi de l’appareil qui la porte.',
    'This passkey will no longer open the console. Delete it from the device that has it, too.',
  ),
  totpOn: text('En place', 'Set up'),
  totpOff: text('Pas en place', 'Not set up'),
  setUpTotp: text('Mettre en place', 'Set up'),
  change: text('Changer le mot de passe', 'Change the password'),
  changed: text('Mot de passe changé.', 'Password changed.'),
  removeTotp: text('Retirer mot de passe et code', 'Remove password and code'),
  removeTotpMeaning: text('Il ne restera que vos clés d’accès.', 'Only your passkeys will be left.'),
  sessions: text('Sessions', 'Sessions'),
  allSessions: text('Sessions de tout le monde', 'Everybody’s sessions'),
  thisOne: text('celle-ci', 'this one'),
  since: text('Depuis', 'Since'),
  lastSeen: text('Vue', 'Seen'),
  where: text('Adresse', 'Address'),
  agent: text('Navigateur', 'Browser'),
  who: text('Compte', 'Account'),
  how: text('Par', 'By'),
  end: text('Terminer', 'End'),
  fromDirectory: (name: string) =>
    text(
      `Votre compte vient de ${name} : c’est là que se changent le mot de passe et les moyens d’identification.`,
      `Your account comes from ${name}: password and ways to sign in are changed there.`,
    ),
  theDirectory: text('l’annuaire', 'the directory'),
  signInAgain: text('S’identifier à nouveau', 'Sign in again'),
  methodPasskey: text('clé d’accès', 'passkey'),
  methodTotp: text('mot de passe et code', 'password and code'),
  methodOidc: text('annuaire', 'directory'),
  methodEmergency: text('code d’urgence', 'emergency code'),
  methodSetUp: text('lien à usage unique', 'one-time link'),
} as const;

/** The page of people. */
export const PEOPLE = {
  title: text('Personnes', 'People'),
  lead: text(
    'Qui entre dans la console, avec quel rôle. Chaque changement est au registre.',
    'Who comes into the console, in which role. Every change is in the ledger.',
  ),
  add: text('Ajouter une personne', 'Add a person'),
  account: text('Compte', 'Account'),
  accountMeaning: text(
    'Lettres, chiffres, point, tiret : « a.martin ». Il apparaît au registre et ne change plus.',
    'Letters, digits, dot, dash: “a.martin”. It appears in the ledger and does not change any more.',
  ),
  name: text('Nom affiché', 'Displayed name'),
  role: text('Rôle', 'Role'),
  language: text('Langue', 'Language'),
  french: text('Français', 'French'),
  english: text('Anglais', 'English'),
  ways: text('Moyens', 'Ways'),
  seen: text('Vue', 'Seen'),
  never: text('jamais', 'never'),
  state: text('État', 'State'),
  active: text('active', 'active'),
  disabled: text('suspendue', 'disabled'),
  invited: text('invitée', 'invited'),
  directory: text('annuaire', 'directory'),
  passkeys: (count: number) =>
    counted(count, { one: 'clé d’accès', other: 'clés d’accès' }, { one: 'passkey', other: 'passkeys' }),
  codes: (count: number) =>
    counted(
      count,
      { one: 'code d’urgence', other: 'codes d’urgence' },
      { one: 'emergency code', other: 'emergency codes' },
    ),
  totp: text('mot de passe et code', 'password and code'),
  actions: (name: string) => text(`Actions pour ${name}`, `Actions for ${name}`),
  changeRole: text('Changer de rôle…', 'Change role…'),
  save: text('Enregistrer', 'Save'),
  cancel: text('Annuler', 'Cancel'),
  disable: text('Suspendre', 'Disable'),
  enable: text('Rétablir', 'Restore'),
  invite: text('Nouvelle invitation…', 'New invitation…'),
  inviteAct: text('Faire une invitation', 'Make an invitation'),
  inviteMeaning: (name: string) =>
    text(
      `Pour quelqu’un qui a perdu son appareil. Les clés d’accès, le mot de passe et les codes de ${name} ne vaudront plus rien, et ses sessions se terminent.`,
      `For somebody who lost their device. ${name}’s passkeys, password and codes will be good for nothing, and their sessions end.`,
    ),
  emergency: text('Codes d’urgence…', 'Emergency codes…'),
  emergencyAct: text('Faire dix codes', 'Make ten codes'),
  emergencyMeaning: (name: string) =>
    text(
      `Dix codes à usage unique pour ${name}, à imprimer et à sceller dans une enveloppe. Les codes d’avant ne vaudront plus rien.`,
      `Ten one-time codes for ${name}, to be printed and sealed in an envelope. The codes before will be good for nothing.`,
    ),
  remove: text('Retirer…', 'Remove…'),
  removeAct: text('Retirer la personne', 'Remove the person'),
  removeMeaning: (name: string) =>
    text(
      `${name} ne pourra plus entrer, tout de suite. Ce qui a été fait sous ce nom reste au registre. Cela ne s’annule pas ; suspendre, oui.`,
      `${name} can no longer come in, from this moment. What was done under that name stays in the ledger. This cannot be undone; disabling can.`,
    ),
  linkTitle: (name: string) => text(`Invitation pour ${name}`, `Invitation for ${name}`),
  linkMeaning: text(
    'Donnez ce lien à la personne, et à elle seule. Il ne sert qu’une fois, pendant un jour, et n’est affiché que maintenant.',
    'Give this link to the person, and to nobody else. It is good once, for a day, and is shown only now.',
  ),
  linkAlt: text('Le lien d’invitation en code QR', 'The invitation link as a QR code'),
  copy: text('Copier le lien', 'Copy the link'),
  copied: text('Copié', 'Copied'),
  done: text('C’est fait', 'Done'),
  sheetTitle: text('Codes d’urgence', 'Emergency codes'),
  sheetFor: (account: string, site: string) => text(`Compte ${account}, ${site}`, `Account ${account}, ${site}`),
  sheetHow: text(
    'Ouvrez la console, choisissez « Code d’urgence », entrez ce compte et le premier code qui n’est pas barré. Barrez-le. Chaque code ne sert qu’une fois. Prévenez ensuite l’administrateur.',
    'Open the console, choose “Emergency code”, enter this account and the first code that is not crossed out. Cross it out. Each code is good once. Then tell the administrator.',
  ),
  sheetNow: text(
    'Ils ne sont affichés que maintenant. Imprimez, scellez, notez sur l’enveloppe le service et la date.',
    'They are shown only now. Print, seal, and write the department and the date on the envelope.',
  ),
  sheetDate: (date: string) => text(`Faits le ${date}`, `Made on ${date}`),
  print: text('Imprimer', 'Print'),
  alone: text(
    'Il n’y a qu’un administrateur. S’il perd son appareil, il faudra passer par la machine : ajoutez-en un second, ou des codes d’urgence.',
    'There is only one administrator. Should they lose their device, it takes the machine itself: add a second one, or emergency codes.',
  ),
} as const;
