import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { AppDriver, DriverOptions } from './driver';
import { launchElectron } from './real-driver';
import { launchStandIn } from './stand-in-driver';

/**
 * Starts the built app for a spec: on real Electron when `SALLYPORT_ELECTRON` names its binary, else on the stand-in.
 * A name that does not exist is an error, so that nobody takes one for the other.
 */
export function launchApp(options: DriverOptions): Promise<AppDriver> {
  const executablePath = process.env['SALLYPORT_ELECTRON'];
  if (executablePath !== undefined && executablePath !== '') {
    if (!existsSync(executablePath))
      throw new Error(`SALLYPORT_ELECTRON names ${executablePath}, which does not exist`);
    return launchElectron({ ...options, executablePath });
  }
  const bundle = join(options.appRoot, 'dist/stand-in.cjs');
  if (!existsSync(bundle)) throw new Error(`${bundle} does not exist: run npm run build first`);
  return launchStandIn({ ...options, bundle });
}
