/** ssh's configuration from the window: it shows how things stand, and nothing is written before a native question. */
import type { Handlers } from '../../../shared/contract/ipc';
import { fail, ok } from '../../../shared/contract/result';
import { planInWords, sshConfigView } from '../../../shared/ssh/config-plan';
import type { SshConfigTool } from '../ports';
import type { WindowActions } from './handlers';

export function sshConfigCall(tool: SshConfigTool, confirm: WindowActions['confirm']): Handlers['sshConfig'] {
  return async ({ action }) => {
    const plan = await tool.run('show');
    if (action === 'install' && plan.changed) {
      const message = 'Write these hosts to ssh’s configuration?';
      if (!(await confirm({ message, detail: planInWords(plan), yes: 'Write it' })))
        return fail('cancelled', UNCHANGED);
      await tool.run('install');
    }
    if (action === 'remove') {
      const message = 'Take Sallyport’s hosts out of ssh’s configuration?';
      const detail = 'Plain ssh to them will not knock any more. The rest of ~/.ssh/config stays as it is.';
      if (!(await confirm({ message, detail, yes: 'Take them out' }))) return fail('cancelled', UNCHANGED);
      await tool.run('remove');
    }
    return ok(sshConfigView(action === 'show' ? plan : await tool.run('show')));
  };
}

const UNCHANGED = 'ssh’s configuration was not changed.';
