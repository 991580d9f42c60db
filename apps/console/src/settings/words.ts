import { text } from '../words/index.ts';

export const SETTINGS = {
  title: text('Réglages', 'Settings'),
  inForce: text('En vigueur', 'In force'),
} as const;
