import type { OpenSsl } from './pki.testkit.ts';

const CA = 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n';
const LEAF = 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=clientAuth\n';

/** Makes a hospital's authorities and devices with OpenSSL: NAME.pem and NAME.key in its folder. */
export class OutsidePki {
  readonly #ssl: OpenSsl;

  constructor(ssl: OpenSsl) {
    this.#ssl = ssl;
  }

  #key(name: string, subject: string): void {
    const args = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', subject];
    this.#ssl.run('req', '-new', ...args, '-keyout', `${name}.key`, '-out', `${name}.csr`);
  }

  root(name: string, more = '', subject = `/O=Hospital/CN=${name}`): void {
    this.#key(name, subject);
    this.#ssl.write(`${name}.ext`, `${CA}subjectKeyIdentifier=hash\n${more}`);
    const args = ['-in', `${name}.csr`, '-signkey', `${name}.key`, '-days', '30', '-extfile', `${name}.ext`];
    this.#ssl.run('x509', '-req', ...args, '-out', `${name}.pem`);
  }

  /** @param extensions lines of OpenSSL's extension file. */
  #signed(by: string, name: string, extensions: string, days: number): void {
    const keys = 'subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n';
    this.#ssl.write(`${name}.ext`, `${extensions}${keys}`);
    const issuer = ['-CA', `${by}.pem`, '-CAkey', `${by}.key`, '-CAcreateserial', '-extfile', `${name}.ext`];
    this.#ssl.run('x509', '-req', '-in', `${name}.csr`, ...issuer, '-days', String(days), '-out', `${name}.pem`);
  }

  intermediate(by: string, name: string, more = '', subject = `/O=Hospital/CN=${name}`): void {
    this.#key(name, subject);
    this.#signed(by, name, `${CA}${more}`, 30);
  }

  device(by: string, name: string, commonName: string, more = '', days = 20): void {
    this.#key(name, `/O=Hospital/CN=${commonName}`);
    this.#signed(by, name, more.includes('extendedKeyUsage') ? more : `${LEAF}${more}`, days);
  }

  /** An empty database and configuration for `openssl ca -gencrl` of `by`; revokes `names`. @returns the list's file name. */
  crl(by: string, names: readonly string[]): string {
    this.#ssl.write(`${by}.index`, '');
    this.#ssl.write(`${by}.number`, '01\n');
    const section = `database=${by}.index\ncrlnumber=${by}.number\ndefault_md=sha256\ndefault_crl_days=30\n`;
    this.#ssl.write(`${by}.cnf`, `[ca]\ndefault_ca=d\n[d]\n${section}`);
    const as = ['-config', `${by}.cnf`, '-cert', `${by}.pem`, '-keyfile', `${by}.key`];
    for (const name of names) this.#ssl.run('ca', ...as, '-revoke', `${name}.pem`);
    this.#ssl.run('ca', ...as, '-gencrl', '-out', `${by}.crl`);
    return `${by}.crl`;
  }
}
