import { Fault, type FaultOptions, type Retry, type Text, text } from '@leadglass/kit';

interface FaultKind {
  readonly retry: Retry;
  readonly text: Text;
}

/** Every failure this room reports: code, retry class, sentence. */
const FAULTS = {
  'vault.not-age': {
    retry: 'permanent',
    text: text(
      "Cet objet n'est pas un fichier age version 1 ; il est endommagé ou n'a pas été scellé par Leadglass.",
      'This object is not an age version 1 file; it is damaged or was not sealed by Leadglass.',
    ),
  },
  'vault.no-identity-matches': {
    retry: 'permanent',
    text: text(
      "Aucune des clés présentées n'ouvre cet objet. Essayez la clé de secours.",
      'None of the keys given opens this object. Try the recovery key.',
    ),
  },
  'vault.header-mac': {
    retry: 'permanent',
    text: text("L'en-tête de l'objet scellé a été modifié.", 'The header of the sealed object has been altered.'),
  },
  'vault.chunk-forged': {
    retry: 'permanent',
    text: text(
      "Le contenu de l'objet scellé a été modifié ou endommagé.",
      'The content of the sealed object has been altered or damaged.',
    ),
  },
  'vault.truncated': {
    retry: 'permanent',
    text: text("Il manque la fin de l'objet scellé.", 'The end of the sealed object is missing.'),
  },
  'vault.short-read': {
    retry: 'permanent',
    text: text(
      "Le fichier est plus court que ce qui est inscrit dans l'inventaire.",
      'The file is shorter than the records say.',
    ),
  },
  'vault.hash-differs': {
    retry: 'permanent',
    text: text(
      "Le contenu de l'objet ne correspond pas à son empreinte SHA-256.",
      'The content of the object does not match its SHA-256.',
    ),
  },
  'vault.missing': {
    retry: 'permanent',
    text: text('Le fichier de cet objet a disparu du coffre.', 'The file of this object is gone from the vault.'),
  },
  'vault.bad-place': {
    retry: 'permanent',
    text: text(
      "L'emplacement annoncé n'est pas un fichier de dépôt valable.",
      'The place announced is not a valid staging file.',
    ),
  },
  'vault.disk-full': {
    retry: 'transient',
    text: text(
      "Le disque est plein : libérez de l'espace, la réception reprendra d'elle-même.",
      'The disk is full: free some space and reception resumes by itself.',
    ),
  },
  'vault.unwritable': {
    retry: 'transient',
    text: text(
      "Impossible d'écrire sur le disque : vérifiez les droits, le montage et l'état du disque.",
      'The disk cannot be written: check permissions, mount and health of the disk.',
    ),
  },
  'vault.unreadable': {
    retry: 'transient',
    text: text('Impossible de lire le disque : vérifiez son état.', 'The disk cannot be read: check its health.'),
  },
} as const satisfies Readonly<Record<string, FaultKind>>;

/** Code of a failure of this room. */
export type VaultFaultCode = keyof typeof FAULTS;

/** The codes, for the registry of the gateway. */
export const VAULT_FAULT_CODES = Object.keys(FAULTS) as readonly VaultFaultCode[];

/** Builds the Fault of `code`. */
export function vaultFault(code: VaultFaultCode, options: FaultOptions = {}): Fault {
  const { retry, text: sentence } = FAULTS[code];
  return new Fault(code, retry, sentence, options);
}
