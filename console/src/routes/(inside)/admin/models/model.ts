/** What the form of a model says, and what a new one begins with. */
import type { Schemas } from '$lib/api';

export const STATES = ['open', 'closed', 'draft'] as const;
export const TONES: Record<string, 'good' | 'plain' | 'warn'> = { open: 'good', draft: 'warn' };

export interface FormField {
  id: string;
  type: string;
  required: boolean;
  description: string;
}

/** The fields of a model's form, which is JSON Schema. */
export function fieldsOf(form: Schemas['Model']['form']): FormField[] {
  const properties = (form.properties ?? {}) as Record<string, Record<string, unknown>>;
  const required = (form.required ?? []) as string[];
  return Object.entries(properties).map(([id, schema]) => ({
    id,
    type: String(schema.type ?? ''),
    required: required.includes(id),
    description: typeof schema.description === 'string' ? schema.description : '',
  }));
}

export const BEGINNING = JSON.stringify(
  {
    request_header: [],
    request_body: [{ name: 'prompt', type: 'textarea', required: true, description: '', example: '' }],
    response_parameters: [],
  },
  null,
  2,
);
