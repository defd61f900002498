import { describe, expect, it } from 'vitest';
import { methodWarnings } from '../../electron/main/control/asked';
import { controlParams } from '../../shared/contract/control';
import { SECRET } from '../fakes/sample-profiles';

function warned(method: object, port: number | null = 22): readonly string[] {
  const target = { kind: 'host', host: 'h', port, method };
  const parsed = controlParams.knock.parse({ target });
  if (parsed.target.kind !== 'host') throw new Error('expected a host');
  return methodWarnings(parsed.target.method, parsed.target.port ?? null);
}

describe('a method that comes with a request', () => {
  it('is warned about where it is weak, by the number of the step', () => {
    const warnings = warned({ kind: 'static', sequence: '7001,8022,22', closeSequence: '7001,8022,22' });
    expect(warnings).toContain(
      'Step 3 goes to the port behind the door, which looks like somebody connecting.',
    );
    expect(warnings.join()).toContain('The close sequence is the same');
    expect(warnings.filter((warning) => warning.startsWith('The close sequence: Step 3'))).toHaveLength(1);
    expect(warnings.join()).not.toMatch(/7001|8022/);
  });

  it('is not warned about where it is not', () => {
    expect(warned({ kind: 'static', sequence: '41873,12951:udp,30244' })).toEqual([]);
    expect(warned({ kind: 'rotating', secret: SECRET })).toEqual([]);
  });

  it('that rotates slowly or over little is warned about', () => {
    expect(warned({ kind: 'rotating', secret: SECRET, period: 600 })).toEqual([
      expect.stringContaining('over 300 s'),
    ]);
  });
});
