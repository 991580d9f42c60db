export type { Catalogue, SearchBounds, SearchEnd } from './api.ts';
