import type { RelayedService } from '@leadglass/model';

/** What a requestor may send in a context, and what the other side may report in it: names of PS3.7 §9.1 and §10.1. */
export type OperationName =
  | 'C-FIND'
  | 'C-MOVE'
  | 'C-GET'
  | 'N-CREATE'
  | 'N-SET'
  | 'N-GET'
  | 'N-ACTION'
  | 'N-DELETE'
  | 'N-EVENT-REPORT';

/** One abstract syntax that is not storage: whose service it is, and what may be said in its presentation contexts. */
export interface ServiceClass {
  readonly uid: string;
  readonly name: string;
  readonly service: RelayedService;
  /** What its SCU may ask. */
  readonly asks: readonly OperationName[];
  /** Whether its SCP may send N-EVENT-REPORT. */
  readonly reports: boolean;
  /** SOP classes its messages may name besides its own: those of a meta SOP class, and those that share instances. */
  readonly names: readonly string[];
}

const ROOT = '1.2.840.10008.';
const UPS = ['1', '2', '3', '4', '5'].map((end) => `${ROOT}5.1.4.34.6.${end}`);
/** Film session, film box, image boxes grey and colour, annotation, presentation LUT, VOI LUT, printer, print job: what meta SOP classes are made of (PS3.4 Annex H). */
const PRINTED = ['1', '2', '4', '4.1', '4.2', '14', '15', '16', '16.376', '22', '23', '24', '24.1'].map(
  (end) => `${ROOT}5.1.1.${end}`,
);

type Row = readonly [uid: string, name: string, asks: readonly OperationName[], reports?: 'reports'];

const rows = (service: RelayedService, list: readonly Row[], names: readonly string[] = []): ServiceClass[] =>
  list.map(([uid, name, asks, reports]) => ({
    uid: `${ROOT}${uid}`,
    name,
    service,
    asks,
    reports: reports !== undefined,
    names,
  }));

const META: readonly OperationName[] = ['N-CREATE', 'N-SET', 'N-GET', 'N-ACTION', 'N-DELETE'];

/** Every abstract syntax that can be passed on to an upstream (PS3.4 Annexes C, F, H, J, K, R, CC). */
// biome-ignore format: a line a class
export const SERVICE_CLASSES: readonly ServiceClass[] = [
  ...rows('find', [
    ['5.1.4.1.2.1.1', 'Patient Root Query/Retrieve - FIND', ['C-FIND']],
    ['5.1.4.1.2.2.1', 'Study Root Query/Retrieve - FIND', ['C-FIND']],
    ['5.1.4.1.2.3.1', 'Patient/Study Only Query/Retrieve - FIND', ['C-FIND']],
  ]),
  ...rows('move', [
    ['5.1.4.1.2.1.2', 'Patient Root Query/Retrieve - MOVE', ['C-MOVE']],
    ['5.1.4.1.2.2.2', 'Study Root Query/Retrieve - MOVE', ['C-MOVE']],
    ['5.1.4.1.2.3.2', 'Patient/Study Only Query/Retrieve - MOVE', ['C-MOVE']],
    ['5.1.4.1.2.4.2', 'Composite Instance Root Retrieve - MOVE', ['C-MOVE']],
  ]),
  ...rows('get', [
    ['5.1.4.1.2.1.3', 'Patient Root Query/Retrieve - GET', ['C-GET']],
    ['5.1.4.1.2.2.3', 'Study Root Query/Retrieve - GET', ['C-GET']],
    ['5.1.4.1.2.3.3', 'Patient/Study Only Query/Retrieve - GET', ['C-GET']],
    ['5.1.4.1.2.4.3', 'Composite Instance Root Retrieve - GET', ['C-GET']],
    ['5.1.4.1.2.5.3', 'Composite Instance Retrieve Without Bulk Data - GET', ['C-GET']],
  ]),
  ...rows('worklist', [
    ['5.1.4.31', 'Modality Worklist - FIND', ['C-FIND']],
  ]),
  ...rows('mpps', [
    ['3.1.2.3.3', 'Modality Performed Procedure Step', ['N-CREATE', 'N-SET']],
    ['3.1.2.3.4', 'Modality Performed Procedure Step Retrieve', ['N-GET']],
    ['3.1.2.3.5', 'Modality Performed Procedure Step Notification', [], 'reports'],
  ], [`${ROOT}3.1.2.3.3`]),
  ...rows('availability', [
    ['5.1.4.33', 'Instance Availability Notification', ['N-CREATE']],
  ]),
  ...rows('ups', [
    ['5.1.4.34.6.1', 'Unified Procedure Step - Push', ['N-CREATE', 'N-ACTION', 'N-GET']],
    ['5.1.4.34.6.2', 'Unified Procedure Step - Watch', ['N-ACTION', 'N-GET', 'C-FIND']],
    ['5.1.4.34.6.3', 'Unified Procedure Step - Pull', ['C-FIND', 'N-GET', 'N-SET', 'N-ACTION']],
    ['5.1.4.34.6.4', 'Unified Procedure Step - Event', [], 'reports'],
    ['5.1.4.34.6.5', 'Unified Procedure Step - Query', ['C-FIND', 'N-GET']],
  ], UPS),
  ...rows('commit', [
    ['1.20.1', 'Storage Commitment Push Model', ['N-ACTION'], 'reports'],
  ]),
  ...rows('print', [
    ['5.1.1.9', 'Basic Grayscale Print Management (Meta)', META, 'reports'],
    ['5.1.1.18', 'Basic Color Print Management (Meta)', META, 'reports'],
    ['5.1.1.9.1', 'Referenced Grayscale Print Management (Meta)', META, 'reports'],
    ['5.1.1.18.1', 'Referenced Color Print Management (Meta)', META, 'reports'],
    ['5.1.1.14', 'Print Job', ['N-GET'], 'reports'],
    ['5.1.1.15', 'Basic Annotation Box', ['N-SET']],
    ['5.1.1.16', 'Printer', ['N-GET'], 'reports'],
    ['5.1.1.16.376', 'Printer Configuration Retrieval', ['N-GET']],
    ['5.1.1.22', 'VOI LUT Box', ['N-CREATE', 'N-SET', 'N-DELETE']],
    ['5.1.1.23', 'Presentation LUT', ['N-CREATE', 'N-DELETE']],
    ['5.1.1.24.1', 'Basic Print Image Overlay Box', ['N-CREATE', 'N-SET', 'N-DELETE']],
    ['5.1.1.26', 'Print Queue Management', ['N-GET', 'N-ACTION'], 'reports'],
    ['5.1.1.31', 'Pull Print Request', ['N-CREATE', 'N-DELETE', 'N-ACTION']],
    ['5.1.1.32', 'Pull Stored Print Management (Meta)', META, 'reports'],
  ], PRINTED),
];

const BY_UID: ReadonlyMap<string, ServiceClass> = new Map(SERVICE_CLASSES.map((each) => [each.uid, each]));

/** The service an abstract syntax belongs to, or undefined when it is none that can be passed on. */
export function serviceClassOf(abstractSyntax: string): ServiceClass | undefined {
  return BY_UID.get(abstractSyntax);
}

/** Whether a message in a context of `context` may name this SOP class: its own, or one of those it stands for. */
export function mayName(context: ServiceClass, sopClassUid: string): boolean {
  return sopClassUid === context.uid || context.names.includes(sopClassUid);
}
