import type { Peer } from '@leadglass/model';
import { isMap, isScalar, isSeq, parseDocument, type YAMLMap } from 'yaml';
import type { Config } from './config.ts';
import { renderConfig } from './render.ts';

/** Comments for one peer: lines above it, behind fields by name, and behind the items of `allow` by value. */
export interface RuleNotes {
  readonly before: readonly string[];
  readonly fields: Readonly<Record<string, string>>;
  readonly items: Readonly<Record<string, string>>;
}

/** `renderConfig`, with comments for its peers. */
export function renderConfigWithNotes(
  config: Config,
  notesOf: (peer: Pick<Peer, 'aeTitle' | 'from'>) => RuleNotes,
): string {
  const document = parseDocument(renderConfig(config));
  const peers = document.get('peers');
  for (const item of isSeq(peers) ? peers.items : []) {
    if (!isMap(item)) continue;
    const peer = { aeTitle: item.get('aeTitle'), from: item.get('from') } as Pick<Peer, 'aeTitle' | 'from'>;
    annotate(item, notesOf(peer));
  }
  return document.toString({ lineWidth: 0 });
}

function annotate(item: YAMLMap, { before, fields, items }: RuleNotes): void {
  if (before.length > 0) item.commentBefore = before.map(comment).join('\n');
  for (const [name, note] of Object.entries(fields)) {
    const value = item.get(name, true);
    if (isScalar(value) && note !== '') value.comment = comment(note);
  }
  const allow = item.get('allow');
  for (const right of isSeq(allow) ? allow.items : []) {
    const note = isScalar(right) ? items[String(right.value)] : undefined;
    if (isScalar(right) && note !== undefined) right.comment = comment(note);
  }
}

function comment(line: string): string {
  return ` ${line.replace(/[\r\n]+/g, ' ')}`;
}
