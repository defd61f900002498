/** One knock on fake ports: its target and input are what a test changes, what it told is kept. */
import { runKnock } from '../../electron/main/services/knock-run';
import type { RunInput, RunProgress } from '../../electron/main/services/run-course';
import type { KnockMethod, KnockTarget } from '../../electron/main/services/knock-plan';
import { fakeServices } from './fake-services';

export function knockWorld(
  method: KnockMethod,
  more: Partial<KnockTarget> = {},
  input: Partial<RunInput> = {},
) {
  const world = fakeServices();
  const { clock, net } = world;
  const told: RunProgress[] = [];
  const abort = new AbortController();
  const target: KnockTarget = {
    key: 'k',
    host: 'web1.example.org',
    port: 22,
    family: 'auto',
    gapMs: 150,
    openFor: 30,
    method,
    ...more,
  };
  const full: RunInput = {
    target,
    action: 'open',
    saved: true,
    renews: false,
    lastOpened: null,
    signal: abort.signal,
    progress: (progress) => told.push(progress),
    ...input,
  };
  const run = () => clock.run(runKnock(world.services.ports, full));
  const kinds = () => told.map(({ kind }) => kind);
  return { ...world, input: full, abort, told, kinds, run, net, clock };
}
