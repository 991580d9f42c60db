/** The site's ClamAV, and how far it is asked. */
export interface ClamavSettings {
  /** Of clamd: an absolute path of a Unix socket, or `HOST:PORT`. */
  readonly address: string;
  /** Longest stream it is shown, bytes; not above its own StreamMaxLength. */
  readonly maxStreamBytes: number;
  /** For an answer, from the end of an object. */
  readonly timeoutSeconds: number;
}
