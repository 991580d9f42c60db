import { Fault, text } from '@leadglass/kit';

/** Every way this room fails. Anything else it throws is a defect in Leadglass. */
export const recordsFaults = {
  /** Full, read-only, failing or busy disk: nothing was recorded, another try may pass. */
  unwritable: (cause: unknown, reason: string) =>
    new Fault(
      'records.unwritable',
      'transient',
      text(
        'La base des enregistrements ne peut pas être écrite : rien n’est accepté tant que cela dure. Vérifiez l’espace libre, les droits et l’état du disque du dossier de Leadglass.',
        'The records database cannot be written: nothing is accepted while this lasts. Check the free space, the permissions and the health of the disk that holds the Leadglass folder.',
      ),
      { cause, facts: { reason } },
    ),
  /** The file is damaged. */
  corrupt: (cause: unknown) =>
    new Fault(
      'records.corrupt',
      'permanent',
      text(
        'La base des enregistrements est endommagée. Arrêtez Leadglass, copiez son dossier tel quel, puis restaurez la dernière sauvegarde de la base ; les images scellées et le journal ne sont pas touchés.',
        'The records database is damaged. Stop Leadglass, copy its folder as it is, then restore the latest backup of the database; the sealed images and the ledger are not affected.',
      ),
      { cause },
    ),
  /** Written by a later Leadglass. */
  newerSchema: (found: number, known: number) =>
    new Fault(
      'records.newer-schema',
      'permanent',
      text(
        `La base des enregistrements vient d’une version plus récente de Leadglass (schéma ${found}, connu ici : ${known}). Installez cette version-là ou restaurez la sauvegarde faite avant la mise à jour.`,
        `The records database comes from a newer Leadglass (schema ${found}, known here: ${known}). Install that version, or restore the backup made before the upgrade.`,
      ),
      { facts: { found, known } },
    ),
  /** A database, but not ours. */
  foreign: (applicationId: number) =>
    new Fault(
      'records.foreign',
      'permanent',
      text(
        'Le fichier des enregistrements est une base de données d’un autre logiciel : Leadglass n’y touche pas. Indiquez un autre dossier ou retirez ce fichier.',
        'The records file is a database of some other software: Leadglass leaves it alone. Choose another folder, or move that file away.',
      ),
      { facts: { applicationId } },
    ),
  /** A decision about an object that is not held, or no longer. */
  notHeld: () =>
    new Fault(
      'records.not-held',
      'permanent',
      text(
        'Cet objet n’est pas retenu, ou une décision a déjà été prise. La commande `leadglass hold list` montre ceux qui le sont.',
        'This object is not held, or somebody has already decided. The command `leadglass hold list` shows those that are.',
      ),
    ),
  /** The first of two people has asked already. */
  alreadyAsked: () =>
    new Fault(
      'records.already-asked',
      'permanent',
      text(
        'Une première personne a déjà demandé une décision sur cet objet.',
        'A first person has already asked for a decision about this object.',
      ),
    ),
  /** What was to be approved or withdrawn is not there any more. */
  requestGone: () =>
    new Fault(
      'records.request-gone',
      'permanent',
      text(
        'Cette demande n’existe plus : quelqu’un l’a retirée, ou une décision a été prise.',
        'This request is no longer there: somebody withdrew it, or a decision was made.',
      ),
    ),
} as const;
