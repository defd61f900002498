/** The log file, by electron-log. What goes in is chosen by the callers: ids, verdicts and codes, never a secret or a step. */
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import electronLog from 'electron-log/node';
import type { Log } from '../ports';

const LARGEST_BYTES = 1024 * 1024;

export function fileLog(path: string): Log {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const logger = electronLog.create({ logId: path });
  logger.transports.console.level = false;
  logger.transports.file.level = 'info';
  logger.transports.file.resolvePathFn = () => path;
  logger.transports.file.maxSize = LARGEST_BYTES;
  logger.transports.file.writeOptions = { flag: 'a', mode: 0o600, encoding: 'utf8' };
  logger.transports.file.format = '{iso} {level} {text}';
  if (existsSync(path)) chmodSync(path, 0o600);
  const line = (message: string, fields: Parameters<Log['info']>[1] = {}): string =>
    [message, ...Object.entries(fields).map(([name, value]) => `${name}=${JSON.stringify(value)}`)].join(' ');
  return {
    info: (message, fields) => logger.info(line(message, fields)),
    warn: (message, fields) => logger.warn(line(message, fields)),
    error: (message, fields) => logger.error(line(message, fields)),
  };
}
