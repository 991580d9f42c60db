import type { DocumentReading } from '../readings.ts';
import { attachmentOf } from './attachment.ts';
import type { Entry, Resources } from './bundle.ts';
import { partyOf } from './people.ts';
import type { ResourceOf } from './shapes.ts';
import { codedConcept, conceptWords, identifierReadings, momentOf } from './types.ts';

/** Table 0273 where DocumentReference.status means one entry of it (V2-to-FHIR); what was sent by mistake is as good as cancelled. */
const AVAILABILITY: ReadonlyMap<string, string> = new Map([
  ['current', 'AV'],
  ['superseded', 'OB'],
  ['entered-in-error', 'CA'],
]);

/** DocumentReference (FHIR R4): its attachments, each a document; no address is followed. */
export function documentReadings(
  entry: Entry & { readonly resource: ResourceOf<'DocumentReference'> },
  resources: Resources,
): readonly DocumentReading[] {
  const { resource } = entry;
  const type = codedConcept(resource.type);
  const head = {
    id: numberOf(resource),
    parent: replacedBy(entry, resources),
    type: conceptWords(resource.type),
    status: resource.docStatus ?? '',
    availability: AVAILABILITY.get(resource.status ?? '') ?? resource.status ?? '',
    author: partyOf(resource.author?.[0], entry, resources).words,
  };
  const contents = (resource.content ?? []).map(({ attachment }) => attachmentOf(attachment, type, entry, resources));
  return contents.map(({ document }) => ({
    ...document,
    ...head,
    title: document.title || (resource.description ?? ''),
    writtenAt: document.writtenAt || momentOf(resource.date),
  }));
}

function numberOf({ masterIdentifier, identifier, id = '' }: ResourceOf<'DocumentReference'>): string {
  return masterIdentifier?.value ?? identifierReadings(identifier)[0]?.value ?? id;
}

/** The number of the document whose place it takes. */
function replacedBy(
  entry: Entry & { readonly resource: ResourceOf<'DocumentReference'> },
  resources: Resources,
): string {
  const target = entry.resource.relatesTo?.find(({ code }) => code === 'replaces')?.target;
  const found = resources.resolveTo('DocumentReference', target, entry)?.resource;
  if (found !== undefined) return numberOf(found);
  return target?.identifier?.value ?? /[^/]*$/.exec(target?.reference ?? '')?.[0] ?? '';
}
