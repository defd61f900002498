/** Asks the real keychain once, and prints what a person would be told. argv: how many milliseconds it may take. */
import { writeSync } from 'node:fs';
import { KeytarKeychain } from '../../../electron/main/adapters/keytar-keychain';
import { toProblem } from '../../../shared/contract/result';

const keychain = new KeytarKeychain(undefined, Number(process.argv[2]));
const start = performance.now();
keychain
  .check()
  .then(() => null, toProblem)
  .then((problem) => {
    writeSync(1, JSON.stringify({ problem, ms: performance.now() - start }));
    // A call that never came back holds a thread, and Node would wait for it even on exit.
    process.kill(process.pid, 'SIGKILL');
  })
  .catch(() => process.exit(1));
