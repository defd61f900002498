import { useCache } from '../../stores/app';
import { closeWarning, lintSequence, strengthWords } from '../../../shared/sequence/lint';
import { formatStepOptions } from '../../../shared/sequence/step-options';
import { needsRawTcp, parseStaticSequence, type Step } from '../../../shared/sequence/step';
import { Warnings } from './Warnings';
import classes from './Editor.module.css';

interface Props {
  readonly text: string;
  /** The port behind the door, as typed. */
  readonly port: string;
  /** What opens the door, typed beside this one, which closes it. */
  readonly opens?: string;
}

/** The steps that a typed sequence stands for, and what a person should know about them. Nothing while it does not hold. */
export function SequencePreview({ text, port, opens = '' }: Props) {
  const native = useCache((cache) => cache.native);
  const parsed = text.trim() === '' ? null : parseStaticSequence(text);
  if (parsed === null || !parsed.ok) return null;
  const { steps } = parsed;
  const lint = lintSequence(steps, { port: Number(port) });
  const open = parseStaticSequence(opens);
  const both = open.ok ? closeWarning(open.steps, steps) : null;
  const warnings = both === null ? [...lint.warnings] : [both, ...lint.warnings];
  if (!native.icmp && steps.some(({ kind }) => kind === 'icmp')) {
    warnings.push(`ICMP steps cannot be sent from here yet. ${native.hint ?? ''}`.trim());
  }
  if (!native.rawTcp && steps.some(needsRawTcp)) {
    warnings.push(`Flags, TTL and source port of TCP steps need raw TCP. ${native.hint ?? ''}`.trim());
  }
  return (
    <>
      <p className={classes.explain}>
        {steps.length} {steps.length === 1 ? 'step' : 'steps'}: {steps.map(stepWords).join(' → ')}
      </p>
      <p className={classes.explain}>Guessing it costs {strengthWords(lint.bits)}.</p>
      <Warnings words={warnings} />
    </>
  );
}

function stepWords(step: Step): string {
  const head = step.kind === 'icmp' ? `icmp ${step.payload} bytes` : `${step.port} ${step.kind}`;
  return head + formatStepOptions(step.options ?? {}).replaceAll(';', ' ');
}
