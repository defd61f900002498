import type { UseFormReturnType } from '@mantine/form';
import type { EditorValues } from './editor-values';

export type EditorForm = UseFormReturnType<EditorValues>;
