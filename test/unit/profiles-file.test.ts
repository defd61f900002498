import { describe, expect, it } from 'vitest';
import { FILE_VERSION, readProfilesFile, writeProfilesFile } from '../../shared/profile/file';
import { rotatingProfile, staticProfile } from '../fakes/sample-profiles';

const both = [staticProfile(), rotatingProfile()];

describe('profiles.json', () => {
  it('is read back as it was written', () => {
    expect(readProfilesFile(writeProfilesFile(both))).toEqual({ kind: 'ok', profiles: both });
    expect(readProfilesFile(writeProfilesFile([]))).toEqual({ kind: 'ok', profiles: [] });
  });

  it('is refused when a newer version wrote it, whatever else is in it', () => {
    const newer = JSON.stringify({ version: FILE_VERSION + 1, profiles: 'of another shape' });
    expect(readProfilesFile(newer)).toEqual({ kind: 'newer', version: FILE_VERSION + 1 });
  });

  it('is corrupt at any cut', () => {
    const text = writeProfilesFile(both).trimEnd();
    for (let length = 0; length < text.length; length += 7) {
      expect(readProfilesFile(text.slice(0, length))).toMatchObject({
        kind: 'corrupt',
        why: expect.stringMatching(/./),
      });
    }
  });

  it.each([
    ['null', 'version'],
    ['[]', 'version'],
    ['{"profiles":[]}', 'version'],
    ['{"version":0,"profiles":[]}', 'version'],
    ['{"version":"1","profiles":[]}', 'version'],
    ['{"version":1}', 'profiles'],
    ['{"version":1,"profiles":{}}', 'profiles'],
  ])('is corrupt as %s, and says where', (text, where) => {
    const read = readProfilesFile(text);
    expect(read.kind === 'corrupt' && read.why).toContain(where);
  });

  it('names the profile and the field that are wrong', () => {
    const text = writeProfilesFile([staticProfile(), { ...rotatingProfile(), host: '-oProxyCommand=x' }]);
    expect(readProfilesFile(text)).toEqual({
      kind: 'corrupt',
      why: 'profiles.1.host: A host cannot begin with a dash.',
    });
  });

  it('is corrupt when two profiles share an id', () => {
    const text = writeProfilesFile([staticProfile(), staticProfile({ name: 'other' })]);
    expect(readProfilesFile(text)).toMatchObject({ kind: 'corrupt', why: expect.stringContaining('id') });
  });

  it('drops fields it does not know, and holds no secret of its own', () => {
    const text = JSON.stringify({
      version: 1,
      more: 1,
      profiles: [{ ...staticProfile(), sequence: '7000' }],
    });
    expect(readProfilesFile(text)).toEqual({ kind: 'ok', profiles: [staticProfile()] });
  });
});
