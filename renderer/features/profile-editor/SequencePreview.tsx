import { useCache } from '../../stores/app';
import { parseStaticSequence, sequenceWarnings, type Step } from '../../../shared/sequence/step';
import { Warnings } from './Warnings';
import classes from './Editor.module.css';

interface Props {
  readonly text: string;
}

/** The steps that a typed sequence stands for, and what a person should know about them. Nothing while it does not hold. */
export function SequencePreview({ text }: Props) {
  const native = useCache((cache) => cache.native);
  const parsed = text.trim() === '' ? null : parseStaticSequence(text);
  if (parsed === null || !parsed.ok) return null;
  const { steps } = parsed;
  const warnings = [...sequenceWarnings(steps)];
  if (!native.icmp && steps.some(({ kind }) => kind === 'icmp')) {
    warnings.push(`ICMP steps cannot be sent from here yet. ${native.hint ?? ''}`.trim());
  }
  return (
    <>
      <p className={classes.explain}>
        {steps.length} {steps.length === 1 ? 'step' : 'steps'}: {steps.map(stepWords).join(' → ')}
      </p>
      <Warnings words={warnings} />
    </>
  );
}

function stepWords(step: Step): string {
  return step.kind === 'icmp' ? `icmp ${step.payload} bytes` : `${step.port} ${step.kind}`;
}
