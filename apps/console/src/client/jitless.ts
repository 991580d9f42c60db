import { z } from 'zod';

// zod tries whether it may make functions from text, and a strict Content-Security-Policy reports the attempt. Imported before any schema is made.
z.config({ jitless: true });
