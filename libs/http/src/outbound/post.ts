import type { OutboundConfig } from '@assent/config';
import { request } from 'undici';
import { checkedUrl, explained, outboundAgent, readAtMost, type OutboundOptions } from './fetch-json.js';
import { OutboundError } from './outbound-error.js';

export interface Post {
  (url: string, headers: Readonly<Record<string, string>>, body: string): Promise<{ readonly status: number; readonly text: string }>;
  close(): Promise<void>;
}

/**
 * POST to an https address named by somebody else, with the limits of `createFetchJson`: no internal address unless
 * configured, no redirect followed, bounded in time and size. Rejects with `OutboundError` when there is no answer.
 */
export function createPost(outbound: OutboundConfig, authorityFiles: readonly string[], options: OutboundOptions = {}): Post {
  const dispatcher = outboundAgent(outbound, authorityFiles, options);
  const post = async (address: string, headers: Readonly<Record<string, string>>, body: string) => {
    const url = checkedUrl(address);
    const signal = AbortSignal.timeout(outbound.timeoutMs);
    try {
      const response = await request(url, { dispatcher, signal, method: 'POST', headers, body });
      if (response.statusCode >= 300 && response.statusCode < 400) {
        response.body.on('error', () => undefined).destroy();
        throw new OutboundError('the answer is a redirect, which is not followed');
      }
      return { status: response.statusCode, text: await readAtMost(response.body, outbound.maxBytes) };
    } catch (error) {
      throw explained(error, signal);
    }
  };
  return Object.assign(post, { close: () => dispatcher.destroy() });
}
