/**
 * The link that starts Weasis on a study: `weasis://` and its command, percent-encoded (weasis.org, “Weasis Web Protocol” and “Weasis
 * commands”: `$dicom:rs --url … -r studyUID=… -H …`). Weasis has no cookie of ours, so it is given a pass of its own.
 * @param base where DICOMweb is, `https://HOST:PORT/dicomweb`
 */
export function weasisLink(base: string, studyInstanceUid: string, pass: string): string {
  const command = [
    '$dicom:rs',
    `--url "${base}"`,
    `-r "studyUID=${studyInstanceUid}"`,
    `-H "Authorization: Bearer ${pass}"`,
  ].join(' ');
  return `weasis://${encodeURIComponent(command)}`;
}
