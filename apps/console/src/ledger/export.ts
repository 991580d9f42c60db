import { strToU8, zipSync } from 'fflate';
import type { Portion } from './verify/portion.ts';

/** What a file for an auditor is made of, beside the entries themselves. */
export interface ExportParts {
  readonly portion: Portion;
  /** `check_proof.py`, which shares no code with us. */
  readonly checker: string;
  readonly madeAt: Date;
}

const nameOf = (index: number): string => String(index).padStart(9, '0');

/** The zip: entries, proofs, signed root, key, checker, and how to use them. */
export function exportZip({ portion, checker, madeAt }: ExportParts): Uint8Array<ArrayBuffer> {
  const { entries, checkpoint, vkey } = portion;
  const files: Record<string, Uint8Array> = {
    'LISEZMOI.txt': strToU8(readme(portion, madeAt).fr),
    'README.txt': strToU8(readme(portion, madeAt).en),
    'checkpoint.txt': strToU8(checkpoint.note),
    'verifier-key.txt': strToU8(`${vkey}\n`),
    'check_proof.py': strToU8(checker),
    'verify.sh': strToU8(SCRIPT),
  };
  for (const { index, content, proof } of entries) {
    files[`entries/${nameOf(index)}.xml`] = strToU8(content);
    files[`proofs/${nameOf(index)}.tlog-proof`] = strToU8(proof);
  }
  return zipSync(files, { level: 6, mtime: madeAt }) as Uint8Array<ArrayBuffer>;
}

const SCRIPT = `#!/bin/sh
# Checks every proof of this folder: python3 and openssl are all it needs.
cd "$(dirname "$0")" || exit 2
failed=0
for proof in proofs/*.tlog-proof; do
  entry="entries/$(basename "$proof" .tlog-proof).xml"
  python3 check_proof.py "$proof" "$(cat verifier-key.txt)" "$entry" >/dev/null || { echo "NOT PROVED: $proof"; failed=1; }
done
[ "$failed" = 0 ] && echo "All proofs hold."
exit "$failed"
`;

function readme({ entries, checkpoint, vkey }: Portion, madeAt: Date): { readonly fr: string; readonly en: string } {
  const [first, last] = [entries[0]?.index ?? 0, entries.at(-1)?.index ?? 0];
  const when = madeAt.toISOString();
  return {
    fr: `Extrait du registre Leadglass, fait le ${when}.

Entrées ${first} à ${last} d’un registre de ${checkpoint.size} entrées.
entries/         chaque entrée telle qu’elle est hachée : un message d’audit DICOM (PS3.15 §A.5), en XML
proofs/          pour chacune, sa preuve d’inscription (texte C2SP tlog-proof, RFC 6962)
checkpoint.txt   la racine signée (C2SP tlog-checkpoint, note signée Ed25519)
verifier-key.txt la clé qui vérifie la signature
check_proof.py   un vérificateur qui ne partage aucun code avec Leadglass

Vérifier tout, sous Linux ou macOS, avec Python 3 et OpenSSL 3 :  sh verify.sh
Une entrée :  python3 check_proof.py proofs/${nameOf(first)}.tlog-proof '${vkey}' entries/${nameOf(first)}.xml

Ce que cela prouve : chaque entrée est à sa place dans le registre que cette clé a signé, sans un octet de changé.
Ce que cela ne prouve pas : que la clé est bien celle de l’établissement. Demandez-lui son empreinte par un autre chemin, et
comparez checkpoint.txt avec une racine notée plus tôt, ou ailleurs, pour savoir que rien n’a été réécrit depuis.
`,
    en: `Extract of the Leadglass ledger, made ${when}.

Entries ${first} to ${last} of a ledger of ${checkpoint.size} entries.
entries/         each entry as it is hashed: a DICOM audit message (PS3.15 §A.5), in XML
proofs/          for each, its inclusion proof (C2SP tlog-proof text, RFC 6962)
checkpoint.txt   the signed root (C2SP tlog-checkpoint, Ed25519 signed note)
verifier-key.txt the key that checks the signature
check_proof.py   a checker that shares no code with Leadglass

To verify all of it, on Linux or macOS, with Python 3 and OpenSSL 3:  sh verify.sh
One entry:  python3 check_proof.py proofs/${nameOf(first)}.tlog-proof '${vkey}' entries/${nameOf(first)}.xml

What this proves: each entry is at its place in the log that this key signed, not a byte changed.
What it does not prove: that the key is the site's own. Ask the site for its fingerprint by another way, and compare
checkpoint.txt with a root written down earlier, or elsewhere, to know that nothing was rewritten since.
`,
  };
}
