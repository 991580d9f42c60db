import { writeFileSync } from 'node:fs';
import { configReference } from '@leadglass/config';

// Writes docs/config.md; a test of the room `config` fails while it is out of date.
writeFileSync(new URL('../docs/config.md', import.meta.url), configReference());
