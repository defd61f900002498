import { describe, expect, it } from 'vitest';
import { methodAdvice } from '../../electron/main/control/asked';
import { controlParams } from '../../shared/contract/control';
import { SECRET } from '../fakes/sample-profiles';

function advised(method: object, port: number | null = 22): ReturnType<typeof methodAdvice> {
  const target = { kind: 'host', host: 'h', port, method };
  const parsed = controlParams.knock.parse({ target });
  if (parsed.target.kind !== 'host') throw new Error('expected a host');
  return methodAdvice(parsed.target.method, parsed.target.port ?? null);
}

function warned(method: object): readonly string[] {
  return advised(method).warnings ?? [];
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

  it('is told how many bits guessing it costs, unless it is a key', () => {
    expect(advised({ kind: 'static', sequence: '41873,12951:udp,30244' })).toEqual({ strengthBits: 50 });
    expect(advised({ kind: 'rotating', secret: SECRET })).toEqual({ strengthBits: 81 });
    expect(advised({ kind: 'one-time', list: '41873,12951:udp,30244\n23417,39340,18201\n' })).toEqual({
      strengthBits: 48,
    });
    expect(
      advised({
        kind: 'spa',
        key: 'a2tra2tra2tra2tra2traw==',
        hmacKey: 'aGhoaGhoaGhoaGhoaGhoaGhoaGhoaGhoaGhoaGhoaGg=',
      }),
    ).toEqual({});
  });

  it('that is guessed in few tries is warned about before all else', () => {
    const { strengthBits, warnings } = advised({ kind: 'static', sequence: '7000,8000,9000' });
    expect(strengthBits).toBe(1);
    expect(warnings?.[0]).toBe('Guessing it costs 1 bit; 28 or more are recommended.');
    const list = advised({ kind: 'one-time', list: '41873,12951:udp,30244\n7000,8000,9000\n' });
    expect(list.strengthBits).toBe(1);
    expect(list.warnings?.[0]).toMatch(/^Guessing its weakest line costs 1 bit;/);
  });
});
