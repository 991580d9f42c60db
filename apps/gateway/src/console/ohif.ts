import { ACCESS } from '@leadglass/contract';
import type { FastifyInstance } from 'fastify';
import { withRole } from './api.ts';
import { DICOMWEB } from './dicomweb.ts';
import { consoleFault } from './faults.ts';
import { filesUnder, inlineScriptsOf, isFilePath, sendFile, textOf } from './files.ts';
import { asPage } from './guard.ts';
import type { Sessions } from './sessions.ts';

const ROOT = '/ohif/';
/** What needs a network beyond ours, or belongs to sign-in of OHIF's own. */
const LEFT_OUT =
  /\.map$|(?:^|\/)(?:sw|google|oidc-client\.min)\.js$|^silent-refresh\.html$|^app-config\.js$|^index\.html$/;

/** Everything that OHIF may be given of its settings: one source, ours, and no other server by name or by URL. */
const APP_CONFIG = `window.config = ${JSON.stringify({
  routerBasename: '/ohif',
  extensions: [],
  modes: [],
  showStudyList: false,
  showWarningMessageForCrossOrigin: false,
  showCPUFallbackMessage: true,
  showLoadingIndicator: true,
  strictZSpacingForVolumeViewport: true,
  maxNumberOfWebWorkers: 3,
  investigationalUseDialog: { option: 'never' },
  defaultDataSourceName: 'leadglass',
  dataSources: [
    {
      namespace: '@ohif/extension-default.dataSourcesModule.dicomweb',
      sourceName: 'leadglass',
      configuration: {
        friendlyName: 'Leadglass',
        name: 'leadglass',
        qidoRoot: DICOMWEB,
        wadoRoot: DICOMWEB,
        imageRendering: 'wadors',
        thumbnailRendering: 'wadors',
        acceptHeader: ['multipart/related; type=application/octet-stream; transfer-syntax=*'],
        supportsFuzzyMatching: false,
        supportsWildcard: true,
        enableStudyLazyLoad: true,
        bulkDataURI: { enabled: true },
      },
    },
  ],
})};`;

/**
 * Mounts OHIF as its makers publish it, below `/ohif/`, for whoever may read images. Its page is given the place it lies at, and a policy of its
 * own: WebAssembly for its codecs, workers from blobs, styles that its libraries set inline; scripts of this origin and the two its page
 * has inline, by their digests; no other host.
 */
export function mountOhif(app: FastifyInstance, { sessions, folder }: { sessions: Sessions; folder: string }): void {
  const files = filesUnder(folder, (name) => LEFT_OUT.test(name));
  const page = pageOf(folder);
  const policy = page === undefined ? '' : policyOf(page);
  app.get(`${ROOT}*`, async (request, reply) => {
    await withRole(sessions, request, ACCESS['journey.search'], { isActivity: false });
    if (page === undefined) throw consoleFault('console.not-found', NOT_FETCHED);
    const path = (request.url.split('?', 1)[0] ?? '').slice(ROOT.length);
    const file = files.get(path);
    asPage(reply, policy);
    if (path === 'app-config.js') return reply.type('text/javascript; charset=utf-8').send(APP_CONFIG);
    if (file !== undefined) return sendFile(file, request, reply);
    if (isFilePath(path)) throw consoleFault('console.not-found');
    return reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache').send(page);
  });
}

/** OHIF's page, made to lie below `/ohif/`; undefined: it was not fetched. */
function pageOf(folder: string): string | undefined {
  const file = filesUnder(folder).get('index.html');
  if (file === undefined) return undefined;
  return textOf(file)
    .replace('<head>', `<head><base href="${ROOT}">`)
    .replace('window.PUBLIC_URL="/"', `window.PUBLIC_URL="${ROOT}"`)
    .replaceAll(/(\s(?:href|src|content)=")\/(?!\/)/g, `$1${ROOT}`);
}

function policyOf(page: string): string {
  return [
    "default-src 'none'",
    `script-src 'self' 'wasm-unsafe-eval' blob: ${inlineScriptsOf(page).join(' ')}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' blob: data:",
    "font-src 'self' data:",
    "connect-src 'self' blob: data:",
    "worker-src 'self' blob:",
    "manifest-src 'self'",
    "base-uri 'self'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

const NOT_FETCHED = {
  fr: 'La visionneuse OHIF n’est pas sur cette machine : lancez « npm run viewer » avec le réseau, ou prenez la page légère.',
  en: 'The OHIF viewer is not on this machine: run “npm run viewer” with the network, or take the light page.',
};
