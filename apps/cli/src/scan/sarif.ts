import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Language } from '@leadglass/kit';
import type { Finding, Severity } from '@leadglass/model';
import type { Outcome } from './pool.ts';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

/** SARIF 2.1.0 §3.27.10: what severities are there. */
const LEVELS: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  malicious: 'error',
  malformed: 'error',
  suspicious: 'warning',
  information: 'note',
};

/**
 * Writes a SARIF 2.1.0 log (OASIS Standard) of a scan while it goes on: one run, a result for each finding, a notification for each file
 * that could not be looked at. Memory: the kinds of findings, not the findings.
 */
export class SarifLog {
  readonly #write: (text: string) => void;
  readonly #language: Language;
  readonly #version: string;
  readonly #rules = new Map<string, Finding>();
  readonly #notLooked: object[] = [];
  #results = 0;

  constructor(write: (text: string) => void, language: Language, version: string) {
    this.#write = write;
    this.#language = language;
    this.#version = version;
    write(`{"$schema":${JSON.stringify(SCHEMA)},"version":"2.1.0","runs":[{"columnKind":"utf16CodeUnits","results":[`);
  }

  add({ entry, looked, problem }: Outcome): void {
    for (const { path, findings } of looked) for (const finding of findings) this.#result(path, finding);
    if (problem !== undefined) this.#notLooked.push(this.#notification(entry.path, problem));
  }

  /** @param exitCode the command's. */
  end(exitCode: number): void {
    const rules = [...this.#rules.values()].map((finding) => this.#rule(finding));
    const driver = { name: 'Leadglass', version: this.#version, language: this.#language, rules };
    const invocation = {
      executionSuccessful: this.#notLooked.length === 0,
      exitCode,
      toolExecutionNotifications: this.#notLooked,
    };
    const rest = JSON.stringify({ tool: { driver }, invocations: [invocation] });
    this.#write(`],${rest.slice(1)}]}\n`);
  }

  #result(path: string, finding: Finding): void {
    const ruleIndex = this.#indexOf(finding);
    const region = finding.offset < 0 ? {} : { region: { byteOffset: finding.offset } };
    const logical = finding.path === '' ? {} : { logicalLocations: [{ fullyQualifiedName: finding.path }] };
    const result = {
      ruleId: finding.code,
      ruleIndex,
      level: LEVELS[finding.severity],
      message: { text: finding.text[this.#language] },
      locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(path) }, ...region }, ...logical }],
      properties: { severity: finding.severity, inspector: finding.inspector },
    };
    this.#write(`${this.#results === 0 ? '' : ','}\n${JSON.stringify(result)}`);
    this.#results += 1;
  }

  #indexOf(finding: Finding): number {
    const at = [...this.#rules.keys()].indexOf(finding.code);
    if (at >= 0) return at;
    this.#rules.set(finding.code, finding);
    return this.#rules.size - 1;
  }

  #rule({ code, severity, text, cites }: Finding): object {
    const sentence = text[this.#language];
    return {
      id: code,
      shortDescription: { text: sentence },
      fullDescription: { text: cites === '' ? sentence : `${sentence} (${cites})` },
      defaultConfiguration: { level: LEVELS[severity] },
    };
  }

  #notification(path: string, problem: string): object {
    const text = this.#language === 'fr' ? `Fichier non regardé (${problem}).` : `File not looked at (${problem}).`;
    const artifactLocation = { uri: uriOf(path) };
    return { level: 'error', message: { text }, locations: [{ physicalLocation: { artifactLocation } }] };
  }
}

/** A path as a URI reference (RFC 3986): relative ones stay relative. */
function uriOf(path: string): string {
  if (isAbsolute(path)) return pathToFileURL(path).href;
  const steps = path.replaceAll('\\', '/').split('/');
  const escaped = steps.map((step) => encodeURIComponent(step.toWellFormed())).join('/');
  // A first step with a colon would read as a scheme; encodeURIComponent has escaped it.
  return escaped;
}
