import type { AssentConfig, IssuerConfig } from '@assent/config';
import { signJws } from '@assent/crypto';
import { OutboundError, type Post } from '@assent/http';
import type { ArrangementNotice } from '@assent/markets';
import { epochSeconds, type Client, type Clock, type Consents, type GrantNotice } from '@assent/protocol';
import type { ClientRegistry } from '@assent/persistence';
import type { KeyRings } from '@assent/signing-keys';
import { randomUUID } from 'node:crypto';
import type { PushOutcome } from './push.js';

/** Issuers whose market has clients called when somebody else ends a consent. */
export const tellingIssuers = ({ issuers }: Pick<AssentConfig, 'issuers'>): readonly IssuerConfig[] => issuers.filter(({ market }) => market?.arrangements !== undefined);

interface Parts {
  readonly config: Pick<AssentConfig, 'issuers'>;
  readonly registry: Pick<ClientRegistry, 'find'>;
  readonly consents: Pick<Consents, 'ofGrant'>;
  readonly keys: KeyRings;
  readonly post: Post;
  readonly clock: Clock;
}

/** Long enough for a call and for clocks that differ. */
const lifetime = 300;

/** Calls third parties whose consents were ended by customer or bank, as their market wants to be called. */
export class EndedArrangements {
  constructor(private readonly parts: Parts) {}

  /** Whether notices to the client are sent in this way; where it wants none they are done at once. */
  rulesOf({ issuer: of, clientId }: Pick<GrantNotice, 'issuer' | 'clientId'>): { readonly issuer: IssuerConfig; readonly rules: ArrangementNotice; readonly address: string | undefined } | undefined {
    const issuer = this.parts.config.issuers.find((one) => one.issuer === of);
    const rules = issuer?.market?.arrangements?.notice;
    if (!issuer || !rules) return undefined;
    const client = this.parts.registry.find(of, clientId);
    return { issuer, rules, address: client && addressOf(rules, client) };
  }

  /** One call: the JWT in a form, under a bearer JWT that proves who calls. Any 2xx means that it was taken. */
  async tell(notice: GrantNotice): Promise<PushOutcome> {
    const to = this.rulesOf(notice);
    if (to?.address === undefined) return { outcome: 'delivered' };
    const { consents, post, clock } = this.parts;
    const consent = await consents.ofGrant({ grantId: notice.grantId, now: clock.now() });
    const body = new URLSearchParams({ [to.rules.parameter]: await this.sign(to.issuer, to.address, notice.jti, to.rules.claims(consent?.name ?? notice.grantId)) });
    const bearer = await this.sign(to.issuer, to.address, randomUUID(), {});
    try {
      const { status } = await post(to.address, { 'content-type': 'application/x-www-form-urlencoded', authorization: `Bearer ${bearer}` }, body.toString());
      return status >= 200 && status < 300 ? { outcome: 'delivered' } : { outcome: 'failed', reason: `status ${status}` };
    } catch (error) {
      if (error instanceof OutboundError) return { outcome: 'failed', reason: error.message };
      throw error;
    }
  }

  private sign({ issuer, accessTokenAlg }: IssuerConfig, audience: string, jti: string, claims: Readonly<Record<string, unknown>>): Promise<string> {
    const now = epochSeconds(this.parts.clock.now());
    return signJws({ typ: 'JWT' }, { iss: issuer, sub: issuer, aud: audience, iat: now, exp: now + lifetime, jti, ...claims }, this.parts.keys.of(issuer).signing(accessTokenAlg));
  }
}

/** Calls go over TLS alone. */
function addressOf({ address }: ArrangementNotice, client: Client): string | undefined {
  const url = address(client);
  return url?.startsWith('https://') ? url : undefined;
}
