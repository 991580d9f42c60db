import { text } from '../../words/index.ts';
import type { CdaRefusal } from './cda.ts';

/** Words around a clinical document. */
export const CDA = {
  label: (title: string) => text(`Document : ${title}`, `Document: ${title}`),
  untitled: text('Document clinique', 'Clinical document'),
  named: (name: string, fact: string) => text(`${name} : ${fact}`, `${name}: ${fact}`),
  patient: text('Patient', 'Patient'),
  at: text('Date', 'Date'),
  author: text('Auteur', 'Author'),
  custodian: text('Conservé par', 'Kept by'),
  version: text('Version', 'Version'),
  another: text(
    'Ce document nomme un autre patient que ce dossier : vérifiez avant de lire.',
    'This document names another patient than this chart: check before you read.',
  ),
  codedOnly: text(
    'Cette partie ne contient que des données codées, sans texte à lire : enregistrez le fichier pour les voir.',
    'This part has coded data alone, without a text to read: save the file to see it.',
  ),
  empty: text('Ce document ne contient aucun texte.', 'This document has no text.'),
  picture: text('[image, non montrée]', '[picture, not shown]'),
  file: (mediaType: string) =>
    text(`Enregistrer le fichier qu’il contient (${mediaType})`, `Save the file it holds (${mediaType})`),
  noType: text('type non précisé', 'type not given'),
} as const;

/** Why a document is not shown; it can be saved all the same. */
export const REFUSALS: Readonly<Record<CdaRefusal, ReturnType<typeof text>>> = {
  malformed: text('Ce XML est mal formé : il n’est pas montré.', 'This XML is not well-formed: it is not shown.'),
  doctype: text(
    'Ce document déclare un type de document (DTD), ce qu’aucun document clinique ne fait : il n’est pas montré.',
    'This document declares a document type (DTD), which no clinical document does: it is not shown.',
  ),
  'too-large': text('Ce document est trop grand pour être montré ici.', 'This document is too large to be shown here.'),
  encoding: text('Son jeu de caractères n’est pas lu ici.', 'Its character encoding is not read here.'),
  'not-cda': text('Ce n’est pas un document clinique (CDA).', 'This is no clinical document (CDA).'),
};
