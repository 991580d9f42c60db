import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ACCESS, CONSOLE, CONTROL, type Operation } from '@leadglass/contract';
import { testConsole } from './console.testkit.ts';
import { openApi } from './openapi.ts';

type Json = { readonly [name: string]: Json };

/** Every object in a value, with where it is. */
function* objectsIn(value: unknown, at = '#'): Generator<[string, Readonly<Record<string, unknown>>]> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield [at, value as Readonly<Record<string, unknown>>];
  for (const [name, inner] of Object.entries(value)) yield* objectsIn(inner, `${at}/${name}`);
}

function resolved(document: Json, pointer: string): unknown {
  return pointer
    .slice(2)
    .split('/')
    .reduce<unknown>((found, name) => (found as Json | undefined)?.[name], document);
}

test('[CONSOLE-19] the OpenAPI document has every entry and every operation that a role may do, and no other', async (t) => {
  const console = await testConsole(t);
  const asked = await console.ask('GET', '/api/openapi.json', { cookie: console.sessions.signIn('auditor') });
  const document = asked.json() as unknown as Json;
  assert.equal(document.openapi, '3.1.0');
  const open = (Object.keys(CONTROL) as Operation[]).filter((name) => ACCESS[name].length > 0);
  const wanted = [...Object.keys(CONSOLE), ...open].map((name) => `/api/${name}`);
  assert.deepEqual(Object.keys(document.paths ?? {}).sort(), [...wanted, '/api/live', '/api/openapi.json'].sort());
  for (const name of wanted) {
    const post = document.paths?.[name]?.post;
    const schema = post?.requestBody?.content?.['application/json']?.schema;
    assert.equal(schema?.type as unknown, 'object', name);
    assert.deepEqual(
      Object.keys(post?.responses ?? {}),
      ['200', '400', '401', '403', '404', '409', '429', '500'],
      name,
    );
  }
  const listed = document.paths?.['/api/peer.list']?.post;
  assert.deepEqual(listed?.['x-roles'] as unknown, ACCESS['peer.list']);
});

test('[CONSOLE-19] the OpenAPI document is well formed: ids once, references that lead somewhere, schemas of JSON Schema 2020-12', () => {
  const document = openApi('0.1.0') as Json;
  const ids: string[] = [];
  for (const [at, object] of objectsIn(document)) {
    if (typeof object.operationId === 'string') ids.push(object.operationId);
    if (typeof object.$ref === 'string' && object.$ref.startsWith('#/components/'))
      assert.notEqual(resolved(document, object.$ref), undefined, `${at}: ${object.$ref}`);
    // What zod cannot say in a schema is an empty one: allowed where bytes are, and nowhere as a whole request.
    assert.ok(!('nullable' in object && typeof object.nullable === 'boolean'), `${at}: OpenAPI 3.0`);
  }
  assert.equal(new Set(ids).size, ids.length);
  for (const [path, item] of Object.entries(document.paths ?? {}))
    for (const operation of Object.values(item)) assert.ok(operation.responses?.['200']?.description, path);
  const components = document.components;
  assert.ok(components?.schemas?.Error && components?.securitySchemes?.session);
});
