import type { Text } from '../../words/text.ts';
import { type Attributes, INSTANCE_FIELDS, SERIES_FIELDS } from './study.ts';
import { LIGHT } from './words.ts';

const ANSWER_MS = 60_000;
/** One answer of a search; more is asked on from there. */
const PAGE = 500;
const OBJECTS_MAX = 20_000;

type Answered = (found: readonly Attributes[]) => void;
type Failed = (why: Text) => void;

function whyOf(status: number): Text {
  return status === 401 ? LIGHT.signedOut : status === 403 || status === 404 ? LIGHT.notOpened : LIGHT.failed;
}

/** A search (QIDO-RS), with what any browser has. */
function search(address: string, done: Answered, failed: Failed): void {
  const request = new XMLHttpRequest();
  request.open('GET', address);
  request.setRequestHeader('accept', 'application/dicom+json');
  request.timeout = ANSWER_MS;
  request.onload = () => {
    if (request.status === 204) return done([]);
    const found = request.status === 200 ? parsed(request.responseText) : undefined;
    return found === undefined ? failed(whyOf(request.status)) : done(found);
  };
  request.onerror = () => failed(LIGHT.failed);
  request.ontimeout = () => failed(LIGHT.failed);
  request.send();
}

function parsed(body: string): readonly Attributes[] | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return Array.isArray(value) ? value.filter((each) => typeof each === 'object' && each !== null) : undefined;
  } catch {
    return undefined;
  }
}

/** The series of a study, with the study's own attributes in each. @param root of the study, ending in its UID */
export function askSeries(root: string, done: Answered, failed: Failed): void {
  search(`${root}/series?includefield=${SERIES_FIELDS}`, done, failed);
}

/** All objects of a series, page by page. */
export function askObjects(root: string, series: string, done: Answered, failed: Failed): void {
  const all: Attributes[] = [];
  const on = (): void => {
    const asked = `includefield=${INSTANCE_FIELDS}&limit=${PAGE}&offset=${all.length}`;
    search(`${root}/series/${series}/instances?${asked}`, take, failed);
  };
  const take = (found: readonly Attributes[]): void => {
    for (const each of found) all.push(each);
    if (found.length < PAGE || all.length >= OBJECTS_MAX) done(all);
    else on();
  };
  on();
}
