import { text } from '../words/index.ts';

/** Words of deciding by two, in the page. */
export const DECIDING = {
  title: text('Décider à deux', 'Deciding by two'),
  lead: text(
    'Là où deux personnes décident d’un objet retenu, chacune signe. Cette clé d’accès ne sert qu’à cela ; la passerelle vérifie elle-même ce qu’elle signe.',
    'Where two persons decide about a held object, each signs. This passkey serves that alone; the gateway checks by itself what it signs.',
  ),
  make: text('Créer ma clé pour décider', 'Make my passkey to decide'),
  makeAnew: text('Recommencer', 'Begin again'),
  label: (account: string) => text(`${account} · décider à deux`, `${account} · deciding by two`),
  made: text(
    'La clé est faite. Pour qu’elle compte, la personne qui administre la machine lance cette commande et compare l’empreinte avec vous :',
    'The passkey is made. For it to count, whoever runs the machine gives this command and compares the fingerprint with you:',
  ),
  fingerprint: text('Empreinte', 'Fingerprint'),
  keep: text(
    'Gardez cette commande jusque-là : elle ne contient aucun secret, et la page ne la retient pas.',
    'Keep this command until then: there is no secret in it, and the page does not remember it.',
  ),
  inForce: text('En vigueur', 'In force'),
  notYet: (when: string) => text(`comptera à partir du ${when}`, `will count from ${when}`),
  registered: (name: string) =>
    text(`Inscrite sous le nom d’opérateur ${name}.`, `Registered under the operator name ${name}.`),
  elsewhere: (host: string) =>
    text(
      `Votre clé est celle de la console à l’adresse ${host} : ouvrez la console à cette adresse pour décider.`,
      `Your passkey is that of the console at ${host}: open the console at that address to decide.`,
    ),
  replace: text(
    'Pour la remplacer (nouvel appareil, autre adresse), faites d’abord radier l’ancienne :',
    'To replace it (new device, other address), have the old one struck off first:',
  ),

  twoRelease: text(
    'La règle de ce flux demande deux personnes pour libérer : l’une demande, une autre approuve dans les 72 heures. Chacune signe, par sa clé d’accès ici ou par sa clé d’opérateur en ligne de commande.',
    'The rule of this flow takes two persons to release: one asks, another approves within 72 hours. Each signs, with their passkey here or with their operator key on the command line.',
  ),
  twoDestroy: text(
    'La règle de ce flux demande deux personnes pour détruire : l’une demande, une autre approuve dans les 72 heures.',
    'The rule of this flow takes two persons to destroy: one asks, another approves within 72 hours.',
  ),
  none: text(
    'Pour décider ici, il vous faut une clé d’accès faite pour cela et inscrite sur la machine :',
    'To decide here you need a passkey made for that and registered on the machine:',
  ),
  prepare: text('la préparer dans « Mon compte »', 'prepare it in “My account”'),
  tooNew: (when: string) =>
    text(
      `Votre clé est inscrite et comptera à partir du ${when} : d’ici là, les autres la voient dans l’état de la passerelle.`,
      `Your passkey is registered and will count from ${when}: until then the others see it in the status.`,
    ),
  askRelease: text('Demander la libération…', 'Ask for the release…'),
  askDestroy: text('Demander la destruction…', 'Ask for the destruction…'),
  askReleaseTitle: text('Demander la libération de cet objet ?', 'Ask for the release of this object?'),
  askDestroyTitle: text('Demander la destruction de cet objet ?', 'Ask for the destruction of this object?'),
  askText: text(
    'L’objet reste retenu jusqu’à ce qu’une autre personne approuve. Votre appareil vous demandera de vous identifier : c’est votre signature.',
    'The object stays held until another person approves. Your device will ask you to identify yourself: that is your signature.',
  ),
  sign: text('Signer et demander', 'Sign and ask'),
  asked: text('Demandé : une autre personne doit approuver.', 'Asked for: another person has to approve.'),
  approveRelease: text('Approuver la libération…', 'Approve the release…'),
  approveDestroy: text('Approuver la destruction…', 'Approve the destruction…'),
  approveTitle: text('Approuver cette demande ?', 'Approve this request?'),
  approveReleaseText: (who: string, why: string) =>
    text(
      `${who} demande la libération, et dit : « ${why} ». Si vous approuvez, l’original part tel quel vers ses destinataires : cela ne se reprend pas.`,
      `${who} asks for the release, and says: “${why}”. If you approve, the original goes to its destinations as it is: this cannot be taken back.`,
    ),
  approveDestroyText: (who: string, why: string) =>
    text(
      `${who} demande la destruction, et dit : « ${why} ». Si vous approuvez, l’original est effacé d’ici pour toujours.`,
      `${who} asks for the destruction, and says: “${why}”. If you approve, the original is erased here for good.`,
    ),
  signApproval: text('Signer et approuver', 'Sign and approve'),
  yours: text(
    'C’est vous qui l’avez demandé : une autre personne doit approuver.',
    'You asked for it: another person has to approve.',
  ),
  onCommandLine: text('En ligne de commande', 'On the command line'),
} as const;
