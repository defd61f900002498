/**
 * Imported before anything that builds a schema: zod looks whether it may evaluate code the moment an object schema is
 * made, and the page's content security policy reports that probe as an attack.
 */
import { z } from 'zod';

z.config({ jitless: true });
