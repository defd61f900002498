import { describe, expect, it } from 'vitest';
import { KeytarKeychain } from '../../electron/main/adapters/keytar-keychain';
import { fakeKeytar } from '../fakes/fake-keychain';
import { problemOf } from '../fakes/fake-services';

const failing = (message: string) => {
  const keytar = fakeKeytar(() => new Error(message));
  return new KeytarKeychain(async () => keytar);
};

describe('the keychain', () => {
  it('keeps one item per account under the service Sallyport', async () => {
    const keytar = fakeKeytar();
    const keychain = new KeytarKeychain(async () => keytar);
    await keychain.set('id', 'secret');
    expect([...keytar.items]).toEqual([['Sallyport/id', 'secret']]);
    expect(await keychain.get('id')).toBe('secret');
    await keychain.delete('id');
    expect([await keychain.get('id'), keytar.items.has('Sallyport/id')]).toEqual([null, false]);
  });

  it('does not take a locked keyring for an empty one', async () => {
    const keytar = fakeKeytar();
    const locked = {
      ...keytar,
      setPassword: async () => {
        throw new Error('Cannot create an item in a locked collection');
      },
    };
    const keychain = new KeytarKeychain(async () => locked);
    for (const work of [keychain.get('id'), keychain.delete('id'), keychain.check()]) {
      expect(await problemOf(work)).toMatchObject({ code: 'keychain-locked' });
    }
  });
});

describe('what libsecret and its loader say', () => {
  it.each([
    ['Cannot autolaunch D-Bus without X11 $DISPLAY', 'keychain-missing'],
    ['The name org.freedesktop.secrets was not provided by any .service files', 'keychain-missing'],
    ['Could not connect: Connection refused', 'keychain-missing'],
    ['Failed to execute child process “dbus-launch” (No such file or directory)', 'keychain-missing'],
    ['Object does not exist at path "/org/freedesktop/secrets/collection/login"', 'keychain-locked'],
    ['Cannot get secret of a locked object', 'keychain-locked'],
    ['Prompt was dismissed', 'keychain-locked'],
    ['User interaction is not allowed.', 'keychain-locked'],
    ['The name :1.42 was not provided by any .service files', 'keychain-failed'],
    ['The user name or passphrase you entered is not correct.', 'keychain-failed'],
    ['', 'keychain-failed'],
  ])('%s is %s', async (message, code) => {
    const problem = await problemOf(failing(message).get('id'));
    expect(problem).toMatchObject({
      code,
      message: expect.stringMatching(/^The |^No /),
      hint: expect.any(String),
      detail: message,
    });
  });

  it('names the missing library where the loader does not', async () => {
    const keychain = new KeytarKeychain(async () => {
      throw new Error('Failed to load keytar native addon\nRequire stack:\n- /opt/x');
    });
    expect(await problemOf(keychain.get('id'))).toMatchObject({
      code: 'keychain-missing',
      message: expect.stringMatching(/libsecret is not installed|could not be loaded/),
      detail: 'Failed to load keytar native addon',
    });
  });

  it('is not waited for without end', async () => {
    const keychain = new KeytarKeychain(async () => fakeKeytar(() => 'never'), 30);
    for (const work of [keychain.get('id'), keychain.set('id', 'x'), keychain.delete('id')]) {
      expect(await problemOf(work)).toMatchObject({
        code: 'keychain-locked',
        message: 'The keychain did not answer in time.',
      });
    }
  });

  it('repeats no secret', async () => {
    const problem = await problemOf(failing('The keychain is locked').set('id', 'hunter2'));
    expect(JSON.stringify(problem)).not.toContain('hunter2');
  });
});
