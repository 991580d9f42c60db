import { escaped } from './xml-model.ts';

const UIDS = {
  study: '/studies/{studyUID}',
  series: '/studies/{studyUID}/series/{seriesUID}',
  instance: '/studies/{studyUID}/series/{seriesUID}/instances/{instanceUID}',
} as const;

/** One method of one resource: what is offered here (PS3.18 §8.9), in one copy for both documents. */
interface Offer {
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly id: string;
  readonly accepts?: readonly string[];
  readonly gives: readonly string[];
  readonly query?: readonly string[];
}

const MODEL = ['application/dicom+json', 'multipart/related; type="application/dicom+xml"'];
const OBJECTS = ['multipart/related; type="application/dicom"; transfer-syntax=*'];
const PICTURES = ['image/jpeg', 'image/png'];
const SEARCH = ['{attributeID}', 'includefield', 'limit', 'offset', 'emptyvaluematching', 'fuzzymatching'];
const RENDERED = ['accept', 'viewport', 'window', 'quality'];

function offers(): readonly Offer[] {
  const search = [
    ['/studies', 'SearchForStudies'],
    ['/series', 'SearchForSeries'],
    ['/instances', 'SearchForInstances'],
    [`${UIDS.study}/series`, 'SearchForStudySeries'],
    [`${UIDS.study}/instances`, 'SearchForStudyInstances'],
    [`${UIDS.series}/instances`, 'SearchForStudySeriesInstances'],
  ] as const;
  const levels = Object.entries(UIDS).flatMap(([level, path]): Offer[] => [
    { path, method: 'GET', id: `Retrieve_${level}`, gives: OBJECTS },
    { path: `${path}/metadata`, method: 'GET', id: `RetrieveMetadata_${level}`, gives: MODEL },
    { path: `${path}/rendered`, method: 'GET', id: `RetrieveRendered_${level}`, gives: PICTURES, query: RENDERED },
    {
      path: `${path}/thumbnail`,
      method: 'GET',
      id: `RetrieveThumbnail_${level}`,
      gives: PICTURES,
      query: ['viewport'],
    },
  ]);
  const octets = ['multipart/related; type="application/octet-stream"', 'application/octet-stream'];
  const store = (path: string, id: string): Offer => ({
    path,
    method: 'POST',
    id,
    accepts: ['multipart/related; type="application/dicom"'],
    gives: ['application/dicom+json', 'application/dicom+xml'],
  });
  return [
    ...search.map(([path, id]): Offer => ({ path, method: 'GET', id, gives: MODEL, query: SEARCH })),
    store('/studies', 'StoreInstances'),
    store(UIDS.study, 'StoreStudyInstances'),
    ...levels,
    {
      path: `${UIDS.instance}/frames/{frames}`,
      method: 'GET',
      id: 'RetrieveFrames',
      gives: [...octets, 'multipart/related; type="image/*"'],
    },
    {
      path: `${UIDS.instance}/frames/{frames}/rendered`,
      method: 'GET',
      id: 'RetrieveRenderedFrames',
      gives: PICTURES,
      query: RENDERED,
    },
    { path: `${UIDS.instance}/bulkdata/{path}`, method: 'GET', id: 'RetrieveBulkdata', gives: octets },
  ];
}

/** What is offered, as a WADL document (PS3.18 §H.3). @param base address of the services. */
export function capabilitiesXml(base: string): string {
  const resources = [...Map.groupBy(offers(), ({ path }) => path)].map(
    ([path, methods]) => `<resource path="${escaped(path.slice(1))}">${methods.map(methodXml).join('')}</resource>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<application xmlns="http://wadl.dev.java.net/2009/02"><resources base="${escaped(base)}/">${resources.join('')}</resources></application>\n`;
}

function methodXml({ method, id, accepts = [], gives, query = [] }: Offer): string {
  const parameters = query.map((name) => `<param name="${escaped(name)}" style="query"/>`).join('');
  const representation = (type: string) => `<representation mediaType="${escaped(type)}"/>`;
  const request =
    parameters === '' && accepts.length === 0
      ? ''
      : `<request>${parameters}${accepts.map(representation).join('')}</request>`;
  return `<method name="${method}" id="${id}">${request}<response>${gives.map(representation).join('')}</response></method>`;
}

/** The same as JSON. */
export function capabilitiesJson(base: string): string {
  const resources = [...Map.groupBy(offers(), ({ path }) => path)].map(([path, methods]) => ({
    path,
    methods: methods.map(({ method, id, accepts, gives, query }) => ({
      name: method,
      id,
      ...(accepts === undefined ? {} : { accepts }),
      gives,
      ...(query === undefined ? {} : { query }),
    })),
  }));
  return JSON.stringify({ base, resources });
}
