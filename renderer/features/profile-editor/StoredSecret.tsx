import { Button } from '@mantine/core';
import { storeName } from '../../../shared/text/health';
import { useCache } from '../../stores/app';
import classes from './Editor.module.css';

interface Props {
  readonly label: string;
  /** What may be told of it. */
  readonly note?: string | undefined;
  readonly onReplace: () => void;
}

/** Stands where a secret's field would: it is stored, it is not shown, it can be replaced. */
export function StoredSecret({ label, note, onReplace }: Props) {
  const store = useCache(({ secrets }) => secrets.store);
  return (
    <fieldset className={classes.wide}>
      <legend className={classes.label}>{label}</legend>
      <div className={classes.stored}>
        <span>
          Stored in {storeName(store)}
          {note !== undefined && `; ${note}`}
        </span>
        <Button size="xs" variant="default" aria-label={`Replace ${label.toLowerCase()}`} onClick={onReplace}>
          Replace
        </Button>
      </div>
    </fieldset>
  );
}
