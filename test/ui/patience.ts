import { configure } from '@testing-library/react';

/** What a test waits for comes at once, or on a machine with much to do a little later; the library waits for a second. */
configure({ asyncUtilTimeout: 15_000 });
