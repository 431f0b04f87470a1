import { createHash } from 'node:crypto';
import { base } from './style/base.js';
import { inspector } from './style/inspector.js';
import { lists } from './style/lists.js';
import { parts } from './style/parts.js';
import { sites } from './style/sites.js';
import { tokens } from './style/tokens.js';

/** The one stylesheet of all pages, served at `/assets/app.css`. No outside font, image or import. */
export const stylesheet: string = [tokens, base, parts, lists, sites, inspector].join('\n');

/** A strong entity tag (RFC 9110 section 8.8.3). */
export const stylesheetETag: string = `"${createHash('sha256').update(stylesheet).digest('base64url').slice(0, 22)}"`;
