import type { CatalogueRecords, StudyMark, StudyRow, StudySource, SubjectRow } from '@leadglass/records';
import type { Plan } from './plan.ts';

/** Rows read at once: some milliseconds in which nothing else is answered. */
export const PAGE = 128;

/** Studies of a plan, each once, page by page. */
export async function* studiesOf(records: CatalogueRecords, plan: Plan): AsyncGenerator<readonly StudyRow[]> {
  const seen = new Set<number>();
  const isOneSource = plan.by === 'studies' && plan.sources.length === 1;
  for await (const page of pagesOf(records, plan)) {
    // One source gives each study once: nothing to remember.
    if (isOneSource) {
      yield page;
      continue;
    }
    const fresh = page.filter(({ no }) => !seen.has(no));
    for (const { no } of fresh) seen.add(no);
    yield fresh;
  }
}

async function* pagesOf(records: CatalogueRecords, plan: Plan): AsyncGenerator<readonly StudyRow[]> {
  const sources = plan.by === 'studies' ? plan.sources : await sourcesHolding(records, plan);
  for (const source of sources) yield* pagesFrom(records, source);
}

/** The studies that hold series or instances. */
async function sourcesHolding(
  records: CatalogueRecords,
  { by, uids }: Plan & { readonly by: 'series-uids' | 'instance-uids' },
): Promise<readonly StudySource[]> {
  const found = new Set<string>();
  for (const uid of uids) {
    const holding = by === 'series-uids' ? records.studiesOfSeries(uid) : records.studiesOfInstance(uid);
    for (const study of await holding) found.add(study);
  }
  return [...found].map((uid) => ({ by: 'uid', uid }));
}

async function* pagesFrom(records: CatalogueRecords, source: StudySource): AsyncGenerator<readonly StudyRow[]> {
  let after: StudyMark | undefined;
  for (;;) {
    const page = await records.studies(source, after, PAGE);
    if (page.length > 0) yield page;
    const last = page.at(-1);
    if (page.length < PAGE || last === undefined) return;
    after = { studyDate: last.studyDate, subjectNo: last.subjectNo, no: last.no };
  }
}

/** Subjects by a token, or from the newest on. */
export async function* subjectPages(
  records: CatalogueRecords,
  source: { readonly token: number } | { readonly newest: true },
): AsyncGenerator<readonly SubjectRow[]> {
  let after: number | undefined;
  for (;;) {
    const page = await records.subjects(source, after, PAGE);
    if (page.length > 0) yield page;
    if (page.length < PAGE) return;
    after = page.at(-1)?.no;
  }
}
