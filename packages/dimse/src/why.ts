import { type Text, text } from '@leadglass/kit';

const hex = (value: number): string => value.toString(16).toUpperCase().padStart(2, '0');

/** The sentences of the upper layer and of messages. No peer's bytes in them but numbers. */
export const WHY = {
  stranger: (protocol: Text): Text =>
    text(
      `Le correspondant ne parle pas DICOM sur ce port : cela ressemble à ${protocol.fr}.`,
      `The peer does not speak DICOM on this port: this looks like ${protocol.en}.`,
    ),
  unrecognizedPdu: (type: number): Text =>
    text(`Le type de PDU ${hex(type)}H n'existe pas en DICOM.`, `PDU type ${hex(type)}H does not exist in DICOM.`),
  unexpectedPdu: (name: string, state: string): Text =>
    text(
      `${name} reçu alors que l'association est dans l'état ${state}.`,
      `${name} received while the association is in ${state}.`,
    ),
  associatePduTooLong: (length: number, limit: number): Text =>
    text(
      `La demande d'association annonce ${length} octets ; la limite est de ${limit}.`,
      `The association request announces ${length} bytes; the limit is ${limit}.`,
    ),
  dataPduTooLong: (length: number, limit: number): Text =>
    text(
      `Un P-DATA-TF annonce ${length} octets alors que nous en acceptons au plus ${limit}.`,
      `A P-DATA-TF announces ${length} bytes while we accept at most ${limit}.`,
    ),
  fixedPduLength: (name: string, length: number): Text =>
    text(
      `${name} annonce ${length} octets ; il en compte toujours 4.`,
      `${name} announces ${length} bytes; it always has 4.`,
    ),
  emptyData: text('Un P-DATA-TF ne contient aucune valeur.', 'A P-DATA-TF holds no presentation data value.'),
  pdvOutsidePdu: (length: number, left: number): Text =>
    text(
      `Une valeur de données (PDV) annonce ${length} octets alors qu'il en reste ${left} dans son PDU.`,
      `A presentation data value announces ${length} bytes while ${left} are left in its PDU.`,
    ),
  pdvTooShort: (length: number): Text =>
    text(
      `Une valeur de données (PDV) annonce ${length} octets ; son en-tête seul en demande plus.`,
      `A presentation data value announces ${length} bytes; its header alone needs more.`,
    ),
  beyondEnd: (wanted: number, left: number): Text =>
    text(
      `Un champ annonce ${wanted} octets alors qu'il en reste ${left} dans ce qui le contient.`,
      `A field announces ${wanted} bytes while ${left} are left in what encloses it.`,
    ),
  repeatedItem: (type: number): Text =>
    text(`L'élément ${hex(type)}H est présent deux fois.`, `Item ${hex(type)}H is present twice.`),
  missingItem: (type: number): Text =>
    text(`L'élément ${hex(type)}H, obligatoire, est absent.`, `Item ${hex(type)}H, which is mandatory, is missing.`),
  contextId: (id: number): Text =>
    text(
      `L'identifiant de contexte de présentation ${id} est pair ou déjà utilisé.`,
      `Presentation context id ${id} is even or already used.`,
    ),
  fieldValue: (name: string, value: number): Text =>
    text(
      `La valeur ${value} n'existe pas pour le champ ${name}.`,
      `Value ${value} does not exist for the field ${name}.`,
    ),
  maximumLength: (value: number): Text =>
    text(
      `Le correspondant n'accepte que des P-DATA-TF de ${value} octets : rien n'y tient.`,
      `The peer accepts only P-DATA-TF of ${value} bytes: nothing fits in them.`,
    ),
  protocolVersion: text(
    "Le correspondant ne propose pas la version 1 du protocole d'association.",
    'The peer does not offer version 1 of the association protocol.',
  ),
  applicationContext: text(
    "Le contexte d'application demandé n'est pas celui de DICOM.",
    'The application context asked for is not that of DICOM.',
  ),
  peerAborted: (source: number, reason: number): Text =>
    source === 2
      ? text(
          `La couche réseau du correspondant a interrompu l'association (motif ${reason}).`,
          `The peer's upper layer aborted the association (reason ${reason}).`,
        )
      : text("Le correspondant a interrompu l'association.", 'The peer aborted the association.'),
  transportClosed: (state: string): Text =>
    text(
      `La connexion a été coupée alors que l'association était dans l'état ${state}.`,
      `The connection was closed while the association was in ${state}.`,
    ),
  artimExpired: (ms: number): Text =>
    text(
      `Aucune demande d'association complète en ${ms} ms : la connexion est fermée.`,
      `No complete association request within ${ms} ms: the connection is closed.`,
    ),
  contextNotAccepted: (id: number): Text =>
    text(
      `Des données arrivent sur le contexte de présentation ${id}, qui n'est pas accepté.`,
      `Data arrives on presentation context ${id}, which is not accepted.`,
    ),
  contextChanged: (id: number, other: number): Text =>
    text(
      `Un message commencé sur le contexte ${id} continue sur le contexte ${other}.`,
      `A message begun on context ${id} goes on in context ${other}.`,
    ),
  dataSetWithoutCommand: text(
    "Un fragment de données arrive sans commande qui l'annonce.",
    'A data set fragment arrives without a command that announces it.',
  ),
  dataSetInsideCommand: text(
    'Un fragment de données arrive au milieu d’une commande.',
    'A data set fragment arrives in the middle of a command.',
  ),
  commandInsideDataSet: text(
    'Une commande arrive alors que les données annoncées ne sont pas terminées.',
    'A command arrives while the announced data set is unfinished.',
  ),
  commandTooLong: (limit: number): Text =>
    text(`Une commande dépasse ${limit} octets.`, `A command exceeds ${limit} bytes.`),
  commandGroup: (group: number): Text =>
    text(
      `Une commande contient un élément du groupe ${group.toString(16).padStart(4, '0')}.`,
      `A command holds an element of group ${group.toString(16).padStart(4, '0')}.`,
    ),
  commandElementLength: (element: number, length: number): Text =>
    text(
      `L'élément (0000,${element.toString(16).padStart(4, '0').toUpperCase()}) d'une commande a une longueur impossible (${length}).`,
      `Element (0000,${element.toString(16).padStart(4, '0').toUpperCase()}) of a command has an impossible length (${length}).`,
    ),
  commandElementTwice: (element: number): Text =>
    text(
      `L'élément (0000,${element.toString(16).padStart(4, '0').toUpperCase()}) est présent deux fois dans une commande.`,
      `Element (0000,${element.toString(16).padStart(4, '0').toUpperCase()}) is present twice in a command.`,
    ),
  commandElementMissing: (element: number): Text =>
    text(
      `L'élément (0000,${element.toString(16).padStart(4, '0').toUpperCase()}), obligatoire, manque dans une commande.`,
      `Element (0000,${element.toString(16).padStart(4, '0').toUpperCase()}), which is mandatory, is missing in a command.`,
    ),
  commandTruncated: text(
    "Une commande s'arrête au milieu d'un élément.",
    'A command ends in the middle of an element.',
  ),
  commandUnknown: (field: number): Text =>
    text(
      `La commande ${field.toString(16).padStart(4, '0').toUpperCase()}H n'existe pas.`,
      `Command ${field.toString(16).padStart(4, '0').toUpperCase()}H does not exist.`,
    ),
  dataSetExpected: text(
    'Cette commande exige des données et n’en annonce pas.',
    'This command needs a data set and announces none.',
  ),
} as const;

const STRANGERS: readonly { readonly begins: RegExp; readonly protocol: Text }[] = [
  { begins: /^\x16\x03?/, protocol: text('du TLS (ce port est en clair)', 'TLS (this port is plain)') },
  { begins: /^(GET|HEAD|POST|PUT|OPTIONS|CONNECT|DELETE|PRI) /, protocol: text('du HTTP', 'HTTP') },
  { begins: /^SSH-/, protocol: text('du SSH', 'SSH') },
  { begins: /^\x0b/, protocol: text('du HL7 (MLLP)', 'HL7 (MLLP)') },
];

/** What to say of a first byte that begins no PDU; `bytes` are the first ones at hand, at least one. */
export function strangerWhy(bytes: Uint8Array): Text {
  const beginning = String.fromCharCode(...bytes.subarray(0, 8));
  const known = STRANGERS.find((stranger) => stranger.begins.test(beginning));
  return known === undefined ? WHY.unrecognizedPdu(bytes[0] ?? 0) : WHY.stranger(known.protocol);
}
