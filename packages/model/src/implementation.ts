import type { AeTitle } from './names.ts';

/**
 * What we call ourselves in file meta and user information (PS3.7 §D.3.3.2, PS3.10 §7.1). Both stand in every sealed file, so they
 * name the form of the file and not the software's version: the same object must have the same SHA-256 after an upgrade.
 */
export const IMPLEMENTATION_CLASS_UID = '2.25.121313075077188603141021201332555492611';
export const IMPLEMENTATION_VERSION_NAME = 'LEADGLASS_1';

/** The title peers call, and the one we call destinations with unless told otherwise. */
export const DEFAULT_AE_TITLE = 'LEADGLASS' as AeTitle;

/** What is imported from media comes as this peer: routes and a peer of this title say how it is judged and where it goes. */
export const IMPORT_AE_TITLE = 'IMPORT' as AeTitle;
/** Who what a continuity box pulled is known as. */
export const CONTINUITY_AE_TITLE = 'CONTINUITY' as AeTitle;
/** Originals of imported objects, kept as evidence: always held, under the identity the medium has. */
export const IMPORT_ORIGINALS_AE_TITLE = 'IMPORT-ORIGINAL' as AeTitle;
