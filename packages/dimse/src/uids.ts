/** Application context of every DICOM association (PS3.7 §A.2.1). */
export const DICOM_APPLICATION_CONTEXT = '1.2.840.10008.3.1.1.1';
/** The default transfer syntax (PS3.5 §10.1); also what fills the insignificant field of a refused context. */
export const IMPLICIT_VR_LITTLE_ENDIAN = '1.2.840.10008.1.2';
/** Verification SOP class (PS3.4 §A.4): C-ECHO. */
export const VERIFICATION = '1.2.840.10008.1.1';
/** Storage Commitment Push Model SOP class and its one well-known instance (PS3.4 §J.3). */
export const STORAGE_COMMITMENT_PUSH_MODEL = '1.2.840.10008.1.20.1';
export const STORAGE_COMMITMENT_PUSH_MODEL_INSTANCE = '1.2.840.10008.1.20.1.1';

const UID = /^[0-9]+(\.[0-9]+)*$/;

/** Whether `value` can be a UID on the wire: digits and dots, at most 64 characters (PS3.5 §9.1). Leading zeros pass: devices send them. */
export function isWireUid(value: string): boolean {
  return value.length <= 64 && UID.test(value);
}
