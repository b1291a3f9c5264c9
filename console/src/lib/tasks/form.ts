/** Forms out of a model's JSON Schema: which control a field gets, and what is sent of what was typed. */

export interface Field {
  name: string;
  label: string;
  hint: string | undefined;
  control: 'text' | 'textarea' | 'number' | 'integer' | 'switch' | 'choice' | 'lines' | 'json';
  options: string[];
  required: boolean;
  usual: string;
  minimum: number | undefined;
  maximum: number | undefined;
}

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function fieldsOf(schema: Json): Field[] {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(properties).map(([name, value]) => {
    const one = isObject(value) ? value : {};
    const options = Array.isArray(one.enum) ? one.enum.map(String) : [];
    const control = options.length > 0 ? 'choice' : controlOf(one);
    const description = typeof one.description === 'string' ? one.description : '';
    // What a field is for is its best name, as long as it is short; its own name stands behind it.
    const short = description !== '' && description.length <= 40;
    return {
      name,
      label: short ? description : name,
      hint: description && !short ? description : undefined,
      control,
      options,
      required: required.includes(name),
      usual: usualOf(one.default, control),
      minimum: typeof one.minimum === 'number' ? one.minimum : undefined,
      maximum: typeof one.maximum === 'number' ? one.maximum : undefined,
    };
  });
}

function controlOf(schema: Json): Field['control'] {
  switch (schema.type) {
    case 'boolean':
      return 'switch';
    case 'integer':
      return 'integer';
    case 'number':
      return 'number';
    case 'array':
      return 'lines';
    case 'object':
      return 'json';
    default:
      return schema['x-widget'] === 'textarea' ? 'textarea' : 'text';
  }
}

function usualOf(value: unknown, control: Field['control']): string {
  if (value === undefined || value === null) return '';
  if (control === 'lines' && Array.isArray(value)) return value.map(String).join('\n');
  return typeof value === 'object' ? JSON.stringify(value, null, 2) : String(value);
}

/** What is sent: fields that were left empty are left out. Throws a `SyntaxError` where JSON is none. */
export function filledIn(fields: readonly Field[], typed: Readonly<Record<string, string>>): Json {
  const form: Json = {};
  for (const field of fields) {
    const text = typed[field.name] ?? '';
    if (text.trim() === '') continue;
    form[field.name] = valueOf(field.control, text);
  }
  return form;
}

function valueOf(control: Field['control'], text: string): unknown {
  switch (control) {
    case 'switch':
      return text === 'true';
    case 'number':
    case 'integer':
      return Number(text);
    case 'lines':
      return text
        .split('\n')
        .map((line) => line.trim())
        .filter(Boolean);
    case 'json':
      return JSON.parse(text) as unknown;
    case 'text':
    case 'textarea':
    case 'choice':
      return text;
  }
}

/** A JSON object that was typed; nothing where nothing was. */
export function objectOf(text: string): Json {
  if (text.trim() === '') return {};
  const value: unknown = JSON.parse(text);
  if (!isObject(value)) throw new SyntaxError('{ }');
  return value;
}
