/** Scenes of the editor: each way to knock, what is wrong with what was typed, what follows a knock. */
import type { ProfileView, Snapshot } from '../../../shared/contract/views';
import { LONG, rotating } from './profiles';
import type { Scene } from './scenes';

export function editorScenes(
  snapshot: (more?: Partial<Snapshot>) => Snapshot,
  profiles: readonly ProfileView[],
  unlucky: Partial<Snapshot>,
): Readonly<Record<string, Scene>> {
  return {
    'editor-errors': {
      snapshot: snapshot({ profiles, ...unlucky }),
      steps: [
        { press: 'Add a host', role: 'button' },
        { type: 'web 1!', into: 'Host' },
        { type: '70000', into: 'Port' },
        { type: '400', into: 'Period, seconds' },
        { type: '3', into: 'Steps' },
        { type: '10000-9000', into: 'Range of ports' },
        { press: 'Save', role: 'button' },
      ],
    },
    'editor-static': {
      snapshot: snapshot({ profiles, ...unlucky }),
      steps: [
        { press: 'Add a host', role: 'button' },
        { type: 'web9', into: 'Name' },
        { press: 'Static sequence', role: 'radio' },
        { type: '7000,22,icmp:128', into: 'Sequence' },
      ],
    },
    'editor-weak': {
      snapshot: snapshot({ profiles }),
      steps: [
        { press: 'Add a host', role: 'button' },
        { type: 'web9', into: 'Name' },
        { press: 'Static sequence', role: 'radio' },
        { type: '445,3306,8000:tcp', into: 'Sequence' },
        { type: '1042,445,3306,8000', into: 'Close sequence' },
      ],
    },
    'editor-spa': {
      snapshot: snapshot({ profiles }),
      steps: [
        { press: 'Add a host', role: 'button' },
        { type: 'web9', into: 'Name' },
        { press: 'fwknop SPA', role: 'radio' },
        { type: 'not base64', into: 'Key, base64' },
        { type: '70000', into: 'UDP port of the packet' },
        { type: 'udp/53, sctp/5000', into: 'Open too' },
      ],
    },
    'editor-page': {
      snapshot: snapshot({
        profiles: [rotating(1, { after: { kind: 'url', url: 'https://web1.example.org/' } })],
      }),
      steps: [
        { press: 'More actions', role: 'button' },
        { press: 'Edit', role: 'menuitem' },
        { type: 'file:///etc/passwd', into: 'Page' },
        { press: 'Save', role: 'button' },
      ],
    },
    'editor-program': {
      snapshot: snapshot({
        profiles: [
          rotating(1, {
            after: { kind: 'program', argv: ['xfreerdp', '/v:{address}', '/u:{user}', LONG + LONG] },
          }),
        ],
      }),
      steps: [
        { press: 'More actions', role: 'button' },
        { press: 'Edit', role: 'menuitem' },
        { type: '{hots}', into: 'Argument 2' },
        { press: 'Save', role: 'button' },
      ],
    },
    'editor-edit': {
      snapshot: snapshot({ profiles }),
      steps: [
        { press: 'More actions', role: 'button' },
        { press: 'Edit', role: 'menuitem' },
        { type: 'web1b', into: 'Name' },
        { press: 'db2 idle, static', role: 'option' },
      ],
    },
  };
}
