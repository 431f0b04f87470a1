import { createHash } from 'node:crypto';

/** What comes before the first link of a chain. */
export const beforeFirst = Buffer.alloc(32);

/** An event of a grant as it is kept; `body` is exactly the text that was hashed. */
export interface Link {
  readonly sequence: number;
  readonly at: Date;
  readonly type: string;
  readonly body: string;
  readonly previous: Buffer;
  readonly hash: Buffer;
}

export const hashOf = (previous: Buffer, body: string): Buffer => createHash('sha256').update(previous).update(body, 'utf8').digest();

/** What the columns of an event say beside its text. */
export const factsOf = ({ type, at, body }: Pick<Link, 'type' | 'at' | 'body'>, grantId: string): boolean => {
  try {
    const told = JSON.parse(body) as { readonly type?: unknown; readonly at?: unknown; readonly grant_id?: unknown };
    return told.type === type && told.grant_id === grantId && typeof told.at === 'string' && Date.parse(told.at) === at.getTime();
  } catch {
    return false;
  }
};
