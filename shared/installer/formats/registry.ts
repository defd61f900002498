/** Every format that can be written. */
import { fail, ok, type Result } from '../../contract/result';
import type { ExportFormat, FormatId } from '../export-format';
import { ansible } from './ansible';
import { cloudInit } from './cloud-init';
import { fwknop } from './fwknop';
import { iptables } from './iptables';
import { knockd } from './knockd';
import { nftables } from './nftables';
import { shFormat } from './sh';
import { tar } from './tar';

export const exportFormats: readonly ExportFormat[] = [
  shFormat,
  tar,
  ansible,
  cloudInit,
  nftables,
  iptables,
  knockd,
  fwknop,
];

export function exportFormat(id: FormatId): Result<ExportFormat> {
  const format = exportFormats.find((one) => one.id === id);
  return format === undefined
    ? fail('bad-input', `This version of Sallyport cannot write the format ${id}.`, {
        hint: `It writes ${exportFormats.map((one) => one.id).join(', ')}.`,
      })
    : ok(format);
}
