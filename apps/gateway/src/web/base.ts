/** In requests of the console: where it serves DICOMweb. */
export const BASE_HEADER = 'x-leadglass-base';
