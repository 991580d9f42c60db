/** Table 0078: what the laboratory itself calls critical. `LU`, `HU`: FHIR's codes for the same. */
const CRITICAL: ReadonlySet<string> = new Set(['LL', 'HH', 'AA', 'LU', 'HU']);

/** Whether a laboratory flagged a result critical. Never judged from the value: ranges are the laboratory's. */
export function isCriticalFlag(flags: readonly string[]): boolean {
  return flags.some((flag) => CRITICAL.has(flag.trim().toUpperCase()));
}

/**
 * Analytes the emergency page pins, each by a set of LOINC codes (French laboratories report molar units, which have codes of their own).
 * Codes: LOINC 2.7x, as listed in docs/standards.md; local codes are pinned by nobody.
 */
const PINNED: Readonly<Record<string, readonly string[]>> = {
  potassium: ['2823-3', '6298-4', '39789-3', '75940-7'],
  sodium: ['2951-2', '2947-0', '77139-4'],
  creatinine: ['2160-0', '14682-9', '38483-4', '77140-2'],
  glucose: ['2345-7', '14749-6', '2339-0', '15074-8', '2341-6', '14743-9'],
  haemoglobin: ['718-7', '59260-0', '20509-6', '30313-1'],
  platelets: ['777-3', '26515-7', '778-1'],
  leucocytes: ['6690-2', '26464-8', '804-5'],
  inr: ['6301-6', '34714-6', '38875-1'],
  lactate: ['2524-7', '32693-4', '2518-9', '14118-4'],
  'troponin-i': ['89579-7', '10839-9', '49563-0'],
  'troponin-t': ['67151-1', '6598-7', '48425-3'],
  crp: ['1988-5', '30522-7'],
  'd-dimer': ['48065-7', '48058-2', '48066-5'],
  ph: ['2744-1', '2746-6', '11558-4'],
  pco2: ['2019-8', '2021-4', '11557-6', '32771-8'],
  po2: ['2703-7', '2705-2', '11556-8', '19255-9'],
  bicarbonate: ['1960-4', '1963-8', '14627-4', '1959-6'],
  bhcg: ['19080-1', '21198-7', '45194-8'],
  'abo-rh': ['882-1', '883-9', '10331-7'],
};
const BY_CODE: ReadonlyMap<string, string> = new Map(
  Object.entries(PINNED).flatMap(([pin, codes]) => codes.map((code): [string, string] => [code, pin])),
);
const LOINC: ReadonlySet<string> = new Set(['LN', 'LOINC', 'http://loinc.org', '2.16.840.1.113883.6.1']);

/** The analyte that is pinned, by code and system or by the code beside it; '' for the others. */
export function pinOf(code: { id: string; system: string; otherId: string; otherSystem: string }): string {
  const own = LOINC.has(code.system) ? BY_CODE.get(code.id) : undefined;
  return own ?? (LOINC.has(code.otherSystem) ? (BY_CODE.get(code.otherId) ?? '') : '');
}
