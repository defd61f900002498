import { version as packageVersion } from '../../package.json';

/** Sallyport's version, from package.json. */
export const version: string = packageVersion;
