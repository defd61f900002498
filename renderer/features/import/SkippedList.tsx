import type { Place, Skipped } from '../../../shared/exchange/entry';
import classes from './Import.module.css';

interface Props {
  readonly skipped: readonly Skipped[];
  readonly source: string;
  /** Whether it is open from the start. */
  readonly open: boolean;
}

/** What was left out, with its reason and its line; closed until somebody misses something, unless all was. */
export function SkippedList({ skipped, source, open }: Props) {
  if (skipped.length === 0) return null;
  return (
    <details className={classes.skipped} open={open}>
      <summary>
        {skipped.length === 1 ? '1 part was skipped' : `${skipped.length} parts were skipped`}
      </summary>
      <dl>
        {skipped.map(({ what, why, at }) => (
          <SkippedPart
            key={`${at.file} ${at.line} ${what} ${why}`}
            what={what}
            why={why}
            where={where(at, source)}
          />
        ))}
      </dl>
    </details>
  );
}

function SkippedPart({
  what,
  why,
  where: at,
}: {
  readonly what: string;
  readonly why: string;
  readonly where: string;
}) {
  return (
    <>
      <dt>{what}</dt>
      <dd>
        {at}
        {why}
      </dd>
    </>
  );
}

function where({ file, line }: Place, source: string): string {
  if (line === null) return '';
  return file === null || file === source ? `Line ${line}: ` : `Line ${line} of ${file}: `;
}
