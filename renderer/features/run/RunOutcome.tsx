import { ProblemPanel } from '../../components/ProblemPanel';
import { StateMark } from '../../components/StateMark';
import type { RunView } from '../../../shared/contract/views';
import { verdictTitle } from '../../../shared/text/verdict';
import { AdviceList } from './AdviceList';
import { markOf } from './verdict-mark';
import classes from './Run.module.css';

/** What the run proved: the verdict, the sentence that says what was seen, and where to look when nothing changed. */
export function RunOutcome({ run }: { readonly run: RunView }) {
  const { verdict, message, advice, notes, problem } = run;
  if (problem?.code === 'cancelled') {
    return <p className={classes.quiet}>{problem.message}</p>;
  }
  if (verdict === null || verdict === 'error') {
    return (
      <div className={classes.outcome}>
        {problem === null ? <p>{message}</p> : <ProblemPanel problem={problem} />}
        <AdviceList advice={advice} />
      </div>
    );
  }
  return (
    <div className={classes.outcome}>
      <div className={classes.told}>
        <h3 className={classes.verdict} data-kind={markOf(verdict)}>
          <StateMark kind={markOf(verdict)} />
          {verdictTitle(verdict)}
        </h3>
        <p>{message}</p>
        {notes.map((note) => (
          <p key={note} className={classes.quiet}>
            {note}
          </p>
        ))}
      </div>
      <AdviceList advice={advice} />
      {problem !== null && <ProblemPanel problem={problem} />}
    </div>
  );
}
