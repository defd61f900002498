/** Every format that can be written. */
import { fail, ok, type Result } from '../../contract/result';
import type { ExportFormat, FormatId } from '../export-format';

export const exportFormats: readonly ExportFormat[] = [];

export function exportFormat(id: FormatId): Result<ExportFormat> {
  const format = exportFormats.find((one) => one.id === id);
  return format === undefined
    ? fail('bad-input', `This version of Sallyport cannot write the format ${id}.`, {
        hint: `It writes ${exportFormats.map((one) => one.id).join(', ')}.`,
      })
    : ok(format);
}
