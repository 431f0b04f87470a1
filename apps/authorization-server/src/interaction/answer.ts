import { securityHeaders } from '@assent/http';
import type { FastifyReply } from 'fastify';

/** How a page request is answered. */
export type Answer = Shown | OnOurSite | ToClient | PostedToClient;

interface Common {
  /** Whole `Set-Cookie` lines. */
  readonly cookies?: readonly string[];
}
/** A page. */
export interface Shown extends Common {
  readonly html: string;
  readonly status?: number;
  /** It runs a script of ours, and its forms stay with us. */
  readonly scripts?: true;
}
/** 303 to a path of our own. */
export interface OnOurSite extends Common {
  readonly page: string;
}
/** 303 to an address a `ValidatedRedirect` made. */
export interface ToClient extends Common {
  readonly client: string;
}

/** A page whose form goes to the client by itself, and to nobody else (JM-14). */
export interface PostedToClient extends Shown {
  /** The origin of a redirect URI a `ValidatedRedirect` made. */
  readonly postsTo: `https://${string}`;
}

/** HEAD asks what GET would say; it must not decide anything. */
export const headOnly: Answer = { html: '' };

/** Never 307, which would send a posted password on (F2-AZ-12, RFC 9700 section 4.12). */
export function send(reply: FastifyReply, answer: Answer): FastifyReply {
  if ('postsTo' in answer) securityHeaders(reply, { formAction: answer.postsTo, scripts: true });
  else if ('scripts' in answer) securityHeaders(reply, { scripts: true });
  // Chromium judges the redirects after a POST by form-action too, and a client's callback may redirect further.
  else securityHeaders(reply, { formAction: "'self' https:" });
  if (answer.cookies && answer.cookies.length > 0) reply.header('set-cookie', answer.cookies);
  if ('html' in answer) return reply.code(answer.status ?? 200).type('text/html; charset=utf-8').send(answer.html);
  return reply.code(303).header('location', 'page' in answer ? answer.page : answer.client).send();
}
