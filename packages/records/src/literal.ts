import { sql } from 'kysely';

/** A literal, not a parameter: engines match a partial index against literals alone. */
export const literal = (value: string) => sql.lit(value) as unknown as ReturnType<typeof sql<string>>;
