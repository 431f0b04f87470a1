import { Form } from './form.js';
import { OAuthError } from './oauth-error.js';

const refusal = (act: () => unknown): OAuthError => {
  try {
    act();
  } catch (error) {
    if (error instanceof OAuthError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

describe('Form', () => {
  it('keeps every pair and decodes it', () => {
    const form = Form.parse('a=1&b=x+y%2B&resource=r1&resource=r2');
    expect(form.one('a')).toBe('1');
    expect(form.one('b')).toBe('x y+');
    expect(form.all('resource')).toEqual(['r1', 'r2']);
    expect(form.names()).toEqual(['a', 'b', 'resource']);
  });

  it('treats a parameter without a value as omitted (RFC 6749 section 3.1)', () => {
    const form = Form.parse('scope=&state');
    expect(form.has('scope')).toBe(false);
    expect(form.optional('state')).toBeUndefined();
  });

  it.each([
    ['a required parameter that is absent', 'b=1', 'ASSENT-FORM-01', (form: Form) => form.one('a')],
    ['a required parameter that is repeated', 'a=1&a=1', 'ASSENT-FORM-02', (form: Form) => form.one('a')],
    ['an optional parameter that is repeated', 'a=1&a=2', 'ASSENT-FORM-02', (form: Form) => form.optional('a')],
    ['an unknown parameter that is repeated', 'z=1&z=2', 'ASSENT-FORM-02', (form: Form) => form.refuseRepeats()],
  ])('refuses %s with invalid_request', (_, text, rule, read) => {
    const error = refusal(() => read(Form.parse(text)));
    expect(error).toMatchObject({ code: 'invalid_request', status: 400, rule });
  });

  it('lets resource repeat (RFC 8707 section 2)', () => {
    expect(() => Form.parse('resource=a&resource=b').refuseRepeats()).not.toThrow();
  });
});
