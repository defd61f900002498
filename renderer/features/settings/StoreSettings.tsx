import { Progress, Radio } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useApp, useCache } from '../../stores/app';
import type { SecretsMoved, StoreKind } from '../../../shared/contract/views';
import { movedWords, storeName } from '../../../shared/text/health';
import { PassphraseForm } from './PassphraseForm';
import { VaultSettings } from './VaultSettings';
import classes from './Settings.module.css';

const STORES: readonly { readonly kind: StoreKind; readonly label: string; readonly what: string }[] = [
  { kind: 'os', label: 'System keychain', what: 'Unlocked with your session. Good for most people.' },
  {
    kind: 'passphrase',
    label: 'Passphrase vault',
    what: 'A file sealed with a passphrase, for machines without a keychain.',
  },
  { kind: 'session', label: 'This run only', what: 'Kept in memory. Gone when Sallyport quits.' },
];

/** The choice of where secrets live. Another choice moves all of them, after main has asked. */
export function StoreSettings() {
  const { client } = useApp();
  const { store, chosenBy, vault } = useCache((cache) => cache.secrets);
  const moving = useCache((cache) => cache.moving);
  const [wish, setWish] = useState<StoreKind | null>(null);
  const [moved, setMoved] = useState<SecretsMoved | null>(null);
  const section = useRef<HTMLElement>(null);
  const lockedAtFirst = useRef(store === 'passphrase' && vault === 'locked');
  useEffect(() => {
    // A person who comes here with a locked vault most likely comes to unlock it.
    if (lockedAtFirst.current) section.current?.scrollIntoView({ block: 'start' });
  }, []);
  const bound = chosenBy === 'environment';
  const to = wish ?? store;
  const changes = to !== store;
  const concerned = to === 'passphrase' || store === 'passphrase';

  const move = async ({ current, next }: { readonly current: string; readonly next: string }) => {
    setMoved(null);
    const passphrase = vault === 'none' ? next : current;
    const result = await client.moveSecrets({ to, ...(passphrase !== '' && { passphrase }) });
    if (!result.ok) return result.error;
    setMoved(result.value);
    setWish(null);
    return null;
  };
  return (
    <section ref={section} className={classes.section} aria-label="Where secrets are kept">
      <h2>Where secrets are kept</h2>
      {bound && (
        <p>
          SALLYPORT_KEYCHAIN={store} chooses the store. To choose here, start Sallyport without that variable.
        </p>
      )}
      <Radio.Group
        aria-label="Where secrets are kept"
        value={to}
        onChange={(value) => {
          setWish(STORES.find(({ kind }) => kind === value)?.kind ?? null);
          setMoved(null);
        }}
      >
        <div className={classes.choices}>
          {STORES.map(({ kind, label, what }) => (
            <Radio
              key={kind}
              value={kind}
              label={kind === store ? `${label} (in use)` : label}
              description={what}
              disabled={bound || moving !== null}
            />
          ))}
        </div>
      </Radio.Group>
      {changes && (
        <PassphraseForm
          key={to}
          asks={{ current: concerned && vault === 'locked', next: concerned && vault === 'none' }}
          label={`Move secrets to ${storeName(to)}`}
          disabled={moving !== null}
          onSubmit={move}
        >
          <span className={classes.quiet}>All of them move, or none.</span>
        </PassphraseForm>
      )}
      {moving !== null && (
        <div>
          <Progress value={(100 * moving.done) / Math.max(1, moving.of)} aria-label="Moving secrets" />
          <p className={classes.quiet}>
            {moving.done} of {moving.of} copied
          </p>
        </div>
      )}
      <output className={moved === null ? classes.none : undefined}>
        {moved !== null && movedWords(moved)}
      </output>
      {moved?.left && (
        <p>
          Old copies are still in {storeName(moved.from)}. {moved.left.message} {moved.left.hint}
        </p>
      )}
      <VaultSettings />
    </section>
  );
}
