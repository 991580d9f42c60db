import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { consoleFault } from './faults.ts';
import { filesUnder, isFilePath, type ServedFile, sendFile } from './files.ts';
import { asPage } from './guard.ts';

export interface PagesParts {
  /** Where the front end was built. */
  readonly folder: string;
  /** The site's authority, PEM: everybody may have it, to trust this console. */
  caPem(): string;
}

/** Pages that are documents of their own beside the one of the application; what they show comes after in the path. */
const OWN_PAGES = ['light'] as const;

/**
 * Mounts the front end: its files by name, and for every other path its page, which is a router of its own. @returns whether it is built.
 */
export function mountPages(app: FastifyInstance, { folder, caPem }: PagesParts): boolean {
  const files = filesUnder(folder, (name) => name.startsWith('.'));
  const page = files.get('index.html');
  app.get('/authority.crt', async (_request, reply) =>
    reply
      .type('application/x-x509-ca-cert')
      .header('content-disposition', 'attachment; filename="leadglass-authority.crt"')
      .send(caPem()),
  );
  app.get('/*', async (request, reply) => {
    const path = pathOf(request);
    const found = files.get(path) ?? ownPage(files, path);
    if (found !== undefined) return sendFile(found, request, asPage(reply));
    if (!isPagePath(path)) throw consoleFault('console.not-found');
    return page === undefined ? notBuilt(reply) : sendFile(page, request, asPage(reply));
  });
  app.setNotFoundHandler(async () => {
    throw consoleFault('console.not-found');
  });
  return page !== undefined;
}

function pathOf(request: FastifyRequest): string {
  return (request.url.split('?', 1)[0] ?? '').slice(1);
}

function ownPage(files: ReadonlyMap<string, ServedFile>, path: string): ServedFile | undefined {
  const name = OWN_PAGES.find((each) => path === each || path.startsWith(`${each}/`));
  return name === undefined ? undefined : files.get(`${name}/index.html`);
}

/** A path of the router may have dots (a UID, a title): a file that is not there is told by its extension, and not answered with a page. */
function isPagePath(path: string): boolean {
  return !isFilePath(path) && !path.startsWith('assets/') && !/(?:^|\/)\./.test(path);
}

function notBuilt(reply: FastifyReply): FastifyReply {
  return asPage(reply).code(503).type('text/html; charset=utf-8').send(NOT_BUILT);
}

const NOT_BUILT = `<!doctype html><html lang="fr"><meta charset="utf-8"><title>Leadglass</title>
<h1>Les pages de la console ne sont pas construites</h1>
<p>La passerelle fonctionne et les images passent. Lancez <code>npm start</code>, qui les construit, ou <code>npm run build:console</code>, puis rechargez cette page.</p>
<h1 lang="en">The console’s pages are not built</h1>
<p lang="en">The gateway runs and images pass. Run <code>npm start</code>, which builds them, or <code>npm run build:console</code>, then reload this page.</p></html>`;
