import { createElement, type VNode } from 'preact';
import './guard.js';
import { renderDocument } from './render.js';

const make = (type: string, props: Record<string, unknown>) => createElement(type, props as never);

describe('elements refuse', () => {
  const refused: readonly [string, string, Record<string, unknown>][] = [
    ['raw HTML', 'p', { dangerouslySetInnerHTML: { __html: '<b>x</b>' } }],
    ['an inline handler', 'p', { onclick: 'x()' }],
    ['a handler in camel case', 'p', { onClick: 'x()' }],
    ['an inline style', 'p', { style: 'color: red' }],
    ['a script address', 'a', { href: 'javascript:alert(1)' }],
    ['another host without a scheme', 'a', { href: '//evil.example' }],
    ['a form to a script', 'form', { action: 'javascript:alert(1)' }],
    ['a button to a script', 'button', { formaction: 'javascript:alert(1)' }],
    ['the same in camel case', 'button', { formAction: 'javascript:alert(1)' }],
    ['an image of data', 'img', { src: 'data:image/svg+xml,x' }],
    ['an inline script', 'script', { children: 'alert(1)' }],
    ['a frame', 'iframe', { src: '/x' }],
    ['a base address', 'base', { href: '/x' }],
    ['a refresh to a script', 'meta', { 'http-equiv': 'refresh', content: '0; url=javascript:alert(1)' }],
    ['a policy of its own', 'meta', { 'http-equiv': 'content-security-policy', content: 'x' }],
    ['an object for text', 'p', { title: { toString: () => 'x' } }],
    ['a forged element', 'p', { children: { type: 'script', props: {}, constructor: undefined } }],
    ['a forged element among others', 'p', { children: ['x', [{ type: 'b', props: {} }]] }],
  ];
  it.each(refused)('%s', (_says, type, props) => {
    expect(() => make(type, props)).toThrow(TypeError);
  });

  it('a document from elsewhere', () => {
    expect(() => renderDocument({ type: 'p', props: {}, key: null, ref: null, constructor: undefined } as unknown as VNode)).toThrow(TypeError);
  });
});

describe('elements take', () => {
  it('text and elements, escaped', () => {
    expect(renderDocument(<p title={'"<'}>{'<script>&'} {1} {null} {false} {[<b>x</b>]}</p>)).toBe('<!doctype html><p title="&quot;&lt;">&lt;script>&amp; 1   <b>x</b></p>');
  });
  it('a script file of our own', () => {
    expect(renderDocument(<script src="/assets/passkey.js" />)).toContain('<script src="/assets/passkey.js">');
  });
});
