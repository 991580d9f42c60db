/** What stands behind the question mark, decoded: names in order, each with what it was given. */
export type Parameters = readonly (readonly [name: string, value: string])[];

const MOST_QUERY_CHARACTERS = 16_384;
const MOST_PARAMETERS = 128;

/** Reads a query; `+` is a blank, as programs write it. Undefined when it is too long or not decodable as UTF-8. */
export function parseParameters(query: string): Parameters | undefined {
  if (query.length > MOST_QUERY_CHARACTERS) return undefined;
  const parts = query.split('&', MOST_PARAMETERS + 1).filter((part) => part !== '');
  if (parts.length > MOST_PARAMETERS) return undefined;
  try {
    return parts.map((part) => {
      const equals = part.indexOf('=');
      const [name, value] = equals < 0 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)];
      return [decoded(name), decoded(value)] as const;
    });
  } catch {
    return undefined;
  }
}

function decoded(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}

/** The first value of that name, whatever its case. */
export function parameter(parameters: Parameters, name: string): string | undefined {
  return parameters.find(([key]) => key.toLowerCase() === name)?.[1];
}
