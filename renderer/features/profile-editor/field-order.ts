import type { EditorField } from './editor-values';

/** The fields from top to bottom, so that the first one with a problem gets the focus. */
const ORDER: readonly EditorField[] = [
  'name',
  'host',
  'port',
  'user',
  'group',
  'secret',
  'sequence',
  'closeSequence',
  'list',
  'tcpFlags',
  'steps',
  'period',
  'range',
  'protocols',
  'key',
  'hmacKey',
  'hmacDigest',
  'serverPort',
  'timeout',
  'allow',
  'allowAddress',
  'echoUrl',
  'username',
  'morePorts',
  'nat',
  'natHost',
  'natPort',
  'openFor',
  'gapMs',
  'family',
  'afterUrl',
  'afterArgv',
];

export function firstField(errors: Readonly<Record<string, unknown>>): EditorField | undefined {
  return ORDER.find((field) => field in errors);
}
