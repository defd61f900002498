import { useEffect, useRef } from 'react';
import type { ExportView } from '../../../shared/contract/views';
import classes from './ServerSetup.module.css';

/** Where the file is, what to compare before it is run, and what to do with it. */
export function SavedExport({ saved }: { readonly saved: Extract<ExportView, { kind: 'saved' }> }) {
  const section = useRef<HTMLElement>(null);
  // In a low window it would come up below what can be seen. Its answer, a promise by now, is no way to end an effect.
  useEffect(() => {
    section.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  return (
    <section ref={section} className={classes.section} aria-label="Saved">
      <h2>Saved</h2>
      <dl className="facts">
        <dt>File</dt>
        <dd>
          <code>{saved.path}</code>, {sizeWords(saved.size)}
        </dd>
        <dt>SHA-256</dt>
        <dd>
          <code>{saved.sha256}</code>
        </dd>
      </dl>
      <p className={classes.quiet}>
        {saved.holdsSecrets &&
          'The file holds the profile’s secret: keep it to yourself, and delete it after use. '}
        Compare the SHA-256 on the server with <code>sha256sum</code> before you run it.
      </p>
      <ol className={classes.steps}>
        {saved.nextSteps.map((step) => (
          <li key={step}>
            <code>{step}</code>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** @param size bytes. */
function sizeWords(size: number): string {
  return size < 1e5 ? `${Math.ceil(size / 1000)} kB` : `${(size / 1e6).toFixed(1)} MB`;
}
