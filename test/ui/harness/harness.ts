/**
 * Opens the real renderer on one scene (`?scene=opened`), with the fake bridge where the preload would have been. The
 * renderer is loaded before the fake, which shares modules with it: their order on start is part of what is looked at.
 */
import type { PreloadApi } from '../../../shared/contract/ipc';

let fakeIsReady: (fake: PreloadApi) => void = () => undefined;
const fake = new Promise<PreloadApi>((resolve) => {
  fakeIsReady = resolve;
});

const api: PreloadApi = {
  invoke: async (name, payload) => (await fake).invoke(name, payload),
  on: (listener) => {
    const stop = fake.then((ready) => ready.on(listener));
    return () => void stop.then((end) => end());
  },
};

Object.assign(window, { sallyport: api });
await import('../../../renderer/main');

const [
  { createFakeBridge },
  { scenes },
  { NO_TERMINAL, NOT_IN_SSH, NOT_RUN, TERMINALS },
  { EXPORTED, NO_DAEMON },
  { historyAfter },
] = await Promise.all([
  import('../../fakes/fake-bridge'),
  import('../scenes/scenes'),
  import('../scenes/terminals'),
  import('../scenes/exports'),
  import('../scenes/histories'),
]);
const name = new URL(location.href).searchParams.get('scene') ?? 'idle';
const scene = scenes[name];
if (scene === undefined)
  throw new Error(`there is no scene "${name}", only ${Object.keys(scenes).join(', ')}`);
const bridge = createFakeBridge();
bridge.calls.snapshot.answer(scene.snapshot);
bridge.calls.removeProfile.answer(null);
bridge.calls.runHistory.handle(({ id }) => ({
  ok: true,
  value: scene.histories?.[id] ?? historyAfter(scene.snapshot.runs.find(({ profileId }) => profileId === id)),
}));
bridge.calls.findTerminals.answer(scene.terminals ?? TERMINALS);
bridge.calls.sshConfig.answer(scene.sshConfig ?? NOT_IN_SSH);
bridge.calls.testTerminal.handle(() => ({ ok: false, error: NOT_RUN }));
bridge.calls.exportInstaller.answer(EXPORTED);
bridge.calls.installOverSsh.handle(() => ({ ok: false, error: NO_DAEMON }));
bridge.calls.personKey.answer(scene.personKey ?? null);
bridge.calls.putPersonKeyOnServer.handle(() => ({ ok: false, error: NO_TERMINAL }));
bridge.calls.connect.handle(() => ({ ok: false, error: NO_TERMINAL }));
if (scene.review !== undefined) bridge.calls.importSshConfig.answer(scene.review);
// One call's name stands for all of them: a refusal looks the same everywhere.
for (const [call, error] of Object.entries(scene.failing ?? {}))
  bridge.calls[call as 'importText'].handle(() => ({ ok: false, error }));
fakeIsReady(bridge.api);
