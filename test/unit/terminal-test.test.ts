import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../shared/contract/result';
import { CLI, fakeServices, problemOf } from '../fakes/fake-services';

const start = () => {
  const world = fakeServices();
  return { ...world.services, ...world };
};

describe('the test of a terminal', () => {
  it('holds when the command in it has reported', async () => {
    const { terminalTest, terminal, tickets, clock } = start();
    terminal.runs = ([, , , ticket = '']) => expect(tickets.redeem(ticket)).toEqual({ argv: [], test: true });
    expect(await clock.run(terminalTest.run())).toEqual({ program: '/usr/bin/xterm', ms: 0 });
    expect(terminal.launched).toEqual([
      [CLI, 'connect', '--ticket', expect.stringMatching(/^[0-9a-f]{32}$/)],
    ]);
  });

  it('fails with the terminal’s own words when that ends badly', async () => {
    const { terminalTest, terminal, clock } = start();
    terminal.failed = Promise.resolve('it ended with exit code 1');
    expect(await clock.run(problemOf(terminalTest.run()))).toMatchObject({
      code: 'no-terminal',
      message: 'The terminal /usr/bin/xterm did not run the command.',
      detail: 'it ended with exit code 1\ncannot open display',
    });
  });

  it('fails when nothing reports in time, and a late report is too late', async () => {
    const { terminalTest, terminal, tickets, clock } = start();
    expect(await clock.run(problemOf(terminalTest.run()))).toMatchObject({
      code: 'no-terminal',
      detail: 'no report within 15 s\ncannot open display',
    });
    const ticket = terminal.launched[0]?.[3] ?? '';
    expect(() => tickets.redeem(ticket)).toThrow('not known');
  });

  it('is not fooled by a ticket that starts ssh', async () => {
    const { terminalTest, tickets, clock } = start();
    const other = tickets.issue(['ssh', '--', 'web1']);
    const testing = problemOf(terminalTest.run());
    expect(tickets.redeem(other)).toEqual({ argv: ['ssh', '--', 'web1'], test: false });
    expect(await clock.run(testing)).toMatchObject({ code: 'no-terminal' });
  });

  it('tells of a terminal that is not there', async () => {
    const { terminalTest, terminal, clock } = start();
    terminal.fault = new ProblemError({ code: 'no-terminal', message: 'No terminal was found.' });
    expect(await clock.run(problemOf(terminalTest.run()))).toMatchObject({
      message: 'No terminal was found.',
    });
  });
});
