export type { Catalogue, SearchBounds, SearchEnd } from './api.ts';
export { Cataloguer, type CataloguerOptions } from './cataloguer.ts';
export { catalogueFaults } from './faults.ts';
export { Sealer } from './sealer.ts';
export { MOST_EXAMINED, SealedCatalogue, type SearcherOptions } from './search.ts';
export { type WholeInstance, type WholeSeries, type WholeStudy, wholeStudies, wholeStudyOf } from './walk.ts';
