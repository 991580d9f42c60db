import type { OpenReport } from '../report.ts';
import { namelessReport } from '../report.ts';
import { WHY } from '../why.ts';
import type { Entry, Resources } from './bundle.ts';
import { documentObservation, type ObservationEntry, observationReadings } from './observation.ts';
import { partyOf } from './people.ts';
import type { FhirIdentifier, FhirReference, ResourceOf } from './shapes.ts';
import { codedConcept, conceptCode, conceptWords, identifierReadings, momentOf, typedValue } from './types.ts';

export type ReportEntry = Entry & { readonly resource: ResourceOf<'DiagnosticReport'> };

/** Table 0123 where DiagnosticReport.status means one entry of it (V2-to-FHIR); else the status is kept as sent (decision 0028). */
const STATUS: ReadonlyMap<string, string> = new Map([
  ['final', 'F'],
  ['preliminary', 'P'],
  ['corrected', 'C'],
  ['partial', 'R'],
  ['cancelled', 'X'],
]);

/** Observations of a report that are looked for among members of members. */
const MOST_MEMBERS = 10_000;

/** DiagnosticReport with what it refers to; `seen` learns the observations it takes. */
export function reportReading(entry: ReportEntry, resources: Resources, seen: Set<Entry>): OpenReport {
  const { resource } = entry;
  const order = orderOf(resource.basedOn, entry, resources);
  const specimen = resources.resolveTo('Specimen', resource.specimen?.[0], entry)?.resource;
  const report: OpenReport = {
    ...namelessReport(),
    placer: typedValue(resource.identifier, 'PLAC') || order.number,
    filler: fillerOf(resource.identifier, resource.id),
    panel: codedConcept(resource.code),
    collectedAt: momentOf(resource.effectiveDateTime ?? resource.effectivePeriod?.start),
    receivedAt: momentOf(specimen?.receivedTime),
    issuedAt: momentOf(resource.issued),
    section: conceptCode(resource.category?.[0]),
    status: STATUS.get(resource.status ?? '') ?? resource.status ?? '',
    requester: order.requester,
    specimen: conceptWords(specimen?.type) || (resource.specimen?.[0]?.display ?? ''),
    notes: resource.conclusion === undefined ? [] : [resource.conclusion],
  };
  for (const found of membersOf(resource.result ?? [], entry, resources, seen))
    report.observations.push(...observationReadings(found, resources));
  addDocuments(report, entry, resources);
  return withLaboratory(report, entry, resources);
}

/** An observation that no report refers to: a report of its own. */
export function loneReport(entry: ObservationEntry, resources: Resources): OpenReport {
  const { identifier, id, basedOn, issued, specimen } = entry.resource;
  const order = orderOf(basedOn, entry, resources);
  const taken = resources.resolveTo('Specimen', specimen, entry)?.resource;
  const observations = [...observationReadings(entry, resources)];
  return {
    ...namelessReport(),
    placer: typedValue(identifier, 'PLAC') || order.number,
    filler: fillerOf(identifier, id),
    panel: codedConcept(entry.resource.code),
    collectedAt: observations[0]?.observedAt ?? '',
    receivedAt: momentOf(taken?.receivedTime),
    issuedAt: momentOf(issued),
    status: observations[0]?.status ?? '',
    requester: order.requester,
    specimen: conceptWords(taken?.type) || (specimen?.display ?? ''),
    observations,
  };
}

/** The number its maker gave, else any that is not the placer's, else the resource's id. */
function fillerOf(identifiers: readonly FhirIdentifier[] | undefined, id: string | undefined): string {
  const other = identifierReadings(identifiers).find(({ type }) => type !== 'PLAC')?.value ?? '';
  return typedValue(identifiers, 'FILL') || other || (id ?? '');
}

function orderOf(
  basedOn: readonly FhirReference[] | undefined,
  from: Entry,
  resources: Resources,
): { readonly number: string; readonly requester: string } {
  const entry = resources.resolveTo('ServiceRequest', basedOn?.[0], from);
  const identifiers = entry?.resource.identifier ?? [basedOn?.[0]?.identifier].filter((found) => found !== undefined);
  const number = typedValue(identifiers, 'PLAC') || (identifierReadings(identifiers)[0]?.value ?? '');
  const requester = entry === undefined ? '' : partyOf(entry.resource.requester, entry, resources).words;
  return { number, requester };
}

/** Observations that references lead to, and their members, each once and in order; without recursion. */
function membersOf(
  references: readonly FhirReference[],
  from: Entry,
  resources: Resources,
  seen: Set<Entry>,
): readonly ObservationEntry[] {
  const found: ObservationEntry[] = [];
  const waiting = references.map((reference) => ({ reference, from })).reverse();
  for (let next = waiting.pop(); next !== undefined && found.length < MOST_MEMBERS; next = waiting.pop()) {
    const entry = resources.resolveTo('Observation', next.reference, next.from);
    if (entry === undefined) resources.problems.tell(101, `${from.place}.result`, 0, WHY.elsewhere);
    if (entry === undefined || seen.has(entry)) continue;
    seen.add(entry);
    found.push(entry);
    for (const reference of [...(entry.resource.hasMember ?? [])].reverse()) waiting.push({ reference, from: entry });
  }
  return found;
}

function addDocuments(report: OpenReport, entry: ReportEntry, resources: Resources): void {
  const common = {
    status: report.status,
    observedAt: report.collectedAt,
    laboratory: '',
    responsible: '',
    method: '',
    notes: [],
  };
  for (const attachment of entry.resource.presentedForm ?? [])
    report.observations.push(documentObservation(attachment, report.panel, common, entry, resources));
}

/** Who made the report made its observations, where they name nobody. */
function withLaboratory(report: OpenReport, entry: ReportEntry, resources: Resources): OpenReport {
  const references = [...(entry.resource.performer ?? []), ...(entry.resource.resultsInterpreter ?? [])];
  const parties = references.map((reference) => partyOf(reference, entry, resources));
  const laboratory = parties.find(({ isPerson }) => !isPerson)?.words ?? '';
  const responsible = parties.find(({ isPerson }) => isPerson)?.words ?? '';
  const observations = report.observations.map((observation) => ({
    ...observation,
    laboratory: observation.laboratory || laboratory,
    responsible: observation.responsible || responsible,
  }));
  return { ...report, observations };
}
