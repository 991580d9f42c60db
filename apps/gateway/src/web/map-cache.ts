import type { Call } from './call.ts';
import { type FramePlaces, placesOf } from './frame-places.ts';
import { mapOf, type ObjectMap } from './object-map.ts';
import { sourceOf } from './source.ts';
import type { WebInstance } from './web-messages.ts';

const MOST_MAPS = 256;

/** What is known of the objects asked for last, by their SHA-256: a viewer asks for one frame after the other. No value of a patient is in it. */
export class MapCache {
  readonly #maps = new Map<string, ObjectMap>();
  readonly #places = new Map<string, readonly (readonly (readonly [number, number])[] | undefined)[]>();

  /** The map of a granted object, made when it is not known. */
  async map(call: Call, instance: WebInstance): Promise<ObjectMap> {
    const known = this.#maps.get(instance.sha256);
    if (known !== undefined) return known;
    const made = await mapOf(sourceOf(call, instance));
    this.#keep(this.#maps, instance.sha256, made);
    return made;
  }

  /** Where its frames lie; undefined when it has none. Reads through `call`: for the request's own use. */
  async places(call: Call, instance: WebInstance): Promise<FramePlaces | undefined> {
    return placesOf(sourceOf(call, instance), await this.map(call, instance), {
      get: () => this.#places.get(instance.sha256),
      put: (frames) => this.#keep(this.#places, instance.sha256, frames),
    });
  }

  #keep<T>(cache: Map<string, T>, name: string, value: T): void {
    cache.set(name, value);
    const oldest = cache.keys().next().value;
    if (cache.size > MOST_MAPS && oldest !== undefined) cache.delete(oldest);
  }
}
