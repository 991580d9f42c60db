import { type Text, text } from '@leadglass/kit';

/** The sentences of this room. Nothing that a sender chose stands in them but numbers and names from the standard. */
export const WHY = {
  beforeStart: text(
    'Des octets précèdent le début du message (VT) : le correspondant ne parle pas MLLP.',
    'Bytes precede the start of the message (VT): the peer does not speak MLLP.',
  ),
  startInside: text(
    'Un début de message (VT) se trouve à l’intérieur d’un message.',
    'A start of message (VT) stands inside a message.',
  ),
  brokenEnd: text(
    'La fin du message (FS) n’est pas suivie de CR.',
    'The end of the message (FS) is not followed by CR.',
  ),
  truncated: text(
    'La connexion s’est fermée au milieu d’un message.',
    'The connection closed in the middle of a message.',
  ),
  messageTooLong: (limit: number): Text =>
    text(`Le message dépasse ${limit} octets.`, `The message is over ${limit} bytes.`),
  segmentTooLong: (limit: number): Text =>
    text(`Un segment dépasse ${limit} octets.`, `A segment is over ${limit} bytes.`),
  tooManySegments: (limit: number): Text =>
    text(`Le message a plus de ${limit} segments.`, `The message has more than ${limit} segments.`),
  noHeader: text('Le message ne commence pas par un segment MSH.', 'The message does not begin with an MSH segment.'),
  badDelimiters: text(
    'Les séparateurs déclarés en MSH-1 et MSH-2 ne peuvent pas en être.',
    'The separators declared in MSH-1 and MSH-2 cannot be separators.',
  ),
  secondHeader: text(
    'Un second segment MSH se trouve à l’intérieur du message.',
    'A second MSH segment stands inside the message.',
  ),
  charsetGuessed: (charset: string): Text =>
    text(
      `Le jeu de caractères n’est pas déclaré, ou ne l’est pas correctement : le message est lu en ${charset}.`,
      `The character set is not declared, or not rightly: the message is read as ${charset}.`,
    ),
  lineBreak: text(
    'Un texte contient un saut de ligne qui n’est pas échappé.',
    'A text holds a line break that is not escaped.',
  ),
  moreProblems: text('D’autres remarques ne sont pas listées.', 'There is more that is not listed.'),
  noMessageType: text('Le type du message manque.', 'The type of the message is missing.'),
  noControlId: text('Le numéro du message manque.', 'The number of the message is missing.'),
  unknownType: text(
    'Ce type de message n’est pas de ceux que nous lisons.',
    'This type of message is not among those we read.',
  ),
  unknownTrigger: text('Cet événement n’est pas de ceux que nous lisons.', 'This event is not among those we read.'),
  unknownVersion: text('La version de HL7 n’est pas une version 2.', 'The version of HL7 is not a version 2.'),
  noPatient: text(
    'Le segment PID manque : rien ne dit à quel patient cela se rapporte.',
    'The PID segment is missing: nothing says which patient this is about.',
  ),
  namelessPatient: text('Le patient n’a ni identifiant ni nom.', 'The patient has neither identifier nor name.'),
  noIdentifier: text('Le patient n’a pas d’identifiant.', 'The patient has no identifier.'),
  oddName: text(
    'Le nom contient des signes dont aucun nom n’est fait.',
    'The name holds signs that no name is made of.',
  ),
  noMerge: text(
    'Le segment MRG manque : rien ne dit quelle identité disparaît.',
    'The MRG segment is missing: nothing says which identity stands no longer.',
  ),
  outOfOrder: text(
    'Le segment n’est pas à la place que la norme lui donne.',
    'The segment is not where the standard puts it.',
  ),
  noValueType: text('Le type de la valeur (OBX-2) manque.', 'The type of the value (OBX-2) is missing.'),
  unknownValueType: text(
    'Le type de la valeur (OBX-2) est inconnu : la valeur est montrée telle qu’elle a été envoyée.',
    'The type of the value (OBX-2) is unknown: the value is shown as it was sent.',
  ),
  badBase64: text(
    'Le document n’est pas du base64 correct : il est gardé tel qu’il a été envoyé.',
    'The document is no proper base64: it is kept as it was sent.',
  ),
  noDocument: text('Le document annoncé est vide.', 'The document announced is empty.'),
  tooManyRepetitions: (limit: number): Text =>
    text(`Un champ a plus de ${limit} répétitions.`, `A field has more than ${limit} repetitions.`),
  badResource: text(
    'La ressource n’a pas la forme que FHIR R4 lui donne.',
    'The resource does not have the shape that FHIR R4 gives it.',
  ),
  noResource: text('Ce n’est pas une ressource FHIR.', 'This is no FHIR resource.'),
  tooLarge: text(
    'La ressource est trop profonde ou compte trop d’éléments.',
    'The resource nests too deep or has too many parts.',
  ),
  noAllergen: text('La substance de l’allergie manque.', 'The substance of the allergy is missing.'),
  noSubject: text(
    'Le sujet manque ou n’est pas dans ce qui a été envoyé : rien ne dit à quel patient cela se rapporte.',
    'The subject is missing or not in what was sent: nothing says which patient this is about.',
  ),
  elsewhere: text(
    'Un résultat cité n’est pas dans ce qui a été envoyé.',
    'A result that is referred to is not in what was sent.',
  ),
} as const;
