import {
  ACCESS,
  apiPathOf,
  CONSOLE,
  CONTROL,
  type ConsoleRoute,
  ErrorSchema,
  type Operation,
  type Role,
} from '@leadglass/contract';
import { z } from 'zod';
import { OURS_HEADER } from './guard.ts';

type Json = { readonly [name: string]: unknown };

/** An operation of the API, whichever table it comes from. */
interface Described {
  readonly name: string;
  readonly request: z.ZodType;
  readonly answer: z.ZodType;
  readonly form: 'json' | 'lines' | 'bytes';
  readonly who: string;
  readonly roles: readonly Role[] | undefined;
}

const FAULTS: Readonly<Record<string, string>> = {
  '400': 'Demande incorrecte · The request is wrong',
  '401': 'Personne n’est identifié · Nobody is signed in',
  '403': 'Refusé · Refused',
  '404': 'Introuvable · Not found',
  '409': 'Impossible dans l’état actuel · Not possible as things stand',
  '429': 'Trop de demandes · Too many requests',
  '500': 'Défaut interne · Internal defect',
};

/** What the API is, as OpenAPI 3.1, made from the contract: every entry of `CONSOLE`, and every operation that some role may do. */
export function openApi(version: string): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Leadglass',
      version,
      description:
        'API de la console : les mêmes opérations que la ligne de commande, selon le rôle. · API of the console: the same operations as the command line, as the role allows.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ session: [] }],
    paths: Object.fromEntries([
      ...described().map((one) => [apiPathOf(one.name), { post: operationOf(one) }]),
      ['/api/live', { get: LIVE }],
      ['/api/openapi.json', { get: ITSELF }],
    ]),
    components: {
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: '__Host-leadglass.session_token' },
      },
      parameters: {
        ours: { name: OURS_HEADER, in: 'header', required: true, schema: { const: '1' } },
        origin: { name: 'origin', in: 'header', required: true, schema: { type: 'string', format: 'uri' } },
      },
      schemas: { Error: schemaOf(ErrorSchema, 'output') },
    },
  };
}

/** The API's operations, in the order of the contract. */
export function described(): readonly Described[] {
  const own = (Object.keys(CONSOLE) as ConsoleRoute[]).map((name) => {
    const { access, ...one } = CONSOLE[name];
    const roles = typeof access === 'string' ? undefined : access;
    return { ...one, name, who: typeof access === 'string' ? access : access.join(', '), roles };
  });
  const operations = (Object.keys(CONTROL) as Operation[])
    .filter((name) => ACCESS[name].length > 0)
    .map((name) => ({ ...CONTROL[name], name, who: ACCESS[name].join(', '), roles: ACCESS[name] }));
  return [...own, ...operations];
}

function operationOf({ name, request, answer, form, who, roles }: Described): Json {
  return {
    operationId: name,
    tags: [name.split('.', 1)[0]],
    description: who,
    ...(roles === undefined ? {} : { 'x-roles': roles }),
    ...(who === 'anyone' || who === 'set-up' ? { security: [] } : {}),
    parameters: [{ $ref: '#/components/parameters/ours' }, { $ref: '#/components/parameters/origin' }],
    requestBody: { required: true, content: { 'application/json': { schema: schemaOf(request, 'input') } } },
    responses: { '200': { description: 'OK', content: contentOf(name, form, answer) }, ...faults() },
  };
}

function contentOf(name: string, form: Described['form'], answer: z.ZodType): Json {
  if (form === 'json') return { 'application/json': { schema: schemaOf(answer, 'output') } };
  // A line each: the schema is of one.
  if (form === 'lines') return { 'application/x-ndjson': { schema: schemaOf(answer, 'output') } };
  return { [name === 'hold.preview' ? 'image/png' : 'application/octet-stream']: {} };
}

function faults(): Json {
  const content = { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } };
  return Object.fromEntries(Object.entries(FAULTS).map(([status, description]) => [status, { description, content }]));
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, {
    io,
    target: 'draft-2020-12',
    unrepresentable: 'any',
  });
  return rest;
}

const LIVE: Json = {
  operationId: 'live',
  tags: ['live'],
  description:
    'Événements (SSE) : flows, log, gap, needs, selon le rôle. · Server-sent events: flows, log, gap, needs, as the role allows.',
  responses: { '200': { description: 'OK', content: { 'text/event-stream': {} } }, ...faults() },
};
const ITSELF: Json = {
  operationId: 'openapi',
  tags: ['openapi'],
  responses: { '200': { description: 'OK', content: { 'application/json': {} } }, ...faults() },
};
