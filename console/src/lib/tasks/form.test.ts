import { expect, test } from 'vitest';
import { fieldsOf, filledIn, objectOf } from './form';

const schema = {
  type: 'object',
  properties: {
    prompt: { type: 'string', description: '画什么', 'x-widget': 'textarea' },
    size: { type: 'string', enum: ['1:1', '16:9'], default: '1:1' },
    steps: { type: 'integer', minimum: 0, default: 20 },
    sharp: { type: 'boolean' },
    tags: { type: 'array', default: ['a', 'b'] },
    more: { type: 'object' },
    odd: true,
  },
  required: ['prompt'],
};

test('a schema becomes a form', () => {
  const fields = fieldsOf(schema);
  expect(fields.map((field) => field.control).join(' ')).toBe('textarea choice integer switch lines json text');
  expect(fields.map((field) => field.label).join(' ')).toBe('画什么 size steps sharp tags more odd');
  expect(fields[0]!.required).toBe(true);
  expect(fields.map((field) => field.usual)).toEqual(['', '1:1', '20', '', 'a\nb', '', '']);
  expect(fieldsOf({})).toEqual([]);
});

test('a form is sent with the types of its schema', () => {
  const typed = { prompt: '猫', size: '16:9', steps: '5', sharp: 'false', tags: 'x\n\n y ', more: '{"a":1}', odd: ' ' };
  expect(filledIn(fieldsOf(schema), typed)).toEqual({
    prompt: '猫',
    size: '16:9',
    steps: 5,
    sharp: false,
    tags: ['x', 'y'],
    more: { a: 1 },
  });
  expect(() => filledIn(fieldsOf(schema), { more: '{' })).toThrow(SyntaxError);
  expect(objectOf('')).toEqual({});
  expect(() => objectOf('[1]')).toThrow(SyntaxError);
});
