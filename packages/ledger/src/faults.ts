import { Fault, text } from '@leadglass/kit';

/** `ledger.unwritable`: the store refused a write; nothing may be accepted until it passes. */
export function unwritable(cause: unknown, path: string): Fault {
  const sentence = text(
    'Le registre ne peut pas être écrit ; rien n’est accepté tant que cela dure. Vérifiez la place et les droits du disque.',
    'The ledger cannot be written; nothing is accepted meanwhile. Check the disk’s free space and permissions.',
  );
  return new Fault('ledger.unwritable', 'transient', sentence, { cause, facts: { path, errno: errnoOf(cause) } });
}

/** `ledger.unreadable`: the store failed a read. */
export function unreadable(cause: unknown, path: string): Fault {
  const sentence = text(
    'Un fichier du registre ne peut pas être lu. Vérifiez le disque et les droits.',
    'A file of the ledger cannot be read. Check the disk and its permissions.',
  );
  return new Fault('ledger.unreadable', 'transient', sentence, { cause, facts: { path, errno: errnoOf(cause) } });
}

/** `ledger.damaged`: what is stored does not agree with the checkpoint. @param what the kind of damage, a code of LedgerCheck. */
export function damaged(what: string, path: string): Fault {
  const sentence = text(
    'Le registre est endommagé ou a été modifié. Lancez « ./leadglass ledger verify » et conservez le dossier tel quel.',
    'The ledger is damaged or was altered. Run “./leadglass ledger verify” and keep the folder as it is.',
  );
  return new Fault('ledger.damaged', 'permanent', sentence, { facts: { what, path } });
}

/** `ledger.truncated`: the records remember more entries than the log holds. */
export function truncated(size: number, lastIndex: number): Fault {
  const sentence = text(
    'Il manque au registre des entrées déjà enregistrées : il a été tronqué ou remplacé. Restaurez le dossier du registre depuis une sauvegarde.',
    'The ledger lacks entries that were already recorded: it was truncated or replaced. Restore the ledger folder from a backup.',
  );
  return new Fault('ledger.truncated', 'permanent', sentence, { facts: { size, lastIndex } });
}

function errnoOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? code : '';
}
