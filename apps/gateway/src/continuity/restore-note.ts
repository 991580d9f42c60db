/** Lies in the clear beside the sealed index: no patient, no count. */
export const RESTORE_NOTE = `Récupérer les images sans Leadglass

Il faut : la clé de secours (une ligne AGE-SECRET-KEY-1…, dans un fichier cle.txt), l'outil age (https://age-encryption.org)
et, pour envoyer à un PACS, DCMTK (https://dcmtk.org).

1. Ouvrir l'index, une ligne JSON par objet (fichier, patient, étude, UID, SHA-256) :
     age -d -i cle.txt objects.jsonl.age > objects.jsonl
   Le même contenu en DICOM (Inventory, PS3.3 A.88) : age -d -i cle.txt inventory.dcm.age > inventory.dcm ; dcmdump inventory.dcm
   S'il y a inventory-1.dcm.age et suivants, inventory.dcm les nomme et le tout fait l'inventaire.
2. Ouvrir un objet : « path » part de ce dossier.
     age -d -i cle.txt ../objects/ab/ab….age > image.dcm ; sha256sum image.dcm
3. Envoyer : storescu -aec PACS hôte port image.dcm (ajouter -xs, -xv… selon TransferSyntaxUID), ou ouvrir avec tout lecteur DICOM.

Restoring the images without Leadglass

You need: the recovery key (one line AGE-SECRET-KEY-1…, in a file key.txt), the age tool (https://age-encryption.org)
and, to send to a PACS, DCMTK (https://dcmtk.org).

1. Open the index, a JSON line an object (file, patient, study, UIDs, SHA-256):
     age -d -i key.txt objects.jsonl.age > objects.jsonl
   The same as DICOM (Inventory, PS3.3 A.88): age -d -i key.txt inventory.dcm.age > inventory.dcm ; dcmdump inventory.dcm
   Where there are inventory-1.dcm.age and so on, inventory.dcm names them and all of them are the inventory.
2. Open an object: "path" starts from this folder.
     age -d -i key.txt ../objects/ab/ab….age > image.dcm ; sha256sum image.dcm
3. Send: storescu -aec PACS host port image.dcm (with -xs, -xv… as TransferSyntaxUID says), or open it with any DICOM viewer.
`;
