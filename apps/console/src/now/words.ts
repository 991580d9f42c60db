import { text } from '../words/index.ts';

export const NOW = {
  title: text('Maintenant', 'Now'),
  availability: text('Disponibilité', 'Availability'),
  integrity: text('Intégrité', 'Integrity'),
  confidentiality: text('Confidentialité', 'Confidentiality'),
  traceability: text('Traçabilité', 'Traceability'),
  good: text('Bien', 'Good'),
  attention: text('À regarder', 'Attention'),
  bad: text('Mauvais', 'Bad'),
  unknown: text('Inconnu', 'Unknown'),
} as const;
