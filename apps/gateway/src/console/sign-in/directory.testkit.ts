import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { Provider } from 'oidc-provider';

const CLIENT_SECRET = 'a secret of the directory, for tests';

/** Somebody the directory knows. */
export interface Known {
  readonly account: string;
  readonly name: string;
  readonly groups: readonly string[];
}

/** A directory that conforms to OpenID Connect (the `oidc-provider` package), on this machine. Any password is right there. */
export class TestDirectory {
  readonly issuer: string;
  readonly #server: Server;
  /** Requests for authorisation, as they came. */
  readonly asked: URLSearchParams[] = [];

  private constructor(server: Server, issuer: string) {
    this.#server = server;
    this.issuer = issuer;
  }

  /** @param redirects where it may send people back to; @param port 0: any. */
  static async open(known: readonly Known[], redirects: readonly string[], port = 0): Promise<TestDirectory> {
    const server = createServer();
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const directory = new TestDirectory(server, `http://127.0.0.1:${address.port}`);
    const answer = new Provider(directory.issuer, settings(known, redirects)).callback();
    server.on('request', (request, response) => {
      const url = new URL(request.url ?? '/', directory.issuer);
      if (url.pathname === '/auth') directory.asked.push(url.searchParams);
      answer(request, response).catch(() => response.destroy());
    });
    return directory;
  }

  /** What `<home>/people` needs to know this directory. */
  write(folder: string): void {
    const settings = {
      ...{
        name: 'Annuaire du CHU',
        issuer: this.issuer,
        clientId: 'leadglass',
        scopes: ['openid', 'profile', 'groups'],
      },
      roles: [
        { value: 'radio-admins', role: 'administrator' },
        { value: 'radiologues', role: 'radiologist' },
      ],
    };
    writeFileSync(join(folder, 'directory.json'), JSON.stringify(settings));
    writeFileSync(join(folder, 'directory.secret'), CLIENT_SECRET, { mode: 0o600 });
  }

  /** Walks the directory's own pages as a browser would, until it sends the person back. @returns where to. */
  async signIn(url: string, account: string, back: string): Promise<string> {
    const cookies = new Map<string, string>();
    let step = await visit(url, cookies);
    for (let steps = 0; steps < 12; steps += 1) {
      if (step.location?.startsWith(back) === true) return step.location;
      if (step.location !== undefined) step = await visit(new URL(step.location, this.issuer).href, cookies);
      else step = await visit(formOf(step.page, this.issuer), cookies, formFields(step.page, account));
    }
    throw new Error('the directory did not send the person back');
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function settings(known: readonly Known[], redirects: readonly string[]): Readonly<Record<string, unknown>> {
  return {
    clients: [
      {
        ...{ client_id: 'leadglass', client_secret: CLIENT_SECRET, redirect_uris: redirects },
        ...{ grant_types: ['authorization_code'], response_types: ['code'] },
      },
    ],
    scopes: ['openid', 'profile', 'groups'],
    claims: { openid: ['sub'], profile: ['name', 'preferred_username'], groups: ['groups'] },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: true } },
    cookies: { keys: ['only for tests'] },
    findAccount: async (_: unknown, id: string) => {
      const person = known.find(({ account }) => account === id);
      const { name, groups } = person ?? { name: id, groups: [] };
      return { accountId: id, claims: async () => ({ sub: `subject-${id}`, name, preferred_username: id, groups }) };
    },
  };
}

interface Step {
  readonly location: string | undefined;
  readonly page: string;
}

async function visit(url: string, cookies: Map<string, string>, form?: URLSearchParams): Promise<Step> {
  const answer = await fetch(url, {
    redirect: 'manual',
    headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    ...(form === undefined ? {} : { method: 'POST', body: form }),
  });
  for (const cookie of answer.headers.getSetCookie()) {
    const [pair = ''] = cookie.split(';', 1);
    cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
  }
  return { location: answer.headers.get('location') ?? undefined, page: await answer.text() };
}

function formOf(page: string, issuer: string): string {
  const action = /<form[^>]*action="([^"]+)"/.exec(page)?.[1];
  if (action === undefined) throw new Error(`no form: ${page.slice(0, 300)}`);
  return new URL(action, issuer).href;
}

function formFields(page: string, account: string): URLSearchParams {
  const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1] ?? 'login';
  return new URLSearchParams({ prompt, ...(prompt === 'login' ? { login: account, password: 'any' } : {}) });
}
