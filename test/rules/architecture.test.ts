import { expect, it } from 'vitest';
import { textOf, trackedFiles } from './tracked-files';

/** A newcomer reads that page to know what is where. */
it.each(['shared', 'electron', 'electron/main', 'renderer', 'helper/internal', 'test'])(
  'docs/architecture.md tells of every folder in %s',
  (parent) => {
    const folders = new Set(
      trackedFiles()
        .filter(
          (path) => path.startsWith(`${parent}/`) && path.split('/').length > parent.split('/').length + 1,
        )
        .map((path) => path.slice(parent.length + 1).split('/')[0] ?? ''),
    );
    const page = textOf('docs/architecture.md');
    expect(folders.size).toBeGreaterThan(1);
    expect(
      [...folders].filter((folder) => !new RegExp(`(^|[\\s/\`,])${folder}[/\`]`, 'm').test(page)),
    ).toEqual([]);
  },
);
