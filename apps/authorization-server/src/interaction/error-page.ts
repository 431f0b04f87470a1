import type { RenderErrorPage } from '@assent/http';
import { chooseLocale, renderErrorPage, SafeUrl, type ErrorVariant } from '@assent/pages';
import type { OAuthError } from '@assent/protocol';
import { requestOf } from '../authorize/open-request.js';
import type { Engine } from '../engine.js';
import { aboutOf } from './asking.js';
import { frameOf, interactionPath } from './pages.js';

const byRule: Readonly<Record<string, ErrorVariant>> = {
  'F2-AZ-14': 'expired',
  'F2-AZ-15': 'unknown',
  'F2-AZ-16': 'decided',
  'PR-08': 'unknown',
  'JR-10': 'unknown',
  'ASSENT-COOKIE-01': 'cookies',
  'ASSENT-CSRF-01': 'refused',
  'ASSENT-CSRF-02': 'changed',
  'ASSENT-CONSENT-01': 'changed',
};

const variantOf = ({ rule, status }: OAuthError): ErrorVariant =>
  byRule[rule] ?? (status === 404 ? 'notFound' : status === 429 ? 'tooMany' : status >= 500 ? 'internal' : 'invalid');

/**
 * The authorization server's error page, for `startApp`. It names the client only where the request was really the
 * client's own, reflects no input and links to nobody but ourselves.
 */
export function errorPage(engine: Engine): RenderErrorPage {
  return (error, request) => {
    const open = requestOf(error);
    const variant = variantOf(error);
    const frame = frameOf(engine, chooseLocale(open?.request.uiLocales ?? [], request.headers['accept-language'], engine.bank.locales));
    const wait = Number(error.headers['retry-after']);
    const html = renderErrorPage({
      frame,
      variant,
      reference: request.id,
      code: error.code,
      clientName: open?.client.client_name,
      about: open && aboutOf(open, engine.details),
      again: open && (variant === 'changed' || variant === 'tooMany') ? SafeUrl.of(interactionPath(open)) : undefined,
      waitSeconds: Number.isFinite(wait) && variant === 'tooMany' ? wait : undefined,
    });
    return { html, status: variant === 'changed' && error.status === 400 ? 409 : error.status };
  };
}
