import { lookup, type Tag } from '@leadglass/dicom';

/** VRs of numbers: of themselves they name nobody. */
const NUMBERS: ReadonlySet<string> = new Set(['AT', 'FD', 'FL', 'SL', 'SS', 'SV', 'UL', 'US', 'UV']);
const NUMBER_CHARACTERS = /^[0-9+\-.eE\\ ]*$/;
const CODE_CHARACTERS = /^[A-Z0-9_\\ ]*$/;
const UID_CHARACTERS = /^[0-9.\\]*$/;
/** Group 0010, the patient, is never shown unasked, whatever the VR: weight, age and sex are about a person too. */
const PATIENT_GROUP = 0x0010;
/** An unbroken row of digits as long as this may be a number of somebody; measurements are shorter. */
const LONG_DIGITS = /[0-9]{9}/;

/** Texts of the device and of the format that a review needs and that say nothing of a person, by their keywords (PS3.6). */
const HARMLESS: ReadonlySet<string> = new Set([
  'BurnedInAnnotation',
  'CodeMeaning',
  'CodeValue',
  'CodingSchemeDesignator',
  'ConversionType',
  'ImageType',
  'ImplementationVersionName',
  'LossyImageCompressionMethod',
  'MIMETypeOfEncapsulatedDocument',
  'Manufacturer',
  'ManufacturerModelName',
  'Modality',
  'PhotometricInterpretation',
  'SoftwareVersions',
  'SpecificCharacterSet',
  'TimezoneOffsetFromUTC',
]);

/**
 * Whether a value may tell who somebody is, and is shown only to whoever asks for it. What is not known to be harmless is: text, dates,
 * binary, private and unknown elements, everything of the patient's group. Numbers, codes and UIDs of known public elements are shown,
 * when they look like what they should be.
 * @param vr as the object has it. @param value its characters, for VRs of text.
 */
export function isIdentifying(tag: Tag, vr: string, value: string): boolean {
  const entry = lookup(tag);
  const group = tag >>> 16;
  if (entry === undefined || group === PATIENT_GROUP || group % 2 === 1) return true;
  if (NUMBERS.has(vr)) return !entry.vrs.includes(vr);
  if (vr === 'DS') return !NUMBER_CHARACTERS.test(value);
  if (vr === 'IS') return !NUMBER_CHARACTERS.test(value) || LONG_DIGITS.test(value);
  if (vr === 'UI') return !UID_CHARACTERS.test(value);
  if (vr === 'CS') return !CODE_CHARACTERS.test(value) || LONG_DIGITS.test(value);
  return !HARMLESS.has(entry.keyword);
}
