import {
  clamav,
  codecTrial,
  FIRST_INSPECTORS,
  type InspectorMaker,
  pdf,
  type StreamScanner,
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

/**
 * Every inspector there is. @param _rulesDir folder of the site's own YARA rules. @param trials decodes frames; without it none is tried.
 * @param scanner ClamAV; without it nothing is shown to it.
 */
export async function composeInspectors(
  _rulesDir: string | undefined,
  trials?: TrialDecoder,
  scanner?: StreamScanner,
): Promise<Inspectors> {
  const late = trials === undefined ? [] : [codecTrial(trials)];
  const shown = scanner === undefined ? [] : [clamav(scanner)];
  return { dicom: [...FIRST_INSPECTORS, ...late, ...shown], foreign: [pdf, xml, ...shown] };
}
