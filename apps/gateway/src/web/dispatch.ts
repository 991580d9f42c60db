import { capabilitiesJson, capabilitiesXml, plainChoice, type Resource } from '@leadglass/dicomweb';
import type { IntakeServices } from '../intake-session.ts';
import { type ContinuityResource, continuity } from './continuity.ts';
import { acceptedBy, type Exchange } from './exchange.ts';
import { bulkdata, frames } from './frames.ts';
import { metadata } from './metadata.ts';
import { renderedResource, thumbnail } from './pictures.ts';
import { PROBLEMS, WebRefusal } from './problems.ts';
import { retrieve } from './retrieve.ts';
import { search } from './search.ts';
import { type Sessions, store } from './store.ts';
import { uri } from './uri.ts';

/** Answers one request. Throws WebRefusal before anything was sent, CallBroken when it cannot go on. */
export function dispatch(
  exchange: Exchange,
  resource: Resource | ContinuityResource,
  body: AsyncIterable<Uint8Array>,
  services: IntakeServices,
  sessions: Sessions,
): Promise<void> {
  switch (resource.kind) {
    case 'capabilities':
      return capabilities(exchange);
    case 'search':
      return search(exchange, resource);
    case 'store':
      return store(exchange, resource.study, body, services, sessions);
    case 'objects':
      return retrieve(exchange, resource.ids);
    case 'metadata':
      return metadata(exchange, resource.ids);
    case 'frames':
      return frames(exchange, resource.ids, resource.frames);
    case 'bulkdata':
      return bulkdata(exchange, resource.ids, resource.path);
    case 'rendered':
      return renderedResource(exchange, resource.ids, resource.frames);
    case 'thumbnail':
      return thumbnail(exchange, resource.ids, resource.frames);
    case 'uri':
      return uri(exchange);
    case 'continuity':
      return continuity(exchange, resource, body);
  }
}

const WADL = 'application/vnd.sun.wadl+xml';

/** What is offered here (PS3.18 §8.9): nobody has to be known for it. */
async function capabilities(exchange: Exchange): Promise<void> {
  const choice = plainChoice(acceptedBy(exchange), [WADL, 'application/xml', 'application/json']);
  if (choice === undefined) throw new WebRefusal(PROBLEMS.notAcceptable);
  const isJson = choice.type === 'application/json';
  const body = isJson ? capabilitiesJson(exchange.base) : capabilitiesXml(exchange.base);
  exchange.answer.send(200, { 'content-type': isJson ? choice.type : WADL }, body);
}
