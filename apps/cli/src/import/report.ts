import type { Text } from '@leadglass/kit';
import type { Comparison } from './compare.ts';
import type { Medium } from './medium.ts';
import { countsOf, type ImportResult } from './results.ts';
import type { Judged, Transferred } from './transfer.ts';

interface Reported {
  readonly medium: Medium;
  readonly judged: readonly Judged[];
  readonly comparison: Comparison | undefined;
}

/** The import for programs: UIDs, hashes, verdicts and outcomes; of the patient nothing but whether both identities agree. */
export function reportOf(
  { medium, judged, comparison }: Reported,
  importId: string | undefined,
  transferred: Transferred | undefined,
): object {
  const { fingerprint, others, directories, problems } = medium;
  const results = new Map(transferred?.results.map((result) => [result.object, result]));
  const { notStored: _, ...counts } = countsOf(transferred?.results ?? []);
  return {
    medium: fingerprint,
    ...(importId === undefined ? {} : { importId }),
    isDryRun: transferred === undefined,
    ...(transferred?.interrupted === undefined ? {} : { interrupted: transferred.interrupted.text }),
    ...(comparison === undefined ? {} : { comparison }),
    ...(transferred === undefined ? {} : { counts }),
    objects: judged.map((one) => objectReport(one, results.get(one.object))),
    others: others.map(({ path, looked, isInDoubt }) => ({
      ...{ path, nature: looked.nature, verdict: looked.verdict, isInDoubt },
      findings: looked.findings.map(({ code }) => code),
    })),
    problems,
    directories,
  };
}

function objectReport({ object, fate }: Judged, result: ImportResult | undefined): object {
  const { looked, about, sopClassUid, sopInstanceUid, studyInstanceUid, seriesInstanceUid } = object;
  return {
    path: looked.path,
    ...{ sopClassUid, sopInstanceUid, studyInstanceUid, seriesInstanceUid },
    sha256: about.reveal().sha256,
    verdict: looked.verdict,
    findings: looked.findings.map(({ code, path }) => ({ code, path })),
    fate,
    ...(result === undefined ? {} : resultReport(result)),
  };
}

function resultReport({ outcome, isOriginalKept, why, status, copySha256, pixelSha256 }: ImportResult): object {
  const said: {
    outcome: string;
    isOriginalKept: boolean;
    why?: Text;
    status?: number;
    copySha256?: string;
    pixelSha256?: string;
  } = {
    outcome,
    isOriginalKept,
    ...(why === undefined ? {} : { why }),
    ...(status === undefined ? {} : { status }),
    ...(copySha256 === undefined ? {} : { copySha256 }),
    ...(pixelSha256 === undefined ? {} : { pixelSha256 }),
  };
  return said;
}
