import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LONGEST_LIST, parseOneTimeList, usedAfterChange } from '../../shared/sequence/one-time';
import { formatSteps } from '../../shared/sequence/step';

function read(text: string): unknown {
  const parsed = parseOneTimeList(text);
  return parsed.ok ? parsed.lines.map(({ number, steps }) => [number, formatSteps(steps)]) : parsed.message;
}

describe('a one-time list', () => {
  it('is what knockd keeps: comments, blank and used lines are left out', () => {
    expect(read('# made in May\r\n\r\n#000,8000\n  7001 , 8001:UDP \n\n7002,icmp:64')).toEqual([
      [4, '7001:tcp,8001:udp'],
      [6, '7002:tcp,icmp:64'],
    ]);
  });

  it.each([
    ['', 'The list is empty; write one sequence a line, like 7000:tcp,8000:udp.'],
    [' \n\n', 'The list is empty; write one sequence a line, like 7000:tcp,8000:udp.'],
    ['#7000,8000\n# x', 'Every line of the list begins with #, so all are used.'],
    ['7000,8000\n7000,70000', 'Line 2: Step 2: port 70000 is out of range; ports go from 1 to 65535.'],
    ['7000,8000\n\n7000:TCP, 8000', 'Line 3 is the same as line 1; each sequence works once.'],
  ])('is refused in words: %j', (text, words) => {
    expect(read(text)).toBe(words);
  });

  it('is refused when it is far too long', () => {
    expect(read('7'.repeat(LONGEST_LIST + 1))).toBe('The list has 30001 characters; 30000 is the most.');
  });

  it('reads any text without a throw, and never more lines than there are', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from('#\n\r ,:7890udpicmt')) }), (text) => {
        const parsed = parseOneTimeList(text);
        if (parsed.ok) expect(parsed.lines.length).toBeLessThanOrEqual(text.split('\n').length);
        else expect(parsed.message).toMatch(/^[A-Z].*\.$/s);
      }),
    );
  });

  it('is continued behind the last used line when it is changed', () => {
    const old = '1,2\n3,4\n5,6';
    expect(usedAfterChange(old, 2, '1,2\n3,4\n5,6\n7,8')).toBe(2);
    expect(usedAfterChange(old, 2, '#,2\n3,4\n5,6')).toBe(1);
    expect(usedAfterChange(old, 2, '#,2\n#,4\n5,6')).toBe(0);
    expect(usedAfterChange(old, 2, '9,9:udp\n3,4')).toBe(2);
    expect(usedAfterChange(old, 0, old)).toBe(0);
    expect(usedAfterChange(old, 3, '7,8\n9,10')).toBe(0);
  });
});
