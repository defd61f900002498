/**
 * Saves profiles through the app's own store and files without end, telling each save before and after. argv: the file,
 * the number to begin with. It is there to be killed.
 */
import { writeSync } from 'node:fs';
import { nodeFiles } from '../../../electron/main/adapters/files';
import { systemClock } from '../../../electron/main/adapters/system';
import { Notices } from '../../../electron/main/services/notices';
import { ProfileStore } from '../../../electron/main/services/profile-store';
import { staticProfile } from '../../fakes/sample-profiles';

const [path = '', first = '0'] = process.argv.slice(2);

async function main(): Promise<void> {
  const notices = new Notices();
  const store = new ProfileStore(nodeFiles, systemClock, notices, path);
  await store.load();
  if (notices.list().length > 0) throw new Error(notices.list()[0]?.message);
  for (let number = Number(first); ; number += 1) {
    writeSync(1, `saving ${number}\n`);
    await store.put(staticProfile({ updatedAt: number }));
    writeSync(1, `saved ${number}\n`);
  }
}

main().catch((error: unknown) => {
  writeSync(2, String(error));
  process.exitCode = 1;
});
