/**
 * Has the process end at its exit, whatever its threads wait for. Node joins them even in `process.exit`, and one that asked a
 * silent keychain holds it for as long as the system's own call lasts. Nothing less than SIGKILL goes past them.
 */
export function endWithoutThreads(): void {
  process.once('exit', () => process.kill(process.pid, 'SIGKILL'));
}
