import { type ChildProcess, fork } from 'node:child_process';
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Logger, type Secret, type Text, text } from '@leadglass/kit';
import type { ConsoleBanner } from '../banner.ts';
import { ownCode, removeCode, warmCode } from '../compiled-code.ts';
import { controlFault } from '../control-faults.ts';
import { type Address, formatAddress } from '../listeners.ts';
import { type ConsoleConfiguration, type FromConsole, fromConsole, type ToConsole } from './messages.ts';
import { AWAY, OwnerAsks } from './owner-asks.ts';
import { CONSOLE, consoleFlags, DIST, VIEWER } from './places.ts';
import { originsOf } from './reach.ts';
import type { OwnerOperation } from './sessions.ts';
import type { Viewers } from './viewers.ts';

/** A machine that is busy beyond measure is no reason to kill what starts on it, and to begin again. */
const START_MS = 90_000;
const END_MS = 5_000;
const RESTART_MIN_MS = 500;
const RESTART_MAX_MS = 60_000;
/** Without an address of the command line: the first of these that is free. */
const DEFAULT_PORTS = Array.from({ length: 10 }, (_, at) => 8443 + at);
const TOKEN_BYTES = 32;

export interface ConsoleHostOptions {
  readonly home: string;
  /** Where `--console` says; undefined: this machine alone, the first free port from 8443 on. */
  readonly address: Address | undefined;
  /** The certificate in force, and under which names and addresses it is good. */
  tls(): ConsoleConfiguration['tls'];
  names(): readonly string[];
  readonly siteName: string;
  readonly version: string;
  readonly isDemo: boolean;
  /** Of a home made at this start: shown once more, to whoever sets the console up. */
  readonly recoveryKey: Secret<string> | undefined;
  readonly viewers: Viewers;
  readonly log: Logger;
}

/** Where the console is, once it is ready. */
export interface ConsoleState {
  readonly address: Address;
  readonly isBuilt: boolean;
  /** For a browser on this machine, or in the network where it listens there. */
  readonly link: string;
  /** Of the set-up, while there is no administrator; its secret is in the fragment, which no server or proxy ever sees. */
  readonly setUpLink: string | undefined;
}

/**
 * The keeper's side of the console's process: starts it, starts another when it dies, and gives it the few things the control socket does
 * not have. That it does not run is a trouble and never keeps images from coming in.
 */
export class ConsoleHost {
  readonly #options: ConsoleHostOptions;
  #token: string | undefined = randomBytes(TOKEN_BYTES).toString('base64url');
  readonly #asks = new OwnerAsks();
  #isKeyShown = false;
  #child: ChildProcess | undefined;
  #state: ConsoleState | undefined;
  #trouble: Text | undefined;
  #restartMs = RESTART_MIN_MS;
  #timer: NodeJS.Timeout | undefined;
  #isStopping = false;

  constructor(options: ConsoleHostOptions) {
    this.#options = options;
  }

  /** Undefined while it does not run. */
  get state(): ConsoleState | undefined {
    return this.#state;
  }

  /** Why it does not run. */
  get trouble(): Text | undefined {
    return this.#trouble;
  }

  /** Every `https://HOST:PORT` under which it is reached; none while it does not run. */
  origins(): readonly string[] {
    if (this.#state === undefined) return [];
    const { host, port } = this.#state.address;
    return originsOf(host, this.#options.names(), port);
  }

  /** Asks something about people for the owner of the machine. Rejects with a Fault `control.*`. */
  async asOwner(name: OwnerOperation, request: unknown): Promise<unknown> {
    if (this.#state === undefined || this.#child?.connected !== true) throw controlFault('control.conflict', AWAY);
    return this.#asks.ask((message) => this.#say(message), name, request);
  }

  /** As the status lists it. */
  get listeners(): readonly { readonly name: string; readonly address: string }[] {
    return this.#state === undefined ? [] : [{ name: 'console', address: formatAddress(this.#state.address) }];
  }

  /** As the status lists them. */
  get troubles(): readonly { readonly code: string; readonly text: Text }[] {
    return this.#trouble === undefined ? [] : [{ code: 'console.down', text: this.#trouble }];
  }

  /** What the start tells people. */
  get banner(): ConsoleBanner {
    return {
      link: this.#state?.link,
      setUpLink: this.#state?.setUpLink,
      isBuilt: this.#state?.isBuilt ?? true,
      trouble: this.#trouble,
    };
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Resolves when it is ready, or cannot be: then `trouble` says why, and it is tried again by itself. Never rejects. */
  async start(): Promise<void> {
    if (this.#isStopping) return;
    const { home, log } = this.#options;
    const people = join(home, 'people');
    mkdirSync(people, { recursive: true, mode: 0o700 });
    const onDisk = join(home, 'run', 'console-code');
    await removeCode(onDisk);
    const code = await ownCode(CONSOLE, onDisk);
    if (this.#isStopping) return removeCode(code);
    const child = fork(CONSOLE.entry, [], {
      execArgv: consoleFlags(home, code),
      env: code === undefined ? {} : { NODE_COMPILE_CACHE: code },
      serialization: 'json',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#child = child;
    child.on('error', (thrown) => log.error('console.process', { fault: thrown }));
    child.once('exit', (code, signal) => this.#exited(child, signal ?? `code ${code}`));
    this.#say(this.#configuration());
    await this.#begun(child);
    void removeCode(code);
    // For the starts to come: nobody waits for it, least of all whoever starts the gateway for the first time.
    if (!this.#isStopping) void warmCode(CONSOLE);
  }

  /** Other certificates: for the connections from now on. */
  useTls(): void {
    this.#say({ t: 'tls', tls: this.#options.tls(), names: this.#options.names() });
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#timer);
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => child.kill('SIGKILL'), END_MS);
      child.once('exit', () => {
        clearTimeout(timer);
        resolve();
      });
      if (child.connected) child.disconnect();
    });
  }

  #configuration(): ConsoleConfiguration {
    const { home, address, siteName, isDemo, version } = this.#options;
    return {
      ...{ t: 'configure', home, siteName, isDemo, version, dist: DIST, viewer: VIEWER },
      host: address?.host ?? '127.0.0.1',
      // Once it has listened it listens there again: bookmarks and passkeys are bound to it.
      ports:
        this.#state !== undefined ? [this.#state.address.port] : address === undefined ? DEFAULT_PORTS : [address.port],
      names: this.#options.names(),
      tls: this.#options.tls(),
      ...(this.#token === undefined ? {} : { setUpSha256: digestOf(this.#token).toString('hex') }),
    };
  }

  #begun(child: ChildProcess): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => child.kill('SIGKILL'), START_MS);
      const over = (): void => {
        clearTimeout(timer);
        resolve();
      };
      child.once('exit', over);
      child.on('message', (raw) => {
        const parsed = fromConsole.safeParse(raw);
        if (!parsed.success) {
          this.#options.log.error('console.unintelligible');
          return void child.kill('SIGKILL');
        }
        this.#heard(parsed.data);
        if (['ready', 'cannot-listen', 'failed'].includes(parsed.data.t)) over();
      });
    });
  }

  #heard(message: FromConsole): void {
    const { log, viewers } = this.#options;
    switch (message.t) {
      case 'ready':
        return this.#ready(message);
      case 'cannot-listen':
        this.#trouble = cannotListen(this.#options.address, message.errno);
        return log.error('console.cannot-listen', { errno: message.errno });
      case 'failed':
        this.#trouble = NOT_STARTED;
        return log.error('console.failed', { detail: message.detail });
      case 'recovery-key':
        return this.#say({ t: 'recovery-key', ask: message.ask, key: this.#recoveryKey(message.token) });
      case 'set-up-used':
        this.#token = undefined;
        return;
      case 'viewer':
        return viewers.add(message);
      case 'viewer-over':
        return viewers.remove(message.sha256);
      case 'owner-answer':
        return this.#asks.heard(message);
    }
  }

  #ready({ port, isSetUp, isBuilt }: Extract<FromConsole, { t: 'ready' }>): void {
    const host = this.#options.address?.host ?? '127.0.0.1';
    this.#trouble = undefined;
    this.#restartMs = RESTART_MIN_MS;
    if (isSetUp) this.#token = undefined;
    const [link = ''] = originsOf(host, this.#options.names(), port);
    const setUpLink = this.#token === undefined ? undefined : `${link}/set-up#${this.#token}`;
    this.#state = { address: { host, port }, isBuilt, link, setUpLink };
  }

  /** The key, to whoever shows the token, once: the process that hears the network does not have it before. */
  #recoveryKey(token: string): string | null {
    const { recoveryKey } = this.#options;
    const isGood = this.#token !== undefined && timingSafeEqual(digestOf(token), digestOf(this.#token));
    if (!isGood || this.#isKeyShown || recoveryKey === undefined) return null;
    this.#isKeyShown = true;
    return recoveryKey.reveal();
  }

  #exited(child: ChildProcess, exit: string): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    this.#options.viewers.clear();
    this.#asks.gone();
    if (this.#isStopping) return;
    this.#trouble ??= NOT_STARTED;
    this.#options.log.error('console.died', { exit });
    this.#timer = setTimeout(() => void this.start(), this.#restartMs);
    this.#timer.unref();
    this.#restartMs = Math.min(this.#restartMs * 2, RESTART_MAX_MS);
  }

  #say(message: ToConsole): void {
    if (this.#child?.connected === true) this.#child.send(message, () => {});
  }
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

function cannotListen(address: Address | undefined, errno: string): Text {
  const where = address === undefined ? '127.0.0.1:8443–8452' : `${address.host}:${address.port}`;
  return text(
    `La console ne peut pas écouter sur ${where} (${errno}). Les images passent quand même. Choisissez une autre adresse : --console 127.0.0.1:9443.`,
    `The console cannot listen on ${where} (${errno}). Images pass all the same. Choose another address: --console 127.0.0.1:9443.`,
  );
}

const NOT_STARTED = text(
  'La console ne fonctionne pas ; le journal technique dit pourquoi. Les images passent quand même.',
  'The console does not run; the technical log says why. Images pass all the same.',
);
