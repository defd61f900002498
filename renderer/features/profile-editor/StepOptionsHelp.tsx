import classes from './Editor.module.css';

const OPTIONS = [
  ['flags=syn+fin', 'the flags of a TCP step'],
  ['ttl=64', 'TTL, or hop limit over IPv6'],
  ['from=40001', 'source port of a TCP or UDP step'],
  ['data=text:hello', 'payload of a UDP step; or data=hex:0a0b'],
  ['gap=300', 'milliseconds until the next step'],
] as const;

/** What may follow a step of a typed sequence. */
export function StepOptionsHelp() {
  return (
    <details className={classes.help}>
      <summary>Options of a step</summary>
      <p>
        Written behind the step, each after a semicolon: <code>7000:tcp;ttl=64;gap=300</code>
      </p>
      <dl>
        {OPTIONS.map(([option, meaning]) => (
          <div key={option}>
            <dt>
              <code>{option}</code>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
