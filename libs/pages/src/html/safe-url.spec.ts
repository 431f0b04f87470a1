import { SafeUrl } from './safe-url.js';

describe('SafeUrl', () => {
  it.each(['https://bank.example/x', 'HTTPS://bank.example', 'mailto:help@bank.example', 'tel:+44', '/assets/app.css', '/', '#main', '?ui_locales=ar'])('takes %s', (url) => {
    expect(SafeUrl.of(url).toString()).toBe(url);
  });

  const hostile = ['javascript:alert(1)', 'JaVaScript:alert(1)', ' javascript:alert(1)', 'java\nscript:alert(1)', 'data:text/html,x', 'vbscript:x', 'blob:x', 'file:///etc/passwd', '//evil.example', '/\\evil.example', '\\/evil.example', '/\t/evil.example', 'https:evil.example', 'https:///evil.example', 'relative', '', 'http://bank.example'];
  it.each(hostile)('refuses %j', (url) => {
    expect(() => SafeUrl.of(url)).toThrow(TypeError);
  });

  it.each(['https://tpp.example/cb?x=1', 'http://127.0.0.1:8080/cb', 'http://[::1]/cb', 'com.example.app:/cb?code=1'])('continues to %s', (url) => {
    expect(SafeUrl.ofRedirect(url).toString()).toBe(url);
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', 'http://tpp.example/cb', 'http://127.0.0.1.evil.example/', 'intent://x', '//evil.example', 'https://tpp.example/ x'])('does not continue to %j', (url) => {
    expect(() => SafeUrl.ofRedirect(url)).toThrow(TypeError);
  });
});
