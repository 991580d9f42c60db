import type { Language, Text } from '../../words/text.ts';
import { askObjects, askSeries } from './ask.ts';
import { type Loading, Neighbours, neighboursOf } from './neighbours.ts';
import { addressOf, type Preset, presetsOf } from './present.ts';
import { Stage } from './stage.ts';
import { headingOf, isUid, type Picture, picturesOf, type Series, seriesOf } from './study.ts';
import { LIGHT } from './words.ts';

// The page for any browser: no framework, built for ECMAScript 2015, pictures made by the gateway.

const FAR = 10;

function language(): Language {
  let kept: string | null = null;
  try {
    kept = localStorage.getItem('leadglass.language');
  } catch {
    // A browser that keeps nothing.
  }
  const word = kept || (navigator.language.toLowerCase().indexOf('en') === 0 ? 'en' : 'fr');
  return word === 'en' ? 'en' : 'fr';
}

const LANGUAGE = language();
const say = (words: Text): string => words[LANGUAGE];

function at<T extends HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`no #${id}`);
  return element as T;
}

function button(words: string, act: () => void, title = words): HTMLButtonElement {
  const made = document.createElement('button');
  made.type = 'button';
  made.textContent = words;
  if (title !== '') made.title = title;
  if (title !== words) made.setAttribute('aria-label', title);
  made.addEventListener('click', act);
  return made;
}

/** Loads a picture into the browser's own cache. */
function load(address: string, done: () => void): Loading {
  const image = new Image();
  image.onload = done;
  image.onerror = done;
  image.src = address;
  return {
    stop: () => {
      image.onload = null;
      image.onerror = null;
      image.src = '';
    },
  };
}

class LightPage {
  readonly #root: string;
  readonly #stage: Stage;
  readonly #near = new Neighbours(load);
  #series: readonly Series[] = [];
  #shown: Series | undefined;
  #pictures: readonly Picture[] = [];
  #at = 0;
  #isForward = true;
  #preset: Preset | undefined;

  constructor(study: string) {
    this.#root = `/dicomweb/studies/${study}`;
    this.#stage = new Stage(at('stage'), at('image'), {
      onStep: (by) => this.#step(by),
      onZoom: () => this.#draw(),
      onNoPicture: () => this.#tell(LIGHT.noPicture),
      onPicture: () => this.#tell(undefined),
    });
    this.#controls();
    at<HTMLInputElement>('slider').addEventListener('input', (event) =>
      this.#goTo(Number((event.target as HTMLInputElement).value) - 1),
    );
    document.addEventListener('keydown', (event) => this.#key(event));
    askSeries(
      this.#root,
      (found) => this.#begin(found),
      (why) => this.#tell(why),
    );
  }

  #controls(): void {
    const tools = at('tools');
    tools.appendChild(button('◀', () => this.#step(-1), say(LIGHT.previous)));
    tools.appendChild(button('▶', () => this.#step(1), say(LIGHT.next)));
    tools.appendChild(button('−', () => this.#stage.zoomBy(false), say(LIGHT.smaller)));
    tools.appendChild(button('+', () => this.#stage.zoomBy(true), say(LIGHT.larger)));
    tools.appendChild(button(say(LIGHT.whole), () => this.#stage.zoomTo(1), say(LIGHT.whole)));
  }

  #begin(found: Parameters<typeof seriesOf>[0]): void {
    this.#series = seriesOf(found);
    const { name, patientId, born, date, description, accession } = headingOf(found[0] || {});
    at('who').textContent = name || patientId;
    const details = [patientId, born === '' ? '' : `${say(LIGHT.born)} ${born}`, date, description, accession];
    at('what').textContent = details.filter((each) => each !== '').join(' · ');
    const list = at('series');
    for (const series of this.#series) list.appendChild(this.#entry(series));
    const first = this.#series[0];
    if (first === undefined) this.#tell(LIGHT.empty);
    else this.#open(first);
  }

  #entry(series: Series): HTMLElement {
    const entry = button('', () => this.#open(series));
    const small = new Image();
    small.alt = '';
    small.src = `${this.#root}/series/${series.uid}/thumbnail`;
    small.onerror = () => small.setAttribute('hidden', '');
    const words = document.createElement('span');
    words.textContent = `${series.modality} ${series.number} ${series.description || say(LIGHT.noName)}`;
    const count = document.createElement('small');
    count.textContent = series.objects > 0 ? `${series.objects} ${say(LIGHT.objects)}` : '';
    for (const part of [small, words, count]) entry.appendChild(part);
    entry.setAttribute('data-series', series.uid);
    const item = document.createElement('li');
    item.appendChild(entry);
    return item;
  }

  #open(series: Series): void {
    this.#shown = series;
    this.#preset = undefined;
    this.#stage.zoomTo(1);
    const entries = at('series').querySelectorAll('button');
    for (let each = 0; each < entries.length; each += 1) {
      const entry = entries[each] as HTMLElement;
      entry.setAttribute('aria-pressed', String(entry.getAttribute('data-series') === series.uid));
    }
    this.#tell(LIGHT.loading);
    const done = (found: Parameters<typeof picturesOf>[0]) => {
      // Another series may have been opened meanwhile.
      if (this.#shown !== series) return;
      this.#pictures = picturesOf(found);
      this.#at = 0;
      this.#presets(series);
      if (this.#pictures.length === 0) this.#tell(LIGHT.noPicture);
      this.#draw();
    };
    askObjects(this.#root, series.uid, done, (why) => this.#tell(why));
  }

  #presets({ modality }: Series): void {
    const place = at('presets');
    place.textContent = '';
    const all = presetsOf(modality);
    for (const preset of all.length > 1 ? all : []) {
      const made = button(
        say(preset.text),
        () => this.#window(preset),
        `${say(LIGHT.window)} ${say(preset.text)} (${preset.key})`,
      );
      made.setAttribute('aria-pressed', String((this.#preset || all[0]) === preset));
      place.appendChild(made);
    }
  }

  #window(preset: Preset): void {
    this.#preset = preset;
    if (this.#shown !== undefined) this.#presets(this.#shown);
    this.#draw();
  }

  #step(by: number): void {
    this.#isForward = by > 0;
    this.#goTo(this.#at + by);
  }

  #goTo(place: number): void {
    this.#at = Math.max(0, Math.min(this.#pictures.length - 1, place));
    this.#draw();
  }

  #addressOf(place: number): string {
    const { uid = '' } = this.#shown || {};
    const how = {
      window: this.#preset === undefined ? undefined : this.#preset.window,
      isWhole: this.#stage.zoom === 1,
    };
    return addressOf(this.#root, uid, this.#pictures[place] as Picture, how);
  }

  #draw(): void {
    const count = this.#pictures.length;
    const slider = at<HTMLInputElement>('slider');
    slider.max = String(Math.max(1, count));
    slider.value = String(this.#at + 1);
    slider.disabled = count < 2;
    at('position').textContent = `${say(LIGHT.position)} ${count === 0 ? 0 : this.#at + 1} / ${count}`;
    if (count === 0) return;
    this.#stage.show(this.#addressOf(this.#at));
    this.#near.want(neighboursOf(this.#at, count, this.#isForward).map((place) => this.#addressOf(place)));
  }

  #tell(words: Text | undefined): void {
    at('said').textContent = words === undefined ? '' : say(words);
    at('image').style.visibility = words === undefined || words === LIGHT.loading ? 'visible' : 'hidden';
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const isSlider = event.target === at('slider');
    const act = isSlider ? undefined : this.#actOf(event.key);
    if (act === undefined) return;
    event.preventDefault();
    act();
  }

  #actOf(key: string): (() => void) | undefined {
    const acts: Record<string, () => void> = {
      ArrowDown: () => this.#step(1),
      ArrowUp: () => this.#step(-1),
      PageDown: () => this.#step(FAR),
      PageUp: () => this.#step(-FAR),
      Home: () => this.#goTo(0),
      End: () => this.#goTo(this.#pictures.length - 1),
      ArrowRight: () => this.#turn(1),
      ArrowLeft: () => this.#turn(-1),
      '+': () => this.#stage.zoomBy(true),
      '-': () => this.#stage.zoomBy(false),
      '0': () => this.#stage.zoomTo(1),
    };
    const preset = this.#shown === undefined ? [] : presetsOf(this.#shown.modality).filter((each) => each.key === key);
    const [first] = preset;
    return acts[key] || (first === undefined ? undefined : () => this.#window(first));
  }

  #turn(by: number): void {
    const next = this.#shown === undefined ? undefined : this.#series[this.#series.indexOf(this.#shown) + by];
    if (next !== undefined) this.#open(next);
  }
}

function begin(): void {
  document.documentElement.lang = LANGUAGE;
  document.title = `${say(LIGHT.title)} · Leadglass`;
  for (const [id, words] of [
    ['caution', LIGHT.caution],
    ['help', LIGHT.help],
    ['back', LIGHT.back],
  ] as const)
    at(id).textContent = say(words);
  at('series').setAttribute('aria-label', say(LIGHT.series));
  at('slider').setAttribute('aria-label', say(LIGHT.position));
  at('said').textContent = say(LIGHT.loading);
  const study = location.pathname.split('/')[2] || '';
  if (isUid(study)) {
    at<HTMLAnchorElement>('back').href = `/images/${study}`;
    new LightPage(study);
  } else at('said').textContent = say(LIGHT.notOpened);
}

begin();
