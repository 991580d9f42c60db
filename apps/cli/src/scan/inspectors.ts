import {
  carried,
  codecTrial,
  eicar,
  FIRST_INSPECTORS,
  type InspectorMaker,
  pdf,
  type TrialDecoder,
  xml,
} from '@leadglass/inspect';

/** Which inspectors look at what: composed here and nowhere else, in each worker, once. */
export interface Inspectors {
  /** For DICOM objects. */
  readonly dicom: readonly InspectorMaker[];
  /** For what is no DICOM object: shown to them as one encapsulated document. Malware and document inspectors, not those of structure. */
  readonly foreign: readonly InspectorMaker[];
}

/** Every inspector there is. @param _rulesDir folder of the site's own YARA rules. @param trials decodes frames; without it none is tried. */
export async function composeInspectors(_rulesDir: string | undefined, trials?: TrialDecoder): Promise<Inspectors> {
  const late = trials === undefined ? [] : [codecTrial(trials)];
  // A file on a disk is what it says it is: nothing of it is disguised, but what is malware anywhere is found, packed or not.
  return { dicom: [...FIRST_INSPECTORS, ...late], foreign: [pdf, xml, carried([eicar])] };
}
