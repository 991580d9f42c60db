import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenSessions, Sessions, SessionsTools } from '../sessions.ts';
import { Attempts } from './attempt.ts';
import { migrate } from './auth.ts';
import { Authorities } from './authorities.ts';
import { readDirectory } from './directory.ts';
import { handlers } from './handlers.ts';
import { ownerActs } from './owner.ts';
import { Parts } from './parts.ts';
import { mount } from './routes.ts';
import { keptSecret } from './secrets.ts';
import { PeopleStore } from './store.ts';
import { Watch } from './watch.ts';

/**
 * Opens people and sessions in `tools.folder`: `people.sqlite` (0600), `secret` (0600), and `directory.json` where the site has a single sign-on.
 * Brings the tables up to date. Throws Fault `console.directory-wrong`.
 */
export const openSessions: OpenSessions = async (tools: SessionsTools): Promise<Sessions> => {
  mkdirSync(tools.folder, { recursive: true, mode: 0o700 });
  chmodSync(tools.folder, 0o700);
  const directory = readDirectory(tools.folder);
  const store = new PeopleStore(join(tools.folder, 'people.sqlite'));
  const parts = new Parts(tools, store, keptSecret(join(tools.folder, 'secret')));
  const authorities = new Authorities(parts, directory);
  await migrate(authorities.at(tools.origins()[0] ?? ''));
  store.prepare(parts.now());
  const attempts = new Attempts(parts);
  const watch = new Watch(parts);
  const made = { parts, authorities, attempts, watch };
  return {
    handlers: handlers(made),
    asOwner: async (name, request) => ownerActs(made)[name](request as never),
    sessionOf: (request, options) => watch.sessionOf(request, options),
    isSetUp: async () => store.administrators().length > 0,
    routes: async (app) => mount(app, made),
    onEnded: (heard) => parts.onEnded(heard),
    close: async () => {
      watch.close();
      store.close();
    },
  };
};
