/** Opens the real renderer on one scene (`?scene=opened`), with the fake bridge where the preload would have been. */
import { createFakeBridge } from '../../fakes/fake-bridge';
import { scenes } from '../scenes/scenes';

const name = new URL(location.href).searchParams.get('scene') ?? 'idle';
const scene = scenes[name];
if (scene === undefined)
  throw new Error(`there is no scene "${name}"; there are ${Object.keys(scenes).join(', ')}`);
const bridge = createFakeBridge();
bridge.calls.snapshot.answer(scene.snapshot);
bridge.calls.removeProfile.answer(null);
Object.assign(window, { sallyport: bridge.api });
await import('../../../renderer/main');
